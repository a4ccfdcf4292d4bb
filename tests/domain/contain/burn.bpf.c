// SPDX-License-Identifier: GPL-2.0
/* Uses up its share of the processor: every tick takes as long as it can. */
#include "extension.h"

SPIN_EXTENSION("burn");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

__u64 ticks;
__u64 sum;

SPIN_SLEEPABLE_HANDLER(burn, struct spin_clock_tick *tick)
{
	int i = 0;

	ticks++;
	spin_for(i, 0, 20000)
		sum += i;
	return 0;
}

SPIN_BIND(Clock_Tick, burn_tick,
	.handler = burn, .period_us = 1000);
