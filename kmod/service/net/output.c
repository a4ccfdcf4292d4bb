// SPDX-License-Identifier: GPL-2.0
/*
 * Sending: UDP and IP headers on a payload, and into the stack.
 */
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/udp.h>
#include "udp.h"

/**
 * spin_udp_send_skb - put headers before a payload and send it
 * @net: name space
 * @sk: socket it is charged to, or NULL
 * @skb: the payload, with room for the headers before it; consumed
 * @dst: route, its reference consumed
 * @fl4: what the route was looked up for, with addresses and ports
 *
 * The checksum is left to the device; one that cannot has the stack compute
 * it. Goes through the packet filter's output chain like any local packet.
 * Process or softirq context.
 *
 * Returns 0, a negative errno, or what the queue says (NET_XMIT_CN is 0).
 */
int spin_udp_send_skb(struct net *net, struct sock *sk, struct sk_buff *skb,
		      struct dst_entry *dst, const struct flowi4 *fl4)
{
	u32 len = skb->len + sizeof(struct udphdr);
	struct udphdr *udp;
	struct iphdr *ip;

	udp = skb_push(skb, sizeof(*udp));
	skb_reset_transport_header(skb);
	udp->source = fl4->fl4_sport;
	udp->dest = fl4->fl4_dport;
	udp->len = htons(len);
	udp->check = 0;
	udp_set_csum(false, skb, fl4->saddr, fl4->daddr, len);

	ip = skb_push(skb, sizeof(*ip));
	skb_reset_network_header(skb);
	ip->version = 4;
	ip->ihl = sizeof(*ip) >> 2;
	ip->tos = sk ? READ_ONCE(inet_sk(sk)->tos) : 0;
	ip->frag_off = htons(IP_DF);
	ip->ttl = ip4_dst_hoplimit(dst);
	ip->protocol = IPPROTO_UDP;
	ip->saddr = fl4->saddr;
	ip->daddr = fl4->daddr;

	skb->protocol = htons(ETH_P_IP);
	skb->priority = sk ? READ_ONCE(sk->sk_priority) : 0;
	skb->mark = sk ? READ_ONCE(sk->sk_mark) : 0;
	skb_dst_set(skb, dst);
	ip_select_ident(net, skb, sk);
	return net_xmit_errno(ip_local_out(net, sk, skb));
}
