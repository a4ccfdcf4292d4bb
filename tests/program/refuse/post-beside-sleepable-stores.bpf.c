// SPDX-License-Identifier: GPL-2.0
/* The handler may sleep, and so may do more. The post-guard may not. */
#include "extension.h"

HOSTILE("post-beside-sleepable-stores", "guard.*(stor|writ)");
SPIN_IMPORT(Clock);

__u64 counted;

SPIN_GUARD(counts, struct spin_clock_tick *tick)
{
	counted++;
	return true;
}

SPIN_SLEEPABLE_HANDLER(ticks, struct spin_clock_tick *tick)
{
	return 0;
}

SPIN_BIND(Clock_Tick, it, .post_fn = counts, .handler = ticks,
	.period_us = 100000);
