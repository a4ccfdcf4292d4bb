// SPDX-License-Identifier: GPL-2.0
/* Version 4 says of nobody that it may. */
#define VERSION 4
#define EXPORT SPIN_EXPORT
#include "../adder.h"
