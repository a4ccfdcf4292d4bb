// SPDX-License-Identifier: GPL-2.0
/* Loops that would take days: at every tick, or at the load. */
#include "extension.h"

SPIN_EXTENSION("endless");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

SPIN_SETTING(bool, at_load, false);

__u64 turns;

#define ENDLESS						\
	do {						\
		int i_, j_;				\
							\
		spin_for(i_, 0, 8000000)		\
			spin_for(j_, 0, 8000000)	\
				turns++;		\
	} while (0)

SPIN_SLEEPABLE_HANDLER(begin, struct spin_initialize *init)
{
	if (at_load)
		ENDLESS;
	return 0;
}

SPIN_SLEEPABLE_HANDLER(loop, struct spin_clock_tick *tick)
{
	ENDLESS;
	return 0;
}

SPIN_BIND(Domain_Initialize, begin_it, .handler = begin);
SPIN_BIND(Clock_Tick, loop_it, .handler = loop, .period_us = 10000);
