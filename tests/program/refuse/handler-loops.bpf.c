// SPDX-License-Identifier: GPL-2.0
/* A bounded loop that runs long, on an atomic event. */
#include "extension.h"

HOSTILE("loop", "loop|back");
SPIN_IMPORT(Udp);

SPIN_HANDLER(loop, struct spin_udp_packet *pkt)
{
	__u64 sum = pkt->len;

	for (__u32 i = 0; i < 10000; i++) {
		sum += sum >> 3;
		opaque(sum);
	}
	return sum & 1 ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = loop);
