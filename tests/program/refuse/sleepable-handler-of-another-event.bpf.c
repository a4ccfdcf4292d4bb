// SPDX-License-Identifier: GPL-2.0
/* Two events may sleep, and have contexts of their own. */
#include "extension.h"

HOSTILE("wrong-sleepable",
	"'on_init', which takes a struct spin_initialize: it has to take a struct spin_clock_tick");
SPIN_IMPORT(Clock);

SPIN_SLEEPABLE_HANDLER(on_init, struct spin_initialize *init)
{
	return init->ctx.closure == 7;
}

_Static_assert(FITS(on_init, Domain_Initialize, handler), "its own");
_Static_assert(!FITS(on_init, Clock_Tick, handler), "another's");

SPIN_BIND(Clock_Tick, it, .handler = (void *)on_init, .period_us = 1000);
