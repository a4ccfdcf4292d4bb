// SPDX-License-Identifier: GPL-2.0
/* A guard stores through a subprogram: the rule covers all of its code. */
#include "extension.h"

HOSTILE("guard-subprog", "guard.*(stor|writ)");
SPIN_IMPORT(Udp);

__u64 seen;

__attribute__((noinline)) static bool remember(__u32 len)
{
	seen = len;
	return len > 3;
}

SPIN_GUARD(indirect, struct spin_udp_packet *pkt)
{
	return remember(pkt->len) || remember(pkt->dport);
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it,
	.guard_fn = indirect, .handler = pass);
