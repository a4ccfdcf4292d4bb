// SPDX-License-Identifier: GPL-2.0
/* Exports Ping.Hit, and calls Pong.Hit from it: as deep as calls nest. */
#include "../procedure.h"

SPIN_EXTENSION("ping");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

SPIN_EXPORT_PUBLIC(Ping, Hit);
SPIN_IMPORT_PROCEDURE(Pong, Hit);

__u64 hits;
int last;

SPIN_SLEEPABLE_HANDLER(hit, struct spin_call *call)
{
	__u64 depth = SPIN_ARG(call, Ping, Hit, depth);
	int result;

	hits++;
	if (!depth)
		return 0;
	result = SPIN_CALL_SLEEPABLE(&call->ctx, Pong, Hit, .depth = depth - 1);
	return result < 0 ? result : result + 1;
}

SPIN_IMPLEMENT(Ping, Hit, hitter, .handler = hit);

SPIN_SETTING(__u64, depth, 2);

SPIN_SLEEPABLE_HANDLER(serve, struct spin_clock_tick *tick)
{
	last = SPIN_CALL_SLEEPABLE(&tick->ctx, Pong, Hit, .depth = depth);
	return 0;
}

SPIN_BIND(Clock_Tick, server, .handler = serve, .period_us = 5000);
