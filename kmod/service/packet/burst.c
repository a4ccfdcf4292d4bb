// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of many datagrams: a raise for each, a verdict for each.
 */
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/gso.h>
#include "packet.h"

#define SEGMENTS_MAX	128	/* datagrams in one skb: what UDP sends at most */

/**
 * spin_packet_is_burst - are there many datagrams in one skb?
 * @skb: the packet
 *
 * Not so in the other kinds of GSO: a datagram whose fragmentation was left to the
 * device, or a tunnel's, whose sizes are those of what is inside.
 */
bool spin_packet_is_burst(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && skb_shinfo(skb)->gso_size &&
	       skb_shinfo(skb)->gso_type & SKB_GSO_UDP_L4 &&
	       !skb->encapsulation;
}

/*
 * What GRO put together, or a local sender did not take apart, is many
 * datagrams in one skb: the event is raised for each, with the context moved
 * from one to the next. Together they may take what one may; the rest is
 * dropped, since a filter must not miss it. Returns a bit for each verdict that
 * was given; sets @passed to the datagrams passed on, by index.
 */
static u32 raise_each(struct spin_point *point, struct spin_packet *p,
		      u32 *datagram, unsigned long *passed)
{
	u32 size = skb_shinfo(p->skb)->gso_size;
	u32 left = *datagram;
	struct spin_budget budget;
	u32 verdicts = 0;
	u32 i;

	spin_budget_init(&budget, DIV_ROUND_UP(left, size));
	for (i = 0; left; i++) {
		int verdict;

		*datagram = min(left, size);
		spin_packet_copy_head(p, *datagram);
		verdict = spin_point_raise_within(point, &p->raise, &budget);
		verdicts |= BIT(verdict);
		if (verdict == SPIN_PASS)
			__set_bit(i, passed);
		p->payload += *datagram;
		left -= *datagram;
	}
	return verdicts;
}

/* As it was when the stack put it together, or let it be put together. */
static bool arrived_prepare(struct sk_buff *skb)
{
	if (!spin_packet_confirm(skb))
		return false;
	/* As udp_rcv_segment(): what was looped back has lost its mark. */
	if (skb->pkt_type == PACKET_LOOPBACK)
		skb->ip_summed = CHECKSUM_PARTIAL;
	__skb_push(skb, -skb_mac_offset(skb));
	return true;
}

/* Some were taken and some not: go on with the others one by one. */
static void pass_some(const struct spin_packet *p, const unsigned long *passed)
{
	netdev_features_t features = NETIF_F_SG | NETIF_F_IP_CSUM |
				     NETIF_F_HW_CSUM;
	const struct nf_hook_state *state = p->state;
	struct sk_buff *segs, *seg, *next;
	struct sk_buff *skb = p->skb;
	u32 i = 0;

	/* What is sent has no header of the link yet. */
	if (!spin_packet_is_sent(p) && !arrived_prepare(skb)) {
		kfree_skb(skb);
		return;
	}
	segs = __skb_gso_segment(skb, features, false);
	if (IS_ERR_OR_NULL(segs)) {
		kfree_skb(skb);
		return;
	}
	/* It may be the first segment: hold that once, not twice. */
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		__skb_pull(seg, skb_network_offset(seg));
		if (test_bit(i++, passed))
			state->okfn(state->net, state->sk, seg);
		else
			consume_skb(seg);
	}
}

/**
 * spin_packet_raise_burst - raise the event for each datagram of a packet
 * @point: where its bindings hang
 * @p: filled in for the packet as a whole
 * @datagram: bytes of payload, in the context: set to those of each
 *
 * Returns what the hook is to return.
 */
unsigned int spin_packet_raise_burst(struct spin_point *point,
				     struct spin_packet *p, u32 *datagram)
{
	DECLARE_BITMAP(passed, SEGMENTS_MAX) = {};
	u32 verdicts;

	if (DIV_ROUND_UP(*datagram, skb_shinfo(p->skb)->gso_size) > SEGMENTS_MAX)
		return NF_DROP;	/* no honest sender; a filter must not miss it */
	verdicts = raise_each(point, p, datagram, passed);
	switch (verdicts) {
	case BIT(SPIN_PASS):
		return NF_ACCEPT;
	case BIT(SPIN_DROP):
		return NF_DROP;
	}
	if (!(verdicts & BIT(SPIN_PASS)))
		return spin_packet_take(p);
	pass_some(p, passed);
	return NF_STOLEN;
}
