// SPDX-License-Identifier: GPL-2.0
/* The second binding breaks a rule: the first must not stay. */
#include "extension.h"

HOSTILE("half-good", "loop|back");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_HANDLER(loop, struct spin_udp_packet *pkt)
{
	__u64 sum = pkt->len;

	for (__u32 i = 0; i < 100000; i++) {
		sum += sum >> 3;
		opaque(sum);
	}
	return sum & 1 ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, good, .handler = pass);
SPIN_BIND(Udp_PacketArrived, bad, .handler = loop);
