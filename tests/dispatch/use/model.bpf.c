// SPDX-License-Identifier: GPL-2.0
/*
 * Templates for the events of module spin_events, whose bindings do what their
 * closures say (tests/dispatch/disp.h), and one binding that installs others.
 */
#include "extension.h"
#include "../disp.h"

SPIN_EXTENSION("model");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Events);

static __always_inline int change(struct events_call *call, __u64 closure)
{
	__u64 by = DISP_CHANGE_BY(closure);

	switch (DISP_CHANGE(closure)) {
	case 1:
		return events_filter_set(call, EVENTS_REF_A, call->a ^ by);
	case 2:
		return events_filter_set(call, EVENTS_REF_C, call->c ^ by);
	case 3:
		return events_filter_set(call, EVENTS_REF_VALUE,
					 call->value ^ by);
	default:
		return 0;
	}
}

static __always_inline int run(struct events_call *call)
{
	__u64 closure = call->ctx.closure;
	int err;

	events_note(call, disp_note(closure, call->a, call->c, call->value));
	err = change(call, closure);
	if (err)
		events_note(call, DISP_NOTE_REFUSED | (__u32)-err);
	return disp_result(closure);
}

static __always_inline bool guard(struct events_call *call, int i)
{
	return disp_guard(DISP_GUARD(call->ctx.closure, i), call->value);
}

#define TEMPLATE(EVENT, SHAPE, NAME, ...)				\
	SPIN_BIND(Events_##EVENT, EVENT##_##NAME,			\
		.handler = EVENT##_run,					\
		.slot = DISP_SLOT(EVENTS_##EVENT, SHAPE), __VA_ARGS__)

#define PROGRAMS(EVENT)							\
	SPIN_HANDLER(EVENT##_run, struct events_call *call)		\
	{								\
		return run(call);					\
	}								\
	SPIN_GUARD(EVENT##_g1, struct events_call *call)		\
	{								\
		return guard(call, 0);					\
	}								\
	TEMPLATE(EVENT, DISP_PLAIN, plain);				\
	TEMPLATE(EVENT, DISP_GUARDED, guarded,				\
		 .guard_fn = EVENT##_g1)

#define MORE(EVENT)							\
	PROGRAMS(EVENT);						\
	SPIN_GUARD(EVENT##_g2, struct events_call *call)		\
	{								\
		return guard(call, 1);					\
	}								\
	SPIN_GUARD(EVENT##_g3, struct events_call *call)		\
	{								\
		return guard(call, 2);					\
	}								\
	SPIN_GUARD(EVENT##_judge, struct events_call *call)		\
	{								\
		return !(DISP_REJECT_ODD(call->ctx.closure) &&		\
			 call->ctx.result & 1);				\
	}								\
	TEMPLATE(EVENT, DISP_ALL, all,					\
		 .guard_fn = EVENT##_g1,				\
		 .guard2_fn = EVENT##_g2,				\
		 .guard3_fn = EVENT##_g3,				\
		 .post_fn = EVENT##_judge);				\
	TEMPLATE(EVENT, DISP_POST, post, .post_fn = EVENT##_judge)

MORE(Atomic);
MORE(IrqsOff);
MORE(Sleepable);
MORE(And);
MORE(Average);
PROGRAMS(Softirq);
PROGRAMS(Intrinsic);
PROGRAMS(Default);
PROGRAMS(Needed);
PROGRAMS(Guarded);
PROGRAMS(Inner);

#define NEST(EVENT)							\
	SPIN_HANDLER(EVENT##_again, struct events_call *call)		\
	{								\
		int result = 0;						\
									\
		events_note(call, disp_note(call->ctx.closure, call->a,	\
					    call->c, call->value));	\
		if (call->value)					\
			result = events_raise_again(call, call->value - 1); \
		events_note(call, DISP_NOTE_NESTED | (__u32)result);	\
		return disp_result(call->ctx.closure);			\
	}								\
	SPIN_BIND(Events_##EVENT, EVENT##_nest,				\
		.handler = EVENT##_again,				\
		.slot = DISP_SLOT(EVENTS_##EVENT, DISP_NEST))

NEST(Atomic);
NEST(Needed);
NEST(And);

SPIN_HANDLER(light, struct events_call *call)
{
	events_note(call, DISP_NUMBER(call->ctx.closure));
	return 0;
}

SPIN_BIND(Events_Sleepable, Sleepable_light, .handler = light,
	.slot = DISP_SLOT(EVENTS_Sleepable, DISP_LIGHT));

/* ---- what a handler that may sleep can do to bindings ---- */

static __always_inline void answer(struct events_call *call, __s64 value)
{
	events_note(call, DISP_NOTE_ANSWER | (value & 0xffffffffffffff));
}

static __always_inline void install(struct events_call *call)
{
	struct spin_install args = {};

	args.slot = call->c;
	args.closure = call->a;
	args.order = call->d;
	answer(call, events_install(call, &args));
}

static __always_inline void handlers(struct events_call *call)
{
	__u64 ids[8] = {};
	int count;

	count = events_get_handlers(call, ids, sizeof(ids));
	answer(call, count);
#pragma unroll
	for (int i = 0; i < 8; i++)
		if (i < count)
			answer(call, ids[i]);
}

SPIN_SLEEPABLE_HANDLER(operate, struct events_call *call)
{
	switch (call->b) {
	case DISP_OP_INSTALL:
		install(call);
		return 0;
	case DISP_OP_UNINSTALL:
		answer(call, events_uninstall(call, call->a));
		return 0;
	case DISP_OP_IS_INSTALLED:
		answer(call, events_is_installed(call, call->a));
		return 0;
	case DISP_OP_HANDLERS:
		handlers(call);
		return 0;
	default:
		return 1;
	}
}

SPIN_BIND(Events_Quiet, ops, .handler = operate);

SPIN_HANDLER(quiet_run, struct events_call *call)
{
	return run(call);
}

SPIN_BIND(Events_Quiet, Quiet_plain, .handler = quiet_run,
	.slot = DISP_SLOT(EVENTS_Quiet, DISP_PLAIN));
