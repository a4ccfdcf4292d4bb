// SPDX-License-Identifier: GPL-2.0
/* A clock binding without a period. */
#include "extension.h"

HOSTILE("period-none", "period");
SPIN_IMPORT(Clock);

SPIN_HANDLER(nothing, struct spin_clock_tick *tick)
{
	return 0;
}

SPIN_BIND(Clock_Tick, it, .handler = nothing);
