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
#include "output.h"
#include "packet.h"

static struct net *net_of(const struct spin_packet *p)
{
	return p->state->net;
}

static struct udphdr *udp_of(const struct sk_buff *skb)
{
	return (void *)ip_hdr(skb) + ip_hdrlen(skb);
}

/*
 * Never answer what many heard, nor to a port nobody can send from. Broadcasts
 * of a net come in frames to this host alone, too: the route knows.
 */
static bool is_answerable(const struct sk_buff *skb)
{
	const struct iphdr *ip = ip_hdr(skb);
	const struct rtable *rt = skb_rtable(skb);

	return skb->pkt_type == PACKET_HOST && udp_of(skb)->source &&
	       rt && !(rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) &&
	       !ipv4_is_multicast(ip->daddr) && !ipv4_is_lbcast(ip->daddr) &&
	       !ipv4_is_multicast(ip->saddr) && !ipv4_is_lbcast(ip->saddr) &&
	       !ipv4_is_zeronet(ip->saddr);
}

/*
 * In the table of the VRF it came in by, with its mark if the name space says so
 * (sysctl fwmark_reflect). Local input was the routes' decision: the address
 * that was asked is ours, whether or not an interface has it.
 */
static struct flowi4 answer_flow(const struct spin_packet *p)
{
	const struct iphdr *ip = ip_hdr(p->skb);
	const struct udphdr *udp = udp_of(p->skb);
	struct net *net = net_of(p);

	return (struct flowi4) {
		.daddr = ip->saddr,
		.saddr = ip->daddr,
		.flowi4_oif = l3mdev_master_ifindex_rcu(p->skb->dev),
		.flowi4_mark = IP4_REPLY_MARK(net, p->skb->mark),
		.flowi4_proto = IPPROTO_UDP,
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
		.flowi4_uid = sock_net_uid(net, NULL),
		.fl4_sport = udp->dest,
		.fl4_dport = udp->source,
	};
}

static struct sk_buff *reply_skb(const struct spin_packet *p, u32 datagram,
				 const struct dst_entry *dst)
{
	u32 headers = sizeof(struct iphdr) + sizeof(struct udphdr);
	u32 room = LL_RESERVED_SPACE(dst->dev) + headers;
	struct sk_buff *skb;

	skb = alloc_skb(room + datagram + dst->dev->needed_tailroom,
			GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	if (skb_copy_bits(p->skb, p->payload, skb_put(skb, datagram),
			  datagram)) {
		kfree_skb(skb);
		return NULL;
	}
	return skb;
}

/* Into the stack. The reference to the route is the packet's from here on. */
static void answer_send(const struct spin_packet *p, struct sk_buff *skb,
			struct dst_entry *dst, u32 mark)
{
	skb->protocol = htons(ETH_P_IP);
	skb->mark = mark;
	skb_dst_set(skb, dst);
	ip_local_out(net_of(p), NULL, skb);
}

/* A packet of its own. The reference to the route is taken. */
static int send_copy(const struct spin_packet *p, u32 datagram,
		     struct dst_entry *dst)
{
	struct flowi4 fl4 = answer_flow(p);
	struct sk_buff *skb = reply_skb(p, datagram, dst);

	if (!skb) {
		dst_release(dst);
		return -ENOMEM;
	}
	spin_udp_put_header(skb, &fl4);
	spin_udp_put_ip_header(net_of(p), NULL, skb, dst, &fl4);
	answer_send(p, skb, dst, fl4.flowi4_mark);
	return 0;
}

/*
 * Can the packet itself be the answer, once all handlers have seen it? Not if it is
 * one already, is many datagrams, has IP options, which are for the way here, or
 * has no checksum: the answer is to have one.
 */
static bool can_go_back(const struct spin_packet *p)
{
	return !p->answer && !skb_is_gso(p->skb) && ip_hdr(p->skb)->ihl == 5 &&
	       !skb_has_frag_list(p->skb) && udp_of(p->skb)->check;
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
 * spin_packet_answer_with - send a packet back to where it came from
 * @p: its raise, which is over; a handler answered it, and it is consumed
 *
 * As its copy would be, for less: no memory is taken, and no payload touched, unless
 * somebody else has the packet, too. Only the headers are written to, and
 * only where nobody else reads them: pages of the payload may be a file's.
 */
void spin_packet_answer_with(struct spin_packet *p)
{
	u32 mark = IP4_REPLY_MARK(net_of(p), p->skb->mark);
	struct dst_entry *dst = &p->answer->dst;
	struct sk_buff *skb = p->skb;

	if (skb_ensure_writable(skb, sizeof(struct iphdr) +
				     sizeof(struct udphdr))) {
		dst_release(dst);
		kfree_skb(skb);
		return;
	}
	packet_clean(skb);
	headers_turn(skb, dst);
	ip_select_ident(net_of(p), skb, NULL);
	answer_send(p, skb, dst, mark);
}

/**
 * spin_packet_answer_copy - send the answer to a packet that others get, too
 * @p: its raise, which is over; a handler answered it
 * @datagram: bytes of its payload
 */
void spin_packet_answer_copy(struct spin_packet *p, u32 datagram)
{
	/* Without memory it is lost, as it may be on the way. */
	send_copy(p, datagram, &p->answer->dst);
	p->answer = NULL;
}

/**
 * spin_packet_reply - answer a UDP datagram, for a handler
 * @p: its packet
 * @datagram: bytes of its payload
 * @ext: the handler's extension, which is charged
 *
 * Returns what spin_udp_reply() does.
 */
int spin_packet_reply(struct spin_packet *p, u32 datagram,
		      struct spin_extension *ext)
{
	struct flowi4 fl4;
	struct rtable *rt;
	int err;

	if (spin_packet_is_sent(p))
		return -EOPNOTSUPP;
	if (!is_answerable(p->skb))
		return -EINVAL;
	fl4 = answer_flow(p);
	rt = ip_route_output_key(net_of(p), &fl4);
	if (IS_ERR(rt))
		return -EHOSTUNREACH;
	err = -EINVAL;	/* the source was a net's broadcast address */
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST))
		goto err_route;
	err = -EMSGSIZE;
	if (datagram + sizeof(struct iphdr) + sizeof(struct udphdr) >
	    dst_mtu(&rt->dst))
		goto err_route;
	err = spin_quota_charge(ext, SPIN_QUOTA_PACKETS, 1);
	if (err)
		goto err_route;
	/* Else the answer would be the beginning of another connection. */
	err = -EPERM;
	if (!spin_packet_confirm(p->skb))
		goto err_route;
	if (!can_go_back(p))
		return send_copy(p, datagram, &rt->dst);
	p->answer = rt;
	return 0;

err_route:
	ip_rt_put(rt);
	return err;
}
