// SPDX-License-Identifier: GPL-2.0
/* Whom version 3 does not let. */
#include "../procedure.h"

SPIN_EXTENSION("stranger");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

SPIN_IMPORT_PROCEDURE(Adder, Add);

int last;

SPIN_HANDLER(call_add, struct spin_clock_tick *tick)
{
	last = SPIN_CALL(&tick->ctx, Adder, Add, .a = 1);
	return 0;
}

SPIN_BIND(Clock_Tick, adding, .handler = call_add, .period_us = 20000);
