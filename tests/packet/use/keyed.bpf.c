// SPDX-License-Identifier: GPL-2.0
/* Consumes what comes to one port, which it is found by. */
#include "extension.h"

SPIN_EXTENSION("keyed");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

__u32 packets;

SPIN_HANDLER(take, struct spin_udp_packet *pkt)
{
	__sync_fetch_and_add(&packets, 1);
	return SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, takes,
	.match = { .fields = SPIN_UDP_DPORT, .value = { 4250 } },
	.handler = take);
