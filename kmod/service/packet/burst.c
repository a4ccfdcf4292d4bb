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

/**
 * spin_udp_copy_head - copy the beginning of a payload that cannot be pulled
 * @r: about a packet of many datagrams
 */
void spin_udp_copy_head(struct spin_udp_raise *r)
{
	r->copied = min_t(u32, r->pkt.len, SPIN_UDP_PULL);
	if (skb_copy_bits(r->skb, r->payload, r->head, r->copied))
		r->copied = 0;
}

/*
 * What GRO put together, or a local sender did not take apart, is many
 * datagrams in one skb: the event is raised for each, with the context moved
 * from one to the next. Together they may take what one may; the rest is
 * dropped, since a filter must not miss it. Returns a bit for each verdict that
 * was given; sets @passed to the datagrams passed on, by index.
 */
static u32 raise_each(struct spin_point *point, struct spin_udp_raise *r,
		      unsigned long *passed)
{
	u32 size = skb_shinfo(r->skb)->gso_size;
	u32 left = r->pkt.len;
	struct spin_budget budget;
	u32 verdicts = 0;
	u32 i;

	spin_budget_init(&budget, DIV_ROUND_UP(left, size));
	for (i = 0; left; i++) {
		int verdict;

		r->pkt.len = min(left, size);
		spin_udp_copy_head(r);
		verdict = spin_point_raise_within(point, &r->raise, &budget,
						  SPIN_DROP);
		verdicts |= BIT(verdict);
		if (verdict == SPIN_PASS)
			__set_bit(i, passed);
		r->payload += r->pkt.len;
		left -= r->pkt.len;
	}
	return verdicts;
}

/* Some were taken and some not: go on with the others one by one. */
static void pass_some(struct sk_buff *skb, const struct nf_hook_state *state,
		      const unsigned long *passed)
{
	netdev_features_t features = NETIF_F_SG | NETIF_F_IP_CSUM |
				     NETIF_F_HW_CSUM;
	struct sk_buff *segs, *seg, *next;
	u32 i = 0;

	if (!spin_packet_confirm(skb)) {
		kfree_skb(skb);
		return;
	}
	/* As udp_rcv_segment(): what was looped back has lost its mark. */
	if (skb->pkt_type == PACKET_LOOPBACK)
		skb->ip_summed = CHECKSUM_PARTIAL;
	__skb_push(skb, -skb_mac_offset(skb));
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
 * spin_udp_raise_burst - raise the event for each datagram of a packet
 * @point: where its bindings hang
 * @r: filled in for the packet as a whole
 * @state: the hook's
 *
 * Returns what the hook is to return.
 */
unsigned int spin_udp_raise_burst(struct spin_point *point,
				  struct spin_udp_raise *r,
				  const struct nf_hook_state *state)
{
	DECLARE_BITMAP(passed, SEGMENTS_MAX) = {};
	struct sk_buff *skb = r->skb;
	u32 verdicts;

	if (DIV_ROUND_UP(r->pkt.len, skb_shinfo(skb)->gso_size) > SEGMENTS_MAX)
		return NF_DROP;	/* no honest sender; a filter must not miss it */
	verdicts = raise_each(point, r, passed);
	switch (verdicts) {
	case BIT(SPIN_PASS):
		return NF_ACCEPT;
	case BIT(SPIN_DROP):
		return NF_DROP;
	}
	if (!(verdicts & BIT(SPIN_PASS)))
		return spin_packet_take(skb);
	pass_some(skb, state, passed);
	return NF_STOLEN;
}
