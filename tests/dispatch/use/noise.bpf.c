// SPDX-License-Identifier: GPL-2.0
/*
 * Templates of bindings that come and go while their events are raised. Each
 * notes its closure; those of one event are installed with growing ones.
 */
#include "extension.h"
#include "../storm.h"

SPIN_EXTENSION("noise");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Events);

#define NOISE(EVENT)							\
	SPIN_HANDLER(EVENT##_run, struct events_call *call)		\
	{								\
		events_note(call, storm_note(STORM_NOISE, 0,		\
					     call->ctx.closure));	\
		return 0;						\
	}								\
	SPIN_GUARD(EVENT##_odd, struct events_call *call)		\
	{								\
		return events_is_odd(call);				\
	}								\
	SPIN_BIND(Events_##EVENT, EVENT##_noise,			\
		.handler = EVENT##_run,					\
		.guard_fn = EVENT##_odd,				\
		.slot = EVENTS_##EVENT + 1)

NOISE(Softirq);
NOISE(Atomic);
NOISE(IrqsOff);
NOISE(Sleepable);
NOISE(Inner);
