// SPDX-License-Identifier: GPL-2.0
/* Handles Adder.Add in place of its exporter. */
#include "../procedure.h"

SPIN_EXTENSION("doubler");
SPIN_LICENSE("GPL");

SPIN_IMPORT_PROCEDURE(Adder, Add);

__u64 handled;

SPIN_HANDLER(add_twice, struct spin_call *call)
{
	__sync_fetch_and_add(&handled, 1);
	return 2 * (SPIN_ARG(call, Adder, Add, a) +
		    SPIN_ARG(call, Adder, Add, b)) + 2000000;
}

SPIN_HANDLE(Adder, Add, twice, .handler = add_twice,
	.order = SPIN_ORDER_FIRST, .flags = SPIN_BIND_CANCEL);
