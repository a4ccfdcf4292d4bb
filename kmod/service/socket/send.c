// SPDX-License-Identifier: GPL-2.0
/*
 * Datagrams of a granted socket: a header in the linear part, pages of a file as
 * fragments, given to IP directly. The pages are looked up once for all
 * destinations, and what each device does with them is known, and counted.
 *
 * The ordinary way takes a burst as one packet, which the device, or the stack
 * for it, cuts into datagrams and sums: right whatever devices, tunnels and
 * filters are on the way. Where none of these would look (packet/bulk.c knows), the
 * datagrams are cut here and go to the device in bulk.
 *
 * Each datagram is charged to the send buffer. While more than half of that is
 * in use, a destination may have no more on its way than is free: one that is
 * slow leaves room for the others.
 */
#include <linux/in.h>
#include <linux/skbuff_ref.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/route.h>
#include "../packet/output.h"
#include "endpoint.h"

/* ---- the payload ---- */

/* The part of fragment @f from @done on, at most @len bytes. Returns how many. */
static u32 cut_add(struct spin_cut *cut, const struct spin_fragment *f, u32 done,
		   u32 len)
{
	u32 n = min(len, f->len - done);
	u32 at = f->offset + done;

	skb_frag_fill_page_desc(&cut->frags[cut->count++],
				folio_page(f->folio, at >> PAGE_SHIFT),
				at & ~PAGE_MASK, n);
	cut->len += n;
	return n;
}

/* Returns false: a datagram is in too many pieces. */
static bool payload_cut(struct spin_endpoint *endpoint,
			const struct spin_payload *payload)
{
	u32 i, fragment = 0, done = 0;

	memset(endpoint->uses, 0, sizeof(endpoint->uses));
	for (i = 0; i < payload->segments; i++) {
		struct spin_cut *cut = &endpoint->cuts[i];
		u32 left = spin_payload_len(payload, i);

		cut->count = 0;
		cut->len = 0;
		while (left) {
			const struct spin_fragment *f = &payload->fragments[fragment];
			u32 n;

			if (cut->count == SPIN_CUT_FRAGS)
				return false;
			n = cut_add(cut, f, done, left);
			endpoint->uses[fragment]++;
			left -= n;
			done += n;
			if (done == f->len) {
				fragment++;
				done = 0;
			}
		}
	}
	return true;
}

/* As sendmsg() would say, but for options that are not passed on. */
static int sock_check(const struct sock *sk)
{
	if (READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN)
		return -EPIPE;
	if (rcu_access_pointer(inet_sk(sk)->inet_opt))
		return -EOPNOTSUPP;
	if (!READ_ONCE(inet_sk(sk)->inet_num))	/* disconnected, it lost its port */
		return -EDESTADDRREQ;
	return 0;
}

/* ---- the ordinary way ---- */

/* With the extension's header, and nothing else yet. */
static struct sk_buff *skb_new(const struct spin_sending *s,
			       struct spin_route *route, u32 len)
{
	const struct spin_send *msg = &s->payload->msg;
	struct sk_buff *skb;
	void *head;

	spin_heads_settle(&route->heads);
	head = spin_heads_get(&route->heads, spin_datagram_charge(len), GFP_KERNEL);
	if (!head)
		return NULL;
	skb = build_skb(head, SPIN_HEAD_SIZE);
	if (!skb) {
		skb_free_frag(head);
		return NULL;
	}
	skb_reserve(skb, SPIN_HEAD_ROOM + SPIN_UDP_HEADERS);
	skb_put_data(skb, msg->header, msg->header_len);
	skb->len += len;
	skb->data_len += len;
	skb->truesize += len;
	/* Somebody may write to the file meanwhile. */
	if (len)
		skb_shinfo(skb)->flags |= SKBFL_SHARED_FRAG;
	return skb;
}

static void skb_head(const struct spin_sending *s, const struct spin_route *route,
		     struct sk_buff *skb)
{
	struct sock *sk = spin_sending_sock(s);

	skb_set_owner_w(skb, sk);
	spin_udp_put_header(skb, &route->fl4);
	spin_udp_put_ip_header(sock_net(sk), sk, skb, route->dst, &route->fl4);
}

