// SPDX-License-Identifier: GPL-2.0
/*
 * Answers to packets: back to where they came from, from the address that was
 * asked, by the way that an ordinary program's answer would take.
 */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/sock.h>
#include "../../kfuncs.h"
#include "packet.h"
#include "../udp/udp.h"

/*
 * Never answer what many heard, nor to a port nobody can send from. Broadcasts
 * of a net come in frames to this host alone, too: the route knows.
 */
static bool is_answerable(const struct spin_udp_raise *r)
{
	const struct spin_udp_packet *pkt = &r->pkt;
	const struct rtable *rt = skb_rtable(r->skb);

	return r->skb->pkt_type == PACKET_HOST && pkt->sport &&
	       rt && !(rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) &&
	       !ipv4_is_multicast(pkt->daddr) && !ipv4_is_lbcast(pkt->daddr) &&
	       !ipv4_is_multicast(pkt->saddr) && !ipv4_is_lbcast(pkt->saddr) &&
	       !ipv4_is_zeronet(pkt->saddr);
}

/*
 * In the table of the VRF it came in by, with its mark if the name space says so
 * (sysctl fwmark_reflect). Local input was the routes' decision: the address
 * that was asked is ours, whether or not an interface has it.
 */
static struct flowi4 answer_flow(const struct spin_udp_raise *r)
{
	return (struct flowi4) {
		.daddr = r->pkt.saddr,
		.saddr = r->pkt.daddr,
		.flowi4_oif = l3mdev_master_ifindex_rcu(r->skb->dev),
		.flowi4_mark = IP4_REPLY_MARK(r->net, r->skb->mark),
		.flowi4_proto = IPPROTO_UDP,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
		.flowi4_uid = sock_net_uid(r->net, NULL),
		.fl4_sport = r->dport,
		.fl4_dport = htons(r->pkt.sport),
	};
}

