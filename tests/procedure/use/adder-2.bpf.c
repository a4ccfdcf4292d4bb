// SPDX-License-Identifier: GPL-2.0
/* Version 2, for everybody. */
#define VERSION 2
#define EXPORT SPIN_EXPORT_PUBLIC
#include "../adder.h"
