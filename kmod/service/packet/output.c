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
#include "output.h"

/**
 * spin_udp_put_header - put a UDP header before a payload
 * @skb: the payload, with room before it
 * @fl4: addresses and ports
 *
 * The checksum is left to the device; one that cannot has the stack compute
 * it.
 */
void spin_udp_put_header(struct sk_buff *skb, const struct flowi4 *fl4)
{
	u32 len = skb->len + sizeof(struct udphdr);
	struct udphdr *udp = skb_push(skb, sizeof(*udp));

	skb_reset_transport_header(skb);
	udp->source = fl4->fl4_sport;
	udp->dest = fl4->fl4_dport;
	udp->len = htons(len);
	udp->check = 0;
	udp_set_csum(false, skb, fl4->saddr, fl4->daddr, len);
}

/* @sk: the socket it is charged to, or NULL. */
static u8 ttl_of(const struct sock *sk, const struct dst_entry *dst)
{
	int ttl = sk ? READ_ONCE(inet_sk(sk)->uc_ttl) : -1;

	if (ttl < 0) {
		rcu_read_lock();	/* for the route's device */
		ttl = ip4_dst_hoplimit(dst);
		rcu_read_unlock();
	}
	return ttl;
}

/**
 * spin_udp_put_ip_header - put an IP header before a UDP datagram
 * @net: name space
 * @sk: socket it is charged to, or NULL
 * @skb: the datagram, with room before it
 * @dst: its route
 * @fl4: what the route was looked up for
 */
void spin_udp_put_ip_header(struct net *net, struct sock *sk,
			    struct sk_buff *skb, const struct dst_entry *dst,
			    const struct flowi4 *fl4)
{
	struct iphdr *ip = skb_push(skb, sizeof(*ip));

	skb_reset_network_header(skb);
	ip->version = 4;
	ip->ihl = sizeof(*ip) >> 2;
	ip->tos = sk ? READ_ONCE(inet_sk(sk)->tos) : 0;
	ip->tot_len = htons(skb->len);
	ip->frag_off = htons(IP_DF);
	ip->ttl = ttl_of(sk, dst);
	ip->protocol = IPPROTO_UDP;
	ip->saddr = fl4->saddr;
	ip->daddr = fl4->daddr;
	ip_select_ident(net, skb, sk);
}

/**
 * spin_udp_send_skb - send a datagram that has its headers
 * @net: name space
 * @sk: socket it is charged to, or NULL
 * @skb: consumed
 * @dst: route, its reference consumed
 *
 * Goes through the packet filter's output chain like any local packet. Process
 * or softirq context.
 *
 * Returns 0, or a negative errno if it was dropped on the way.
 */
int spin_udp_send_skb(struct net *net, struct sock *sk, struct sk_buff *skb,
		      struct dst_entry *dst)
{
	int err;

	skb->protocol = htons(ETH_P_IP);
	skb->priority = sk ? READ_ONCE(sk->sk_priority) : 0;
	skb->mark = sk ? READ_ONCE(sk->sk_mark) : 0;
	skb_dst_set(skb, dst);
	err = ip_local_out(net, sk, skb);
	return err > 0 ? net_xmit_errno(err) : err;
}
