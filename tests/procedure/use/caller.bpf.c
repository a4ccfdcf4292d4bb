// SPDX-License-Identifier: GPL-2.0
/* Calls interface Adder, at each tick. */
#include "../procedure.h"

SPIN_EXTENSION("caller");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

SPIN_IMPORT_PROCEDURE(Adder, Add);
SPIN_IMPORT_PROCEDURE(Adder, Count);
SPIN_IMPORT_PROCEDURE(Adder, Step);

SPIN_SETTING(__u64, turns, 10);

__u64 ticks;
__u64 version1;		/* sums that version 1 made */
__u64 version2;
__u64 failed;		/* calls of Add that did not give a sum */
int last;		/* result of the last call of each */
int last_count;
__u64 cut;		/* calls of Count that made fewer turns */
int last_step;
__u64 number;
__u64 stepped;
int wrong_size, wrong_slot, no_slot, wrong_kind;

SPIN_HANDLER(call_add, struct spin_clock_tick *tick)
{
	int sum = SPIN_CALL(&tick->ctx, Adder, Add, .a = tick->tick % 7, .b = 3);
	__u32 base = tick->tick % 7 + 3;

	if (sum == base + 1000)
		version1++;
	else if (sum == base + 2000)
		version2++;
	else
		failed++;
	last = sum;
	ticks++;
	return 0;
}

SPIN_SLEEPABLE_HANDLER(call_count, struct spin_clock_tick *tick)
{
	last_count = SPIN_CALL_SLEEPABLE(&tick->ctx, Adder, Count,
					 .turns = turns);
	cut += last_count > 0 && last_count + 1 < turns;
	return 0;
}

SPIN_HANDLER(call_step, struct spin_clock_tick *tick)
{
	struct Adder_Step args = { .number = number, .bytes = { [7] = 41 } };

	last_step = SPIN_CALL_BLOCK(&tick->ctx, Adder, Step, &args);
	number = args.number;
	stepped = args.bytes[7];
	return 0;
}

/* What the kernel has to refuse at run time. */
SPIN_SLEEPABLE_HANDLER(call_wrongly, struct spin_clock_tick *tick)
{
	__u64 args[8] = {};

	wrong_size = spin_call(&tick->ctx, SPIN_SLOT(Adder, Add), args, 16);
	wrong_slot = spin_call(&tick->ctx, 0xffffffff, args, 8);
	no_slot = spin_call(&tick->ctx, 17, args, 8);
	wrong_kind = spin_call_sleepable(&tick->ctx, SPIN_SLOT(Adder, Add),
					 args, 8);
	if (wrong_kind == -22)
		wrong_kind = spin_call(&tick->ctx, SPIN_SLOT(Adder, Count),
				       args, 8);
	return 0;
}

SPIN_BIND(Clock_Tick, adding, .handler = call_add, .period_us = 1000);
SPIN_BIND(Clock_Tick, counting, .handler = call_count,
	.period_us = 20000);
SPIN_BIND(Clock_Tick, stepping, .handler = call_step,
	.period_us = 20000);
SPIN_BIND(Clock_Tick, wronging, .handler = call_wrongly,
	.period_us = 20000);
