// SPDX-License-Identifier: GPL-2.0
/* The second: the same file, and perhaps another. */
#define VERSION 2
#include "../upgrade.h"

SPIN_CAPABILITY(spin_file_t, clip);
SPIN_CAPABILITY_OPTIONAL(spin_file_t, other);
