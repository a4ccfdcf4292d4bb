// SPDX-License-Identifier: GPL-2.0
/* A clock whose handler may loop, and one that errs. */
#include "extension.h"

SPIN_EXTENSION("clock");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

__u64 ticks;
__u64 last_tick;
__u64 first_ns;
__u64 first_tick;
__u64 missed;
__u64 off;	/* how far ticks were from what the time says, at most */
__u64 looped;

SPIN_HANDLER(keep_time, struct spin_clock_tick *tick)
{
	__u64 due, now;

	if (!first_ns) {
		first_ns = tick->now_ns;
		first_tick = tick->tick;
	}
	due = (tick->now_ns - first_ns) / tick->period_ns;
	now = tick->tick - first_tick;
	if (due > now && due - now > off)
		off = due - now;
	if (now > due && now - due > off)
		off = now - due;
	last_tick = tick->tick;
	missed += tick->missed;
	ticks++;
	return 0;
}

SPIN_SLEEPABLE_HANDLER(loops, struct spin_clock_tick *tick)
{
	int i;

	spin_for(i, 0, 10000)
		looped++;
	return 0;
}

SPIN_HANDLER(errs, struct spin_clock_tick *tick)
{
	return -5;
}

SPIN_BIND(Clock_Tick, time, .handler = keep_time, .period_us = 10000);
SPIN_BIND(Clock_Tick, loop, .handler = loops, .period_us = 50000);
SPIN_BIND(Clock_Tick, error, .handler = errs, .period_us = 20000);
