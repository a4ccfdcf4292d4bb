// SPDX-License-Identifier: GPL-2.0
/* A guard may sleep: guards are called in the raiser's context. */
#include "extension.h"

HOSTILE("guard-sleeps", "guards must not sleep: define it with SPIN_GUARD");
SPIN_IMPORT(Clock);

__SPIN_PROGRAM("struct_ops.s/", bool, doze, struct spin_clock_tick *tick)
{
	return true;
}

SPIN_HANDLER(nothing, struct spin_clock_tick *tick)
{
	return 0;
}

SPIN_BIND(Clock_Tick, it,
	.guard_fn = doze, .handler = nothing, .period_us = 1000);