/* All of the payload in one. */
static struct sk_buff *skb_whole(const struct spin_sending *s,
				 struct spin_route *route)
{
	const struct spin_payload *payload = s->payload;
	struct sk_buff *skb = skb_new(s, route, payload->msg.len);
	int i;

	if (!skb)
		return NULL;
	for (i = 0; i < payload->count; i++) {
		const struct spin_fragment *f = &payload->fragments[i];

		folio_get(f->folio);
		skb_fill_page_desc_noacc(skb, i, folio_page(f->folio, 0),
					 f->offset, f->len);
	}
	skb_head(s, route, skb);
	if (payload->segments > 1) {
		skb_shinfo(skb)->gso_size = payload->msg.segment;
		skb_shinfo(skb)->gso_segs = payload->segments;
		skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
	}
	return skb;
}

/* One of the datagrams that the payload is cut into. */
static struct sk_buff *skb_single(const struct spin_sending *s,
				  struct spin_route *route,
				  const struct spin_cut *cut)
{
	struct sk_buff *skb = skb_new(s, route, cut->len);
	u32 i;

	if (!skb)
		return NULL;
	for (i = 0; i < cut->count; i++) {
		skb_shinfo(skb)->frags[i] = cut->frags[i];
		skb_frag_ref(skb, i);
	}
	skb_shinfo(skb)->nr_frags = cut->count;
	skb_head(s, route, skb);
	return skb;
}

/*
 * Where the socket is not charged any more afterwards, the datagram has arrived
 * at a receiver in this machine, or is somebody else's: it may well stay, but is
 * not on its way.
 */
static int skb_send(const struct spin_sending *s, struct spin_route *route,
		    struct sk_buff *skb)
{
	struct sock *sk = spin_sending_sock(s);
	u32 charge = spin_datagram_charge(skb->data_len);
	int before, err;

	before = sk_wmem_alloc_get(sk) - skb->truesize;
	dst_hold(route->dst);
	err = spin_udp_send_skb(sock_net(sk), sk, skb, route->dst);
	if (sk_wmem_alloc_get(sk) <= before)
		spin_heads_forget(&route->heads, charge);
	return err;
}

/*
 * A burst that a queue discipline cuts is lost to the count of what is on its
 * way: when room gets short, datagrams are sent one by one.
 */
static int send_singly(struct spin_sending *s, struct spin_route *route)
{
	int err = 0;
	u32 i;

	for (i = 0; i < s->payload->segments; i++) {
		struct sk_buff *skb;
		int error = -ENOBUFS;

		if (spin_route_admits(spin_sending_sock(s), route)) {
			skb = skb_single(s, route, &s->endpoint->cuts[i]);
			error = skb ? skb_send(s, route, skb) : -ENOMEM;
		}
		if (error)
			err = error;
		else
			s->passed++;
	}
	return err;
}

static int send_whole(struct spin_sending *s, struct spin_route *route)
{
	struct sk_buff *skb = skb_whole(s, route);
	int err;

	if (!skb)
		return -ENOMEM;
	err = skb_send(s, route, skb);
	if (!err)
		s->passed += s->payload->segments;
	return err;
}

/*
 * A route outlives its device, which is replaced when it goes: look at it
 * under RCU, each time.
 */
static netdev_features_t route_features(const struct spin_route *route)
{
	netdev_features_t features;

	rcu_read_lock();
	features = READ_ONCE(route->dst->dev)->features;
	rcu_read_unlock();
	return features;
}

static int send_ordinary(struct spin_sending *s, const struct spin_udp_dest *dest)
{
	const struct spin_payload *payload = s->payload;
	const struct sock *sk = spin_sending_sock(s);
	u32 passed = s->passed;
	netdev_features_t features;
	struct spin_route *route;
	int err;

	route = spin_route_get(s->endpoint, dest);
	if (IS_ERR(route))
		return PTR_ERR(route);
	if (!spin_payload_fits(payload, route))
		return -EMSGSIZE;
	if (!spin_route_admits(sk, route))
		return -ENOBUFS;
	features = route_features(route);
	if (payload->segments > 1 && s->cut &&
	    sk_wmem_alloc_get(sk) > READ_ONCE(sk->sk_sndbuf) / 4)
		err = send_singly(s, route);
	else
		err = send_whole(s, route);
	if (s->passed != passed && payload->msg.len)
		spin_socket_count(s->capability, features,
				  err ? (s->passed - passed) *
					spin_payload_len(payload, 0) :
					payload->msg.len);
	return err;
}

