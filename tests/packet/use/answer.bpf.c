// SPDX-License-Identifier: GPL-2.0
/* Answers datagrams to one port so many times, and gives the verdict it was told. */
#include "extension.h"

SPIN_EXTENSION("answer");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

SPIN_SETTING(__u16, port, 4249);
SPIN_SETTING(__u32, times, 1);
SPIN_SETTING(__u32, verdict, SPIN_CONSUME);

__u32 answered;
__u32 seen_behind;	/* the payload, by a later handler */

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == port;
}

static __always_inline void answer(struct spin_udp_packet *pkt)
{
	if (!spin_udp_reply(pkt))
		__sync_fetch_and_add(&answered, 1);
}

SPIN_HANDLER(reply, struct spin_udp_packet *pkt)
{
	if (times > 0)
		answer(pkt);
	if (times > 1)
		answer(pkt);
	return SPIN_PASS;
}

SPIN_HANDLER(judge, struct spin_udp_packet *pkt)
{
	const __u8 *data = spin_udp_data(pkt, 0, 2);

	if (data)
		seen_behind = data[0] | data[1] << 8;
	return verdict;
}

SPIN_BIND(Udp_PacketArrived, answers,
	.guard_fn = to_port, .handler = reply);
SPIN_BIND(Udp_PacketArrived, judges,
	.guard_fn = to_port, .handler = judge,
	.order = SPIN_ORDER_LAST);
