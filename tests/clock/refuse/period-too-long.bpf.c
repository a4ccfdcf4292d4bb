// SPDX-License-Identifier: GPL-2.0
/* A period over a minute. */
#include "extension.h"

HOSTILE("period-long", "period");
SPIN_IMPORT(Clock);

SPIN_HANDLER(nothing, struct spin_clock_tick *tick)
{
	return 0;
}

SPIN_BIND(Clock_Tick, it, .handler = nothing, .period_us = 60000001);
