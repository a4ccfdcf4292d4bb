// SPDX-License-Identifier: GPL-2.0
/* A guard loops by spin_for(). */
#include "extension.h"

HOSTILE("guard-spin-for", "sleep|loop|guard");
SPIN_IMPORT(Clock);

SPIN_GUARD(loop, struct spin_clock_tick *tick)
{
	__u64 sum = 0;
	int i;

	spin_for(i, 0, 1000)
		sum += i;
	return sum & 1;
}

SPIN_HANDLER(nothing, struct spin_clock_tick *tick)
{
	return 0;
}

SPIN_BIND(Clock_Tick, it,
	.guard_fn = loop, .handler = nothing, .period_us = 1000);
