// SPDX-License-Identifier: GPL-2.0
/* Imports more than a confined extension may, unless it is granted. */
#include "extension.h"

SPIN_EXTENSION("linked");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(Console);
SPIN_CAPABILITY_OPTIONAL(spin_interface_t, more);

__u64 ticks;

SPIN_SLEEPABLE_HANDLER(count, struct spin_clock_tick *tick)
{
	ticks++;
	return 0;
}

SPIN_BIND(Clock_Tick, count_it, .handler = count, .period_us = 10000);
