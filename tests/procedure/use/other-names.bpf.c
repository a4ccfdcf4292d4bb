// SPDX-License-Identifier: GPL-2.0
/* Believes that Adder.Add calls its arguments otherwise. */
#include "extension.h"
#include <spin/bpf/proc.h>

SPIN_EXTENSION("other-names");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

SPIN_PROCEDURE(Adder, Add, 0,
	__u32 minuend;
	__u32 subtrahend;
)
SPIN_IMPORT_PROCEDURE(Adder, Add);

int last;

SPIN_HANDLER(call_add, struct spin_clock_tick *tick)
{
	last = SPIN_CALL(&tick->ctx, Adder, Add, .minuend = 1);
	return 0;
}

SPIN_BIND(Clock_Tick, adding, .handler = call_add, .period_us = 20000);
