// SPDX-License-Identifier: GPL-2.0
/* The second one. */
#define NAME "caps-other"
#include "../caps.h"
