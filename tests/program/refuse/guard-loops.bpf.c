// SPDX-License-Identifier: GPL-2.0
/* A guard loops for long: its cost counts like the handler's. */
#include "extension.h"

HOSTILE("guard-loops", "instructions|loop");
SPIN_IMPORT(Udp);

SPIN_GUARD(spin, struct spin_udp_packet *pkt)
{
	__u64 sum = pkt->len;

	for (__u32 i = 0; i < 5000; i++) {
		sum += sum >> 3;
		opaque(sum);
	}
	return sum & 1;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it,
	.guard_fn = spin, .handler = pass);
