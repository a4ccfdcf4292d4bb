// SPDX-License-Identifier: GPL-2.0
/* A guard stores to a global variable. */
#include "extension.h"

HOSTILE("guard-global", "guard.*(stor|writ)");
SPIN_IMPORT(Udp);

__u64 seen;

SPIN_GUARD(remember, struct spin_udp_packet *pkt)
{
	seen = pkt->len;
	return true;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it,
	.guard_fn = remember, .handler = pass);
