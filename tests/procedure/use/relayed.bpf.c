// SPDX-License-Identifier: GPL-2.0
/* Calls Relay.Add. */
#include "../procedure.h"

SPIN_EXTENSION("relayed");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

SPIN_IMPORT_PROCEDURE(Relay, Add);

int last;

SPIN_HANDLER(call_relay, struct spin_clock_tick *tick)
{
	last = SPIN_CALL(&tick->ctx, Relay, Add, .a = 20, .b = 3);
	return 0;
}

SPIN_BIND(Clock_Tick, calling, .handler = call_relay,
	.period_us = 10000);
