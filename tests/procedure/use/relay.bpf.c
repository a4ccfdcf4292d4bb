// SPDX-License-Identifier: GPL-2.0
/* A procedure that does not sleep, and calls another one. */
#include "../procedure.h"

SPIN_EXTENSION("relay");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

SPIN_EXPORT_PUBLIC(Relay, Add);
SPIN_IMPORT_PROCEDURE(Adder, Add);

int own;	/* result of a call of what it exports itself */

SPIN_HANDLER(relay, struct spin_call *call)
{
	return SPIN_CALL(&call->ctx, Adder, Add,
			 .a = SPIN_ARG(call, Relay, Add, a),
			 .b = SPIN_ARG(call, Relay, Add, b));
}

SPIN_IMPLEMENT(Relay, Add, relaying, .handler = relay);

SPIN_HANDLER(call_itself, struct spin_clock_tick *tick)
{
	struct Relay_Add args = { .a = 1 };

	own = spin_call(&tick->ctx, spin_exports_Relay_Add.info.slot, &args,
			sizeof(args));
	return 0;
}

SPIN_BIND(Clock_Tick, calling, .handler = call_itself,
	.period_us = 10000);
