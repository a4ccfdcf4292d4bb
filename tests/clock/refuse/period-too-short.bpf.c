// SPDX-License-Identifier: GPL-2.0
/* A period under 100 us. */
#include "extension.h"

HOSTILE("period-short", "period");
SPIN_IMPORT(Clock);

SPIN_HANDLER(nothing, struct spin_clock_tick *tick)
{
	return 0;
}

SPIN_BIND(Clock_Tick, it, .handler = nothing, .period_us = 99);
