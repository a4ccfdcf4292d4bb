// SPDX-License-Identifier: GPL-2.0
/* One program in two members: it is verified for one of them only. */
#include "hostile.h"

HOSTILE("two-guards", "own");
SPIN_IMPORT(Udp);

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == 4242;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = (void *)pass,
	.guard_fn = (void *)to_port, .guard2_fn = (void *)to_port);
