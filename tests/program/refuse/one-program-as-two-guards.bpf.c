// SPDX-License-Identifier: GPL-2.0
/* One program in two members: it is verified for one of them only. */
#include "extension.h"

HOSTILE("two-guards",
	"program 'to_port' is .guard_fn of binding 'it' of Udp.PacketArrived, and .guard2_fn");
SPIN_IMPORT(Udp);

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == 4242;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.guard_fn = to_port, .guard2_fn = to_port);
