// SPDX-License-Identifier: GPL-2.0
/* Version 7 has no Step any more. */
#define VERSION 7
#define EXPORT SPIN_EXPORT_PUBLIC
#define ADDER_WITHOUT_STEP
#include "../adder.h"
