// SPDX-License-Identifier: GPL-2.0
/* bpf_loop() lets nobody else run, and does not end at the unload. */
#include "extension.h"

HOSTILE("sleepable-bpf-loop", "bpf_loop|spin_for");
SPIN_IMPORT(Clock);

static long step(__u64 index, void *data)
{
	*(__u64 *)data += index;
	return 0;
}

SPIN_SLEEPABLE_HANDLER(loop, struct spin_clock_tick *tick)
{
	__u64 sum = 0;

	bpf_loop(1 << 23, step, &sum, 0);
	return sum & 1 ? 0 : -1;
}

SPIN_BIND(Clock_Tick, it, .handler = loop, .period_us = 1000);
