// SPDX-License-Identifier: GPL-2.0
/* A typing error in the name of an interface. */
#include "extension.h"

HOSTILE("clok",
	"imports Clok, and there is no interface of that name here: there is Clock");
SPIN_IMPORT(Clok);

SPIN_SLEEPABLE_HANDLER(nothing, struct spin_clock_tick *tick)
{
	return 0;
}

SPIN_BIND(Clock_Tick, it, .handler = nothing, .period_us = 1000);
