// SPDX-License-Identifier: GPL-2.0
/* An indexed guard, on an event without key fields. */
#include "extension.h"

HOSTILE("clock-match", "key field");
SPIN_IMPORT(Clock);

SPIN_HANDLER(nothing, struct spin_clock_tick *tick)
{
	return 0;
}

SPIN_BIND(Clock_Tick, it, .handler = nothing, .period_us = 1000,
	.match = { .fields = 1, .value = { 7 } });
