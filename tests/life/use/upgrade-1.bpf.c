// SPDX-License-Identifier: GPL-2.0
/* The first version: it has a file. */
#define VERSION 1
#include "../upgrade.h"

SPIN_CAPABILITY(spin_file_t, clip);
