// SPDX-License-Identifier: GPL-2.0
/*
 * Answers to packets: back to where they came from, from the address that was
 * asked, by the way that an ordinary program's answer would take.
 */
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/sock.h>
#include "../../kfuncs.h"
#include "packet.h"
#include "udp.h"

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
static struct rtable *reply_route(const struct spin_udp_raise *r,
				  struct flowi4 *fl4)
{
	*fl4 = (struct flowi4) {
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
	return ip_route_output_key(r->net, fl4);
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

/* The route and its reference are the packet's from here on. */
static void reply_send(const struct spin_udp_raise *r, struct sk_buff *skb,
		       struct dst_entry *dst, const struct flowi4 *fl4)
{
	spin_udp_put_header(skb, fl4);
	spin_udp_put_ip_header(r->net, NULL, skb, dst, fl4);
	skb->protocol = htons(ETH_P_IP);
	skb->mark = fl4->flowi4_mark;
	skb_dst_set(skb, dst);
	ip_local_out(r->net, NULL, skb);
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_udp_reply(struct spin_udp_packet *pkt)
{
	const struct spin_udp_raise *r = spin_udp_raise_of(pkt);
	struct sk_buff *skb;
	struct flowi4 fl4;
	struct rtable *rt;
	int err;

	if (!is_answerable(r))
		return -EINVAL;
	rt = reply_route(r, &fl4);
	if (IS_ERR(rt))
		return -EHOSTUNREACH;
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
	err = -ENOMEM;
	skb = reply_skb(r, &rt->dst);
	if (!skb)
		goto err_route;
	reply_send(r, skb, &rt->dst, &fl4);
	return 0;

err_route:
	ip_rt_put(rt);
	return err;
}

__bpf_kfunc_end_defs();
