// SPDX-License-Identifier: GPL-2.0
/* One of two that do the same. */
#define NAME "waits-1"
#include "../handlers.h"
