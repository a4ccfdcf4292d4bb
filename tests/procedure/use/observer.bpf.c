// SPDX-License-Identifier: GPL-2.0
/* Has a handler behind that of its exporter. */
#include "../procedure.h"

#define SAYS 777

SPIN_EXTENSION("observer");
SPIN_LICENSE("GPL");

SPIN_IMPORT_PROCEDURE(Adder, Add);
SPIN_IMPORT_PROCEDURE(Adder, Count);

__u64 seen;
__u64 slept;

SPIN_HANDLER(see, struct spin_call *call)
{
	__sync_fetch_and_add(&seen, 1);
	return SAYS;
}

SPIN_SLEEPABLE_HANDLER(see_asleep, struct spin_call *call)
{
	__sync_fetch_and_add(&slept, 1);
	return SAYS;
}

SPIN_HANDLE(Adder, Add, seeing, .handler = see,
	.order = SPIN_ORDER_LAST);
SPIN_HANDLE(Adder, Count, seeing_asleep, .handler = see_asleep,
	.order = SPIN_ORDER_LAST);
