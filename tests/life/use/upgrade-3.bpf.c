// SPDX-License-Identifier: GPL-2.0
/* A version that cannot do without what the ones before it did not have. */
#define VERSION 3
#include "../upgrade.h"

SPIN_CAPABILITY(spin_file_t, clip);
SPIN_CAPABILITY(spin_file_t, subtitles);
