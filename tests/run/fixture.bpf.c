// SPDX-License-Identifier: GPL-2.0
/*
 * A good extension for the tests that go round libspin: a template with guard
 * and handler on one event, a template on another, a function of its own that
 * a program could try to replace.
 */
#include "extension.h"

SPIN_EXTENSION("fixture");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Clock);

__u64 seen;
__u64 ticks;

__attribute__((noinline)) int weigh(int len)
{
	opaque(len);
	return len;
}

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == 4242;
}

SPIN_HANDLER(count, struct spin_udp_packet *pkt)
{
	if (weigh(pkt->len) >= 0)
		__sync_fetch_and_add(&seen, 1);
	return SPIN_CONSUME;
}

SPIN_HANDLER(other, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_HANDLER(tick, struct spin_clock_tick *clock)
{
	__sync_fetch_and_add(&ticks, 1);
	return 0;
}

SPIN_BIND(Udp_PacketArrived, by_port,
	.guard_fn = to_port, .handler = count);
SPIN_BIND(Udp_PacketArrived, spare,
	.handler = other);
SPIN_BIND(Clock_Tick, by_time,
	.handler = tick, .period_us = 5000);