/* ---- all destinations ---- */

static void bulk_open(struct spin_sending *s)
	__acquires(RCU)
{
	local_bh_disable();
	rcu_read_lock();
	spin_bulk_way_init(&s->way);
}

static void bulk_close(struct spin_sending *s)
	__releases(RCU)
{
	spin_bulk_count(s);
	spin_bulk_flush(&s->bulk);
	rcu_read_unlock();
	local_bh_enable();
}

/* Once, and as it is at one moment: the extension may change it meanwhile. */
static struct spin_udp_dest dest_read(const struct spin_udp_dest *from)
{
	return *(const volatile struct spin_udp_dest *)from;
}

/*
 * Bottom halves are off while there is something to be sent in bulk, and for no
 * more datagrams than are given to a device at once.
 */
static int send_each(struct spin_sending *s, const struct spin_udp_dest *dests,
		     u32 count)
{
	u32 i, held = 0;	/* datagrams since bottom halves are off */
	int sent = 0, result;

	bulk_open(s);
	for (i = 0; i < count; i++) {
		struct spin_udp_dest dest = dest_read(&dests[i]);

		if (held + s->payload->segments > SPIN_BULK_MAX) {
			bulk_close(s);
			cond_resched();
			bulk_open(s);
			held = 0;
		}
		held += s->payload->segments;
		result = s->cut ? spin_send_bulk(s, &dest) : 1;
		if (result > 0) {
			bulk_close(s);
			result = send_ordinary(s, &dest);
			bulk_open(s);
			held = 0;
		}
		if (!result)
			sent++;
	}
	bulk_close(s);
	return sent;
}

/**
 * spin_endpoint_send - send a payload to some destinations
 * @capability: of the socket; in use
 * @dests: where to
 * @count: how many
 * @payload: checked, and its pages are there
 * @datagrams: set to how many datagrams were given to the stack
 *
 * May sleep. Returns how many destinations were sent everything.
 */
int spin_endpoint_send(struct spin_capability *capability,
		       const struct spin_udp_dest *dests, u32 count,
		       const struct spin_payload *payload, u32 *datagrams)
{
	struct spin_sending s = {
		.capability = capability,
		.endpoint = capability->object,
		.payload = payload,
	};
	int sent = 0;

	spin_bulk_init(&s.bulk);
	mutex_lock(&s.endpoint->mutex);
	if (!sock_check(spin_sending_sock(&s))) {
		spin_routes_settle(s.endpoint);
		s.cut = payload_cut(s.endpoint, payload);
		sent = send_each(&s, dests, count);
	}
	mutex_unlock(&s.endpoint->mutex);
	spin_count_add(capability, SPIN_COUNT_SENT, s.passed);
	spin_count_add(capability, SPIN_COUNT_FAILED,
		       count * payload->segments - s.passed);
	spin_count_add(capability, SPIN_COUNT_BULK, s.bulk.sent);
	*datagrams = s.passed;
	return sent;
}

/**
 * spin_endpoint_room - how much fits into a datagram
 * @endpoint: of a socket
 * @dest: where the datagram is to go
 *
 * May sleep. Returns bytes of payload, header included; or why nothing can be
 * sent there: see spin_route_get().
 */
int spin_endpoint_room(struct spin_endpoint *endpoint,
		       const struct spin_udp_dest *dest)
{
	struct spin_route *route;
	int room;

	mutex_lock(&endpoint->mutex);
	spin_routes_settle(endpoint);
	route = spin_route_get(endpoint, dest);
	if (IS_ERR(route))
		room = PTR_ERR(route);
	else
		room = max_t(int, dst_mtu(route->dst) - SPIN_UDP_HEADERS, 0);
	mutex_unlock(&endpoint->mutex);
	return room;
}
