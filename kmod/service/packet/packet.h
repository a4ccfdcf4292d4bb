/* SPDX-License-Identifier: GPL-2.0 */
/* What the files about packets that arrive share. */
#ifndef _SPIN_NET_PACKET_H
#define _SPIN_NET_PACKET_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include <spin/spin.h>

#define SPIN_UDP_PULL	128	/* bytes of payload made contiguous for handlers */

/**
 * struct spin_udp_raise - a raise of Udp.PacketArrived
 * @skb: the packet; @pkt is about one datagram in it
 * @net: where it arrived
 * @payload: offset of the payload in @skb
 * @dport: as sent, whatever filters make of it
 * @copied: bytes of @head, 0 if not needed
 * @head: first bytes, where many datagrams are in one
 * @answer: a handler answered: the packet itself may go back by this route, which
 *	is held, when the raise is over; NULL: none did, or the answer was sent
 * @pkt: the context
 */
struct spin_udp_raise {
	struct sk_buff *skb;
	struct net *net;
	u32 payload;
	__be16 dport;
	u32 copied;
	u8 head[SPIN_UDP_PULL];
	struct rtable *answer;
	SPIN_CONTEXT(struct spin_udp_packet, pkt);
};
SPIN_CONTEXT_CHECK(struct spin_udp_raise, pkt);

static inline struct spin_udp_raise *
spin_udp_raise_of(struct spin_udp_packet *pkt)
{
	return container_of(pkt, struct spin_udp_raise, pkt);
}

bool __must_check spin_packet_confirm(struct sk_buff *skb);
unsigned int spin_packet_take(struct sk_buff *skb);
void spin_udp_answer_with(struct spin_udp_raise *r);
void spin_udp_answer_copy(struct spin_udp_raise *r);
bool spin_packet_is_burst(const struct sk_buff *skb);
void spin_udp_copy_head(struct spin_udp_raise *r);
unsigned int spin_udp_raise_burst(struct spin_point *point,
				  struct spin_udp_raise *r,
				  const struct nf_hook_state *state);

#endif /* _SPIN_NET_PACKET_H */
