// SPDX-License-Identifier: GPL-2.0
/* Version 1, for everybody. */
#define VERSION 1
#define EXPORT SPIN_EXPORT_PUBLIC
#include "../adder.h"
