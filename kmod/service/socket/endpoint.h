/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A granted UDP socket, and what is kept for each of its destinations. The
 * files: socket.c (the capability), route.c (ways to the destinations),
 * heads.c (memory for headers), send.c (datagrams), bulk.c (many at once).
 */
#ifndef _SPIN_ENDPOINT_H
#define _SPIN_ENDPOINT_H

#include <linux/ip.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/flow.h>
#include <net/sock.h>
#include <spin/spin.h>
#include "../packet/bulk.h"
#include "../io.h"
#include "heads.h"

/* ---- route.c ---- */

#define SPIN_ROUTE_SETS	256	/* a power of 2 */
#define SPIN_ROUTE_WAYS	4

/**
 * struct spin_headers - what the datagrams to a destination begin with
 * @link: at the end of this, its header
 * @ip: IP's
 * @udp: UDP's; its length is 0 until the lengths and sums are set
 */
struct spin_headers {
	u8 link[HH_DATA_MOD];
	struct iphdr ip;
	struct udphdr udp;
} __aligned(8);

/**
 * struct spin_route - how to reach a destination, and what is on its way there
 * @dest: the destination
 * @generation: of the endpoint, when it was looked up
 * @used: jiffies of the last use
 * @dst: NULL: none yet; a reference is held
 * @fl4: the way's addresses and ports
 * @headers: of datagrams in bulk
 * @heads: of the datagrams
 */
struct spin_route {
	struct spin_udp_dest dest;
	u32 generation;
	unsigned long used;
	struct dst_entry *dst;
	struct flowi4 fl4;
	struct spin_headers headers;
	struct spin_heads heads;
};

/*
 * What of a socket's state decides ways and headers. @ttl is -1 if the socket
 * has none of its own; then it is the route's, or @default_ttl. There are no holes,
 * as it is compared as a whole.
 */
struct spin_route_basis {
	__be32 saddr;
	__be16 sport;
	u8 tos;
	u8 default_ttl;
	int ttl;
	u32 mark;
	int bound;
	kuid_t uid;
	u32 policy;	/* 1: one of IPsec's, of which no change makes a route stale */
};

static_assert(sizeof(struct spin_route_basis) == 28);

#define SPIN_CUT_FRAGS	4

/**
 * struct spin_cut - the payload of one of the datagrams
 * @frags: its pieces
 * @count: how many
 * @len: bytes
 */
struct spin_cut {
	skb_frag_t frags[SPIN_CUT_FRAGS];
	u32 count;
	u32 len;
};

/**
 * struct spin_endpoint - a granted socket
 * @socket: its file is held
 * @mutex: one send at a time; protects the rest
 * @basis: what the routes of the present generation were looked up with
 * @generation: counts its changes
 * @routes: by hash of the destination; the one not used for longest gives way
 * @cuts: the payload at hand, cut into datagrams
 * @uses: how often each of its fragments is in them
 */
struct spin_endpoint {
	struct socket *socket;
	struct mutex mutex;
	struct spin_route_basis basis;
	u32 generation;
	struct spin_route *routes[SPIN_ROUTE_SETS][SPIN_ROUTE_WAYS];
	struct spin_cut cuts[SPIN_SEND_SEGMENTS_MAX];
	u32 uses[MAX_SKB_FRAGS];
};

void spin_routes_settle(struct spin_endpoint *endpoint);
struct spin_route *spin_route_find(struct spin_endpoint *endpoint,
				   const struct spin_udp_dest *dest);
struct spin_route *spin_route_get(struct spin_endpoint *endpoint,
				  const struct spin_udp_dest *dest);
void spin_routes_free(struct spin_endpoint *endpoint);

/* ---- send.c ---- */

/**
 * struct spin_payload - what goes to all destinations
 * @msg: the extension's header and lengths, as they were when it was checked
 * @fragments: of the file
 * @count: how many
 * @segments: how many datagrams
 */
struct spin_payload {
	struct spin_send msg;
	struct spin_fragment fragments[MAX_SKB_FRAGS];
	int count;
	u32 segments;
};

/**
 * struct spin_sending - one call
 * @capability: the socket's
 * @endpoint: of it
 * @payload: what is sent
 * @cut: it is cut into datagrams: endpoint->cuts
 * @passed: datagrams that were given to the stack
 * @bulk: those that wait to be given to a device
 * @way: what is on their way, since bottom halves are off
 * @ip_requests: what IP is to count as asked for
 * @ip_packets: and as sent
 * @ip_bytes: the same in bytes
 */
struct spin_sending {
	struct spin_capability *capability;
	struct spin_endpoint *endpoint;
	const struct spin_payload *payload;
	bool cut;
	u32 passed;
	struct spin_bulk bulk;
	struct spin_bulk_way way;
	u32 ip_requests;
	u32 ip_packets;
	u32 ip_bytes;
};

static inline struct sock *spin_sending_sock(const struct spin_sending *s)
{
	return s->endpoint->socket->sk;
}

/* Bytes of payload in datagram @i. */
static inline u32 spin_payload_len(const struct spin_payload *payload, u32 i)
{
	u32 segment = payload->msg.segment;

	return segment ? min(segment, payload->msg.len - i * segment) :
			 payload->msg.len;
}

/* What a datagram is charged with, about. */
static inline u32 spin_datagram_charge(u32 len)
{
	return SKB_TRUESIZE(SPIN_HEAD_SIZE) + len;
}

/**
 * spin_payload_fits - does a route take datagrams as large as these?
 * @payload: of the datagrams
 * @route: the route
 */
static inline bool spin_payload_fits(const struct spin_payload *payload,
				     const struct spin_route *route)
{
	return payload->msg.header_len + spin_payload_len(payload, 0) +
	       SPIN_UDP_HEADERS <= dst_mtu(route->dst);
}

/**
 * spin_route_admits - may more be sent to a destination now?
 * @sk: the socket
 * @route: to the destination
 */
static inline bool spin_route_admits(const struct sock *sk,
				     const struct spin_route *route)
{
	u32 limit = READ_ONCE(sk->sk_sndbuf);
	u32 used = sk_wmem_alloc_get(sk);

	if (likely(used <= limit / 2))
		return true;
	return used < limit && spin_heads_busy(&route->heads) <= limit - used;
}

int spin_endpoint_send(struct spin_capability *capability,
		       const struct spin_udp_dest *dests, u32 count,
		       const struct spin_payload *payload, u32 *datagrams);
int spin_endpoint_room(struct spin_endpoint *endpoint,
		       const struct spin_udp_dest *dest);

/* ---- bulk.c ---- */

int spin_send_bulk(struct spin_sending *s, const struct spin_udp_dest *dest);
void spin_bulk_count(struct spin_sending *s);

#endif /* _SPIN_ENDPOINT_H */
