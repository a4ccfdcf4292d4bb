// SPDX-License-Identifier: GPL-2.0
/*
 * The datagrams of a granted socket in bulk: made here with all their headers,
 * down to the link's, where packet/bulk.c finds that nothing on the way would look at
 * them.
 */
#include <linux/in.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/route.h>
#include "../packet/output.h"
#include "endpoint.h"

/* References for all datagrams to one destination. */
static void cuts_get(const struct spin_sending *s)
{
	int i;

	for (i = 0; i < s->payload->count; i++)
		folio_ref_add(s->payload->fragments[i].folio,
			      s->endpoint->uses[i]);
}

/* Those of the datagrams that were not made, from @first on. */
static void cuts_put(const struct spin_sending *s, u32 first)
{
	u32 i, k;

	for (i = first; i < s->payload->segments; i++) {
		const struct spin_cut *cut = &s->endpoint->cuts[i];

		for (k = 0; k < cut->count; k++)
			put_page(skb_frag_page(&cut->frags[k]));
	}
}

/* What differs between the last datagram of a burst and the others. */
static void headers_set_len(struct spin_headers *h, u32 payload)
{
	u32 len = sizeof(h->udp) + payload;

	if (h->udp.len == htons(len))
		return;
	h->ip.tot_len = htons(sizeof(h->ip) + len);
	h->ip.check = 0;
	ip_send_check(&h->ip);
	h->udp.len = htons(len);
	h->udp.check = ~csum_tcpudp_magic(h->ip.saddr, h->ip.daddr, len,
					  IPPROTO_UDP, 0);
}

/* The references to the payload's pages become the datagram's. */
static struct sk_buff *bulk_skb(const struct spin_sending *s,
				struct spin_route *route,
				const struct spin_cut *cut)
{
	const struct spin_headers *h = &route->headers;
	const struct spin_send *msg = &s->payload->msg;
	u32 i, count = cut->count, len = cut->len;
	struct skb_shared_info *shared;
	struct sk_buff *skb;
	void *head;

	head = spin_heads_get(&route->heads, spin_datagram_charge(len),
			      GFP_ATOMIC);
	if (!head)
		return NULL;
	skb = napi_build_skb(head, SPIN_HEAD_SIZE);
	if (!skb) {
		skb_free_frag(head);
		return NULL;
	}
	skb_reserve(skb, SPIN_HEAD_ROOM);
	memcpy(skb->data - sizeof(h->link), h, offsetofend(struct spin_headers, udp));
	__skb_put(skb, SPIN_UDP_HEADERS);
	if (msg->header_len)
		__skb_put_data(skb, msg->header, msg->header_len);
	shared = skb_shinfo(skb);
	for (i = 0; i < count; i++)
		shared->frags[i] = cut->frags[i];
	shared->nr_frags = count;
	shared->flags = count ? SKBFL_SHARED_FRAG : 0;
	skb->len += len;
	skb->data_len = len;
	skb->truesize += len;
	return skb;
}

/* What the stack would have noted on the way; offsets are from the head. */
static void bulk_note(struct sk_buff *skb, struct sock *sk,
		      struct net_device *dev)
{
	skb->mac_header = SPIN_HEAD_ROOM - ETH_HLEN;
	skb->network_header = SPIN_HEAD_ROOM;
	skb->transport_header = SPIN_HEAD_ROOM + sizeof(struct iphdr);
	skb->protocol = htons(ETH_P_IP);
	skb->dev = dev;
	skb->priority = READ_ONCE(sk->sk_priority);
	skb->mark = READ_ONCE(sk->sk_mark);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = SPIN_HEAD_ROOM + sizeof(struct iphdr);
	skb->csum_offset = offsetof(struct udphdr, check);
	skb_set_hash_from_sk(skb, sk);
	skb->sk = sk;		/* which is charged with it already */
	skb->destructor = sock_wfree;
}

