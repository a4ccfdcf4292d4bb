// SPDX-License-Identifier: GPL-2.0
/* The first of two that are the same but for the name. */
#define NAME "caps"
#include "../caps.h"
