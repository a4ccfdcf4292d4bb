// SPDX-License-Identifier: GPL-2.0
/* Handles Adder.Count before its exporter does, and takes its time. */
#include "proc.h"

SPIN_EXTENSION("looper");
SPIN_LICENSE("GPL");

SPIN_IMPORT_PROCEDURE(Adder, Count);

__u64 in_loop;
__u64 cut;	/* loops that ended early */

SPIN_SLEEPABLE_HANDLER(loop, struct spin_call *call)
{
	int i, turns = 0;

	in_loop++;
	spin_for(i, 0, 8000000)
		turns++;
	in_loop--;
	cut += turns < 8000000;
	return turns;
}

SPIN_HANDLE(Adder, Count, looping, .handler = (void *)loop,
	.order = SPIN_ORDER_FIRST);