/* The socket was charged with @charge; what was made weighs @weight. */
static void charge_settle(struct sock *sk, u32 charge, u32 weight)
{
	/* It never ends here: its file is held, and that is in the count. */
	if (charge > weight)
		WARN_ON_ONCE(refcount_sub_and_test(charge - weight,
						   &sk->sk_wmem_alloc));
}

/*
 * The datagrams to one destination. The socket is charged with all of them at
 * once, and before a hook sees the first: that may free it.
 */
static void chain_make(struct spin_sending *s, struct spin_route *route,
		       struct spin_bulk_chain *chain)
{
	const struct spin_payload *payload = s->payload;
	const struct spin_cut *cut = s->endpoint->cuts;
	struct net_device *dev = s->way.dev;
	struct sock *sk = spin_sending_sock(s);
	u32 charge = payload->segments * spin_datagram_charge(payload->msg.header_len) +
		     payload->msg.len;
	u32 i, weight = 0;

	spin_heads_settle(&route->heads);
	cuts_get(s);
	refcount_add(charge, &sk->sk_wmem_alloc);
	for (i = 0; i < payload->segments; i++, cut++) {
		struct sk_buff *skb;

		headers_set_len(&route->headers,
				payload->msg.header_len + cut->len);
		skb = bulk_skb(s, route, cut);
		if (!skb) {
			cuts_put(s, i);
			break;
		}
		bulk_note(skb, sk, dev);
		weight += skb->truesize;
		spin_bulk_chain_add(chain, skb);
	}
	charge_settle(sk, charge, weight);
}

/**
 * spin_bulk_count - count what went to IP in bulk since the last time
 * @s: the call
 */
void spin_bulk_count(struct spin_sending *s)
{
	struct net *net = sock_net(spin_sending_sock(s));

	if (!s->ip_requests)
		return;
	IP_ADD_STATS(net, IPSTATS_MIB_OUTREQUESTS, s->ip_requests);
	IP_ADD_STATS(net, IPSTATS_MIB_OUTPKTS, s->ip_packets);
	IP_ADD_STATS(net, IPSTATS_MIB_OUTOCTETS, s->ip_bytes);
	s->ip_requests = 0;
	s->ip_packets = 0;
	s->ip_bytes = 0;
}

/**
 * spin_send_bulk - make the datagrams to a destination, to be sent in bulk
 * @s: the call; they are added to @s->bulk
 * @dest: the destination
 *
 * Bottom halves are off, in an RCU read-side section. Returns 0; 1: nothing was
 * done, they have to go the ordinary way; or why they were not sent.
 */
int spin_send_bulk(struct spin_sending *s, const struct spin_udp_dest *dest)
{
	const struct spin_payload *payload = s->payload;
	struct spin_bulk_chain chain;
	struct sock *sk = spin_sending_sock(s);
	struct spin_route *route;
	u32 n;

	route = spin_route_find(s->endpoint, dest);
	if (!route || !spin_payload_fits(payload, route) ||
	    !spin_bulk_possible(&s->way, sk, route->dst,
				payload->segments > 1) ||
	    !spin_bulk_link_header(route->dst, route->fl4.daddr,
				   route->headers.link))
		return 1;
	if (!spin_route_admits(sk, route))
		return -ENOBUFS;
	spin_bulk_chain_init(&chain);
	chain_make(s, route, &chain);
	/* all are asked for; the stack counts as sent those that it sends */
	s->ip_requests += chain.count;
	n = spin_bulk_filter(&s->way, &chain);
	s->passed += n;
	if (!n)
		return -ENOBUFS;
	s->ip_packets += chain.count;
	s->ip_bytes += chain.bytes;
	if (payload->msg.len)
		spin_count_add(s->capability, SPIN_COUNT_BY_REFERENCE,
			       n == payload->segments ? payload->msg.len :
			       n * spin_payload_len(payload, 0));
	if (chain.count)
		spin_bulk_add(&s->bulk, &chain);
	return n == payload->segments ? 0 : -ENOBUFS;
}