static struct sk_buff *reply_skb(const struct spin_udp_raise *r,
				 const struct dst_entry *dst)
{
	u32 headers = sizeof(struct iphdr) + sizeof(struct udphdr);
	u32 room = LL_RESERVED_SPACE(dst->dev) + headers;
	struct sk_buff *skb;

	skb = alloc_skb(room + r->pkt.len + dst->dev->needed_tailroom,
			GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	if (skb_copy_bits(r->skb, r->payload, skb_put(skb, r->pkt.len),
			  r->pkt.len)) {
		kfree_skb(skb);
		return NULL;
	}
	return skb;
}

/* Into the stack. The reference to the route is the packet's from here on. */
static void answer_send(const struct spin_udp_raise *r, struct sk_buff *skb,
			struct dst_entry *dst, u32 mark)
{
	skb->protocol = htons(ETH_P_IP);
	skb->mark = mark;
	skb_dst_set(skb, dst);
	ip_local_out(r->net, NULL, skb);
}

/* A packet of its own. The reference to the route is taken. */
static int send_copy(const struct spin_udp_raise *r, struct dst_entry *dst)
{
	struct flowi4 fl4 = answer_flow(r);
	struct sk_buff *skb = reply_skb(r, dst);

	if (!skb) {
		dst_release(dst);
		return -ENOMEM;
	}
	spin_udp_put_header(skb, &fl4);
	spin_udp_put_ip_header(r->net, NULL, skb, dst, &fl4);
	answer_send(r, skb, dst, fl4.flowi4_mark);
	return 0;
}

/*
 * Can the packet itself be the answer, once all handlers have seen it? Not if it is
 * one already, is many datagrams, has IP options, which are for the way here, or
 * has no checksum: the answer is to have one.
 */
static bool can_go_back(const struct spin_udp_raise *r)
{
	const struct iphdr *ip = ip_hdr(r->skb);
	const struct udphdr *udp = (void *)(ip + 1);

	return !r->answer && !skb_is_gso(r->skb) && ip->ihl == 5 &&
	       !skb_has_frag_list(r->skb) && udp->check;
}

/* Addresses and ports are exchanged: the checksum fits, or will, as before. */
static void headers_turn(struct sk_buff *skb, const struct dst_entry *dst)
{
	struct iphdr *ip = ip_hdr(skb);
	struct udphdr *udp = (void *)(ip + 1);

	swap(ip->saddr, ip->daddr);
	swap(udp->source, udp->dest);
	ip->tos = 0;
	ip->frag_off = htons(IP_DF);
	ip->ttl = ip4_dst_hoplimit(dst);
}

/* Nothing of where it was and how it got here is to go along. */
static void packet_clean(struct sk_buff *skb)
{
	skb_orphan(skb);
	skb_scrub_packet(skb, false);
	skb_init_secmark(skb);
	skb->dev = NULL;	/* to POST_ROUTING it would be where it came in */
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	skb_set_transport_header(skb, sizeof(struct iphdr));
	skb_set_delivery_time(skb, 0, SKB_CLOCK_REALTIME);
	skb_shinfo(skb)->tx_flags &= ~SKBTX_ANY_TSTAMP;
	__vlan_hwaccel_clear_tag(skb);
	skb_clear_hash(skb);
	skb->priority = 0;
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		skb->ip_summed = CHECKSUM_NONE;
}

/**
 * spin_udp_answer_with - send a packet back to where it came from
 * @r: its raise, which is over; a handler answered it, and it is consumed
 *
 * As its copy would be, for less: no memory is taken, and no payload touched, unless
 * somebody else has the packet, too. Only the headers are written to, and
 * only where nobody else reads them: pages of the payload may be a file's.
 */
void spin_udp_answer_with(struct spin_udp_raise *r)
{
	u32 mark = IP4_REPLY_MARK(r->net, r->skb->mark);
	struct dst_entry *dst = &r->answer->dst;
	struct sk_buff *skb = r->skb;

	if (skb_ensure_writable(skb, sizeof(struct iphdr) +
				     sizeof(struct udphdr))) {
		dst_release(dst);
		kfree_skb(skb);
		return;
	}
	packet_clean(skb);
	headers_turn(skb, dst);
	ip_select_ident(r->net, skb, NULL);
	answer_send(r, skb, dst, mark);
}

/**
 * spin_udp_answer_copy - send the answer to a packet that others get, too
 * @r: its raise, which is over; a handler answered it
 */
void spin_udp_answer_copy(struct spin_udp_raise *r)
{
	/* Without memory it is lost, as it may be on the way. */
	send_copy(r, &r->answer->dst);
	r->answer = NULL;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_udp_reply(struct spin_udp_packet *pkt)
{
	struct spin_udp_raise *r = spin_udp_raise_of(pkt);
	struct flowi4 fl4;
	struct rtable *rt;
	int err;

	if (!is_answerable(r))
		return -EINVAL;
	fl4 = answer_flow(r);
	rt = ip_route_output_key(r->net, &fl4);
	if (IS_ERR(rt))
		return -EHOSTUNREACH;
	err = -EINVAL;	/* the source was a net's broadcast address */
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST))
		goto err_route;
	err = -EMSGSIZE;
	if (r->pkt.len + sizeof(struct iphdr) + sizeof(struct udphdr) >
	    dst_mtu(&rt->dst))
		goto err_route;
	err = spin_quota_charge(spin_ctx_extension(&pkt->ctx),
				SPIN_QUOTA_PACKETS, 1);
	if (err)
		goto err_route;
	/* Else the answer would be the beginning of another connection. */
	err = -EPERM;
	if (!spin_packet_confirm(r->skb))
		goto err_route;
	if (!can_go_back(r))
		return send_copy(r, &rt->dst);
	r->answer = rt;
	return 0;

err_route:
	ip_rt_put(rt);
	return err;
}

__bpf_kfunc_end_defs();
