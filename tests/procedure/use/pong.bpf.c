// SPDX-License-Identifier: GPL-2.0
/* Exports Pong.Hit, and calls Ping.Hit from it: as deep as calls nest. */
#include "../procedure.h"

SPIN_EXTENSION("pong");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

SPIN_EXPORT_PUBLIC(Pong, Hit);
SPIN_IMPORT_PROCEDURE(Ping, Hit);

__u64 hits;
int last;

SPIN_SLEEPABLE_HANDLER(hit, struct spin_call *call)
{
	__u64 depth = SPIN_ARG(call, Pong, Hit, depth);
	int result;

	hits++;
	if (!depth)
		return 0;
	result = SPIN_CALL_SLEEPABLE(&call->ctx, Ping, Hit, .depth = depth - 1);
	return result < 0 ? result : result + 1;
}

SPIN_IMPLEMENT(Pong, Hit, hitter, .handler = hit);

SPIN_SETTING(__u64, depth, 2);

SPIN_SLEEPABLE_HANDLER(serve, struct spin_clock_tick *tick)
{
	last = SPIN_CALL_SLEEPABLE(&tick->ctx, Ping, Hit, .depth = depth);
	return 0;
}

SPIN_BIND(Clock_Tick, server, .handler = serve, .period_us = 5000);
