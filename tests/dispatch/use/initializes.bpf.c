// SPDX-License-Identifier: GPL-2.0
/*
 * Makes bindings while it is being loaded: of the very event that it handles, in
 * a place that there is not; and one that is right.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/clock.h>

SPIN_EXTENSION("initializes");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(Dispatcher);

enum { AGAIN = 1, TICK = 2 };

__s64 nowhere, no_slot, again, tick;
__u64 ticks, unknown;

/* How many of the members that are for later versions are refused (EINVAL). */
static __u64 not_known(struct spin_ctx *ctx, struct spin_install *args)
{
	__u64 refused;

	args->mode = 1;
	refused = spin_install(ctx, args) == -22;
	args->mode = 0;
	args->bound_us = 1;
	refused += spin_install(ctx, args) == -22;
	args->bound_us = 0;
	args->queue = 1;
	refused += spin_install(ctx, args) == -22;
	args->queue = 0;
	args->absent = -1;
	refused += spin_install(ctx, args) == -22;
	args->absent = 0;
	args->reserved = 1;
	refused += spin_install(ctx, args) == -22;
	args->reserved = 0;
	return refused;
}

SPIN_SLEEPABLE_HANDLER(begin, struct spin_initialize *init)
{
	struct spin_install args = {
		.slot = AGAIN, .order = SPIN_ORDER_BEFORE, .relative = 1ULL << 40,
	};

	nowhere = spin_install(&init->ctx, &args);
	args.slot = 77;
	no_slot = spin_install(&init->ctx, &args);
	args.order = SPIN_ORDER_NONE;
	args.relative = 0;
	args.slot = AGAIN;
	unknown = not_known(&init->ctx, &args);
	again = spin_install(&init->ctx, &args);
	args.slot = TICK;
	tick = spin_install(&init->ctx, &args);
	return 0;
}

SPIN_HANDLER(once_more, struct spin_initialize *init)
{
	return 0;
}

SPIN_HANDLER(count, struct spin_clock_tick *context)
{
	__sync_fetch_and_add(&ticks, 1);
	return 0;
}

SPIN_BIND(Domain_Initialize, first, .handler = begin);
SPIN_BIND(Domain_Initialize, second, .handler = once_more, .slot = AGAIN);
SPIN_BIND(Clock_Tick, later, .handler = count, .slot = TICK,
	.period_us = 10000);
