// SPDX-License-Identifier: GPL-2.0
/*
 * One version of an extension that handles several events, some of them raised
 * inside another: a raise must see all of one version, once.
 */
#include "extension.h"
#include "../storm.h"

SPIN_EXTENSION("storm");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Events);

SPIN_SETTING(__u32, version, 1);

static __always_inline void say(struct events_call *call, __u32 place)
{
	events_note(call, storm_note(STORM_VERSIONED, version, place));
}

SPIN_HANDLER(outer_first, struct events_call *call)
{
	say(call, 1);
	events_raise(call, call->value);
	say(call, 3);
	return 0;
}

SPIN_HANDLER(inner, struct events_call *call)
{
	say(call, 2);
	return 0;
}

SPIN_HANDLER(outer_second, struct events_call *call)
{
	say(call, 4);
	return 0;
}

SPIN_BIND(Events_Atomic, first, .handler = outer_first);
SPIN_BIND(Events_Inner, inside, .handler = inner);
SPIN_BIND(Events_Atomic, second, .handler = outer_second);

/* A sleepable event, with enough to do for a swap to come in between. */
SPIN_SLEEPABLE_HANDLER(slow_first, struct events_call *call)
{
	int i, sum = 0;

	say(call, 1);
	spin_for(i, 0, 100)
		sum += i;
	return sum & 0;
}

SPIN_SLEEPABLE_HANDLER(slow_second, struct events_call *call)
{
	say(call, 2);
	return 0;
}

SPIN_BIND(Events_Sleepable, slow1, .handler = slow_first);
SPIN_BIND(Events_Sleepable, slow2, .handler = slow_second);

SPIN_HANDLER(masked, struct events_call *call)
{
	say(call, 1);
	return 0;
}

SPIN_HANDLER(soft, struct events_call *call)
{
	say(call, 1);
	return 0;
}

/* The only handler of its event: called directly, but when versions change. */
SPIN_HANDLER(lone, struct events_call *call)
{
	say(call, 1);
	return 1;
}

SPIN_BIND(Events_Needed, alone, .handler = lone);
SPIN_BIND(Events_IrqsOff, masked_once, .handler = masked);
SPIN_BIND(Events_Softirq, soft_once, .handler = soft);
