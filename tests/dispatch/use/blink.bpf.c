// SPDX-License-Identifier: GPL-2.0
/*
 * Loaded and unloaded while its events are raised: a raise sees all its
 * handlers, or none.
 */
#include "extension.h"
#include "../storm.h"

SPIN_EXTENSION("blink");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Events);

static __always_inline void say(struct events_call *call, __u32 place)
{
	events_note(call, storm_note(STORM_BLINKING, 0, place));
}

SPIN_HANDLER(before, struct events_call *call)
{
	say(call, 1);
	return 0;
}

SPIN_HANDLER(inside, struct events_call *call)
{
	say(call, 2);
	return 0;
}

SPIN_HANDLER(behind, struct events_call *call)
{
	say(call, 3);
	return 0;
}

SPIN_HANDLER(slow_before, struct events_call *call)
{
	say(call, 1);
	return 0;
}

SPIN_SLEEPABLE_HANDLER(slow_behind, struct events_call *call)
{
	say(call, 2);
	return 0;
}

SPIN_BIND(Events_Atomic, blink_before, .handler = before,
	.order = SPIN_ORDER_FIRST);
SPIN_BIND(Events_Inner, blink_inside, .handler = inside);
SPIN_BIND(Events_Atomic, blink_behind, .handler = behind,
	.order = SPIN_ORDER_LAST);
SPIN_BIND(Events_Sleepable, blink_slow1, .handler = slow_before,
	.order = SPIN_ORDER_FIRST);
SPIN_BIND(Events_Sleepable, blink_slow2, .handler = slow_behind,
	.order = SPIN_ORDER_LAST);
