// SPDX-License-Identifier: GPL-2.0
/*
 * Five handlers that may take nearly as much as one may, of datagrams to one
 * port. Passes them all, and counts them.
 */
#include "extension.h"

SPIN_EXTENSION("dear");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

SPIN_SETTING(__u16, port, 4247);

__u32 packets;

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == port;
}

static __always_inline int copy(struct spin_udp_packet *pkt)
{
	__u8 byte;
	int bad = 0;

	/* 400 instructions each, by what the function is said to take */
	bad |= spin_udp_load(pkt, 0, &byte, 1);
	bad |= spin_udp_load(pkt, 1, &byte, 1);
	bad |= spin_udp_load(pkt, 2, &byte, 1);
	bad |= spin_udp_load(pkt, 3, &byte, 1);
	bad |= spin_udp_load(pkt, 4, &byte, 1);
	bad |= spin_udp_load(pkt, 5, &byte, 1);
	bad |= spin_udp_load(pkt, 6, &byte, 1);
	bad |= spin_udp_load(pkt, 7, &byte, 1);
	bad |= spin_udp_load(pkt, 8, &byte, 1);
	return bad ? SPIN_DROP : SPIN_PASS;
}

SPIN_HANDLER(first, struct spin_udp_packet *pkt)
{
	__sync_fetch_and_add(&packets, 1);
	return copy(pkt);
}

#define DEAR(NAME)						\
SPIN_HANDLER(NAME, struct spin_udp_packet *pkt)			\
{								\
	return copy(pkt);					\
}								\
SPIN_BIND(Udp_PacketArrived, NAME##_copies,			\
	.guard_fn = to_port, .handler = NAME)

SPIN_BIND(Udp_PacketArrived, first_copies,
	.guard_fn = to_port, .handler = first);
DEAR(second);
DEAR(third);
DEAR(fourth);
DEAR(fifth);
