// SPDX-License-Identifier: GPL-2.0
/* Version 6 adds longer numbers: its Add is another procedure. */
#define VERSION 6
#define EXPORT SPIN_EXPORT_PUBLIC
#define ADDER_NUMBER __u64
#include "../adder.h"
