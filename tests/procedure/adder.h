/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exports interface Adder, of which there are several versions: the including
 * file says which, VERSION, and to whom: EXPORT. It may say, too, of what type the
 * numbers are, ADDER_NUMBER, and that there is no Step: ADDER_WITHOUT_STEP.
 */
#include "procedure.h"

SPIN_EXTENSION("adder");
SPIN_LICENSE("GPL");

EXPORT(Adder, Add);
EXPORT(Adder, Count);
#ifndef ADDER_WITHOUT_STEP
EXPORT(Adder, Step);
#endif

__u64 served;
__u64 counted;
__u64 in_count;

SPIN_HANDLER(add, struct spin_call *call)
{
	__sync_fetch_and_add(&served, 1);
	return SPIN_ARG(call, Adder, Add, a) + SPIN_ARG(call, Adder, Add, b) +
	       VERSION * 1000;
}

SPIN_SLEEPABLE_HANDLER(count, struct spin_call *call)
{
	__u64 turns = SPIN_ARG(call, Adder, Count, turns);
	int i;

	if (turns > 8000000)
		turns = 8000000;
	in_count++;
	spin_for(i, 0, turns)
		__sync_fetch_and_add(&counted, 1);
	in_count--;
	return i;
}

#ifndef ADDER_WITHOUT_STEP
SPIN_HANDLER(step, struct spin_call *call)
{
	__u64 number = SPIN_ARG(call, Adder, Step, number) + 1;
	__u8 byte = SPIN_ARG(call, Adder, Step, bytes[7]) + 1;

	if (spin_call_store(call, 16, &number, sizeof(number)) != -22 ||
	    spin_call_store(call, 9, &number, sizeof(number)) != -22)
		return -1;
	return spin_call_store(call, 0, &number, sizeof(number)) ?:
	       spin_call_store(call, 15, &byte, sizeof(byte));
}
#endif

SPIN_IMPLEMENT(Adder, Add, adder, .handler = add);
SPIN_IMPLEMENT(Adder, Count, counter, .handler = count);
#ifndef ADDER_WITHOUT_STEP
SPIN_IMPLEMENT(Adder, Step, stepper, .handler = step);
#endif
