// SPDX-License-Identifier: GPL-2.0
/*
 * For the quotas of bindings: every tick installs a binding and uninstalls it,
 * and notes what came of that.
 */
#include "extension.h"
#include <spin/bpf/dispatcher.h>

SPIN_EXTENSION("quota");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Clock);
SPIN_IMPORT(Dispatcher);

SPIN_SETTING(__u32, keep, 0);	/* 1: does not uninstall */

__u64 ticks;
__s64 install_result;
__s64 uninstall_result;

SPIN_HANDLER(nothing, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_SLEEPABLE_HANDLER(churn, struct spin_clock_tick *tick)
{
	struct spin_install args = {
		.slot = 1, .match = { .fields = SPIN_UDP_DPORT, .value = { 9 } },
	};
	__s64 id = spin_install(&tick->ctx, &args);

	install_result = id > 0 ? 0 : id;
	if (id > 0 && !keep)
		uninstall_result = spin_uninstall(&tick->ctx, id);
	ticks++;
	return 0;
}

SPIN_BIND(Udp_PacketArrived, spare, .slot = 1, .handler = nothing);
SPIN_BIND(Clock_Tick, churn_tick,
	.handler = churn, .period_us = 2000);
