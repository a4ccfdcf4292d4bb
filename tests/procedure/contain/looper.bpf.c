// SPDX-License-Identifier: GPL-2.0
/* Handles Adder.Count before its exporter does, and takes its time. */
#include "../procedure.h"

SPIN_EXTENSION("looper");
SPIN_LICENSE("GPL");

SPIN_IMPORT_PROCEDURE(Adder, Count);

__u64 in_loop;
int turns;
__u64 cut;	/* loops that ended early */

SPIN_SLEEPABLE_HANDLER(loop, struct spin_call *call)
{
	int i;

	in_loop++;
	spin_for(i, 0, 8000000)
		turns = i;
	in_loop--;
	cut += turns < 7999999;
	return 0;
}

SPIN_HANDLE(Adder, Count, looping, .handler = loop,
	.order = SPIN_ORDER_FIRST);
