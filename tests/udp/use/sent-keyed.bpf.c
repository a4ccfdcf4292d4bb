// SPDX-License-Identifier: GPL-2.0
/* Drops what is sent to one port, which it is found by. */
#include "extension.h"

SPIN_EXTENSION("sent-keyed");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

__u32 packets;

SPIN_HANDLER(stop, struct spin_udp_packet *pkt)
{
	__sync_fetch_and_add(&packets, 1);
	return SPIN_DROP;
}

SPIN_BIND(Udp_PacketSend, stops,
	.match = { .fields = SPIN_UDP_DPORT, .value = { 4250 } },
	.handler = stop);
