// SPDX-License-Identifier: GPL-2.0
/* A guard sends a packet: kernel functions with side effects are not for guards. */
#include "extension.h"

HOSTILE("guard-reply", "guard.*spin_udp_reply|spin_udp_reply.*guard");
SPIN_IMPORT(Udp);

SPIN_GUARD(reply, struct spin_udp_packet *pkt)
{
	return spin_udp_reply(pkt) == 0;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it,
	.guard_fn = reply, .handler = pass);
