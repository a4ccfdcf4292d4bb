// SPDX-License-Identifier: GPL-2.0
/* A clock whose handler may loop, and one that errs. */
#include "hostile.h"

SPIN_EXTENSION("clock");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

__u64 ticks;
__u64 last_tick;
__u64 first_ns;
__u64 last_ns;
__u64 missed;
__u64 looped;

static long add(__u64 index, void *data)
{
	looped++;
	return 0;
}

SPIN_HANDLER(keep_time, struct spin_clock_tick *tick)
{
	if (!first_ns)
		first_ns = tick->now_ns;
	last_ns = tick->now_ns;
	last_tick = tick->tick;
	missed += tick->missed;
	ticks++;
	return 0;
}

SPIN_SLEEPABLE_HANDLER(loops, struct spin_clock_tick *tick)
{
	bpf_loop(10000, add, NULL, 0);
	return 0;
}

SPIN_HANDLER(errs, struct spin_clock_tick *tick)
{
	return -5;
}

SPIN_BIND(Clock_Tick, time, .handler = (void *)keep_time, .period_us = 10000);
SPIN_BIND(Clock_Tick, loop, .handler = (void *)loops, .period_us = 50000);
SPIN_BIND(Clock_Tick, error, .handler = (void *)errs, .period_us = 20000);
