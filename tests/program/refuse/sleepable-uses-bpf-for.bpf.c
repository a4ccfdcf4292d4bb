// SPDX-License-Identifier: GPL-2.0
/* bpf_for() lets nobody else run: spin_for() is there for that. */
#include "extension.h"

HOSTILE("sleepable-bpf-for", "spin_for");
SPIN_IMPORT(Clock);

SPIN_SLEEPABLE_HANDLER(loop, struct spin_clock_tick *tick)
{
	__u64 sum = 0;
	int i;

	bpf_for(i, 0, 1 << 23)
		sum += i;
	return sum & 1 ? 0 : -1;
}

SPIN_BIND(Clock_Tick, it, .handler = loop, .period_us = 1000);
