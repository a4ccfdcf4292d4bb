// SPDX-License-Identifier: GPL-2.0
/*
 * Before and after a handler of another extension, which comes and goes.
 */
#include "extension.h"

SPIN_EXTENSION("beside");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

__u64 seen_before, seen_after;

SPIN_HANDLER(before, struct spin_udp_packet *pkt)
{
	__sync_fetch_and_add(&seen_before, 1);
	return SPIN_PASS;
}

SPIN_HANDLER(after, struct spin_udp_packet *pkt)
{
	__sync_fetch_and_add(&seen_after, 1);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, in_front, .handler = before,
	.match = SPIN_MATCH(SPIN_UDP_DPORT, 4246),
	.order = SPIN_ORDER_BEFORE, .relative = "udp-echo/echo_service");
SPIN_BIND(Udp_PacketArrived, behind, .handler = after,
	.match = SPIN_MATCH(SPIN_UDP_DPORT, 4246),
	.order = SPIN_ORDER_AFTER, .relative = "udp-echo/echo_service");
