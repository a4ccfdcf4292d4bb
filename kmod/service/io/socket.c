// SPDX-License-Identifier: GPL-2.0
/*
 * Capability Socket: a UDP endpoint that the user bound and granted. Datagrams
 * are built here, a header in the linear part and file pages as fragments, and
 * given to IP directly: the pages are looked up once for all destinations, and
 * what each device does with them is known, and counted.
 *
 * The socket's file is held; datagrams are charged to its send buffer.
 */
#include <linux/file.h>
#include <linux/in.h>
#include <linux/jhash.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/udp.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/route.h>
#include <net/sock.h>
#include "../../kfuncs.h"
#include "../../link/pointer.h"
#include "../net/udp.h"
#include "../services.h"
#include "io.h"

#define ROUTES		256	/* a power of 2 */

/**
 * struct route - how to reach a destination
 * @fl4: what it was looked up for
 * @dst: NULL: none yet; a reference is held
 * @features: of its device, at the present send
 * @room: for headers, likewise
 */
struct route {
	struct flowi4 fl4;
	struct dst_entry *dst;
	netdev_features_t features;
	u32 room;
};

/**
 * struct endpoint - a granted socket
 * @socket: its file is held
 * @mutex: one send at a time; protects @routes
 * @routes: by hash of the destination; a newcomer displaces
 */
struct endpoint {
	struct socket *socket;
	struct mutex mutex;
	struct route routes[ROUTES];
};

/* ---- granting ---- */

static int socket_check(struct spin_extension *ext, const char *name,
			const struct socket *socket)
{
	const struct sock *sk = socket->sk;

	if (sk->sk_family != AF_INET || sk->sk_type != SOCK_DGRAM ||
	    sk->sk_protocol != IPPROTO_UDP) {
		spin_extension_refuse(ext, "capability '%s': it is not a UDP/IPv4 socket",
				      name);
		return -EPROTOTYPE;
	}
	if (!inet_sk(sk)->inet_num) {
		spin_extension_refuse(ext, "capability '%s': the socket is not bound to a port",
				      name);
		return -EDESTADDRREQ;
	}
	/* Whoever grants it: where the extension is. */
	if (sock_net(sk)->net_cookie != spin_extension_net_cookie(ext)) {
		spin_extension_refuse(ext, "capability '%s': the socket is of another network name space than the extension",
				      name);
		return -EXDEV;
	}
	return 0;
}

static int socket_grant(struct spin_extension *ext,
			const struct spin_ioc_ext_grant *args,
			struct spin_capability *capability)
{
	struct endpoint *endpoint;
	struct socket *socket;
	int err = 0;

	socket = sockfd_lookup(args->fd, &err);
	if (!socket) {
		spin_extension_refuse(ext, "capability '%s': descriptor %d is not a socket",
				      args->name, args->fd);
		return err;
	}
	err = socket_check(ext, args->name, socket);
	if (err)
		goto err_socket;
	endpoint = kvzalloc(sizeof(*endpoint), GFP_KERNEL_ACCOUNT);
	if (!endpoint) {
		err = -ENOMEM;
		goto err_socket;
	}
	endpoint->socket = socket;
	mutex_init(&endpoint->mutex);
	snprintf(capability->what, sizeof(capability->what), "%pI4:%u",
		 &inet_sk(socket->sk)->inet_saddr,
		 inet_sk(socket->sk)->inet_num);
	capability->object = endpoint;
	return 0;

err_socket:
	sockfd_put(socket);
	return err;
}

static void socket_release(struct spin_capability *capability)
{
	struct endpoint *endpoint = capability->object;
	int i;

	for (i = 0; i < ROUTES; i++)
		dst_release(endpoint->routes[i].dst);
	sockfd_put(endpoint->socket);
	mutex_destroy(&endpoint->mutex);
	kvfree(endpoint);
}

static const struct spin_capability_type socket_type = {
	.kind = SPIN_CAP_SOCKET,
	.name = "Socket",
	.rights = SPIN_RIGHT_WRITE | SPIN_RIGHT_PASS | SPIN_RIGHT_KEEP |
		  SPIN_RIGHT_EXTERNALIZE,
	.rights_default = SPIN_RIGHT_WRITE | SPIN_RIGHT_PASS,
	.grant = socket_grant,
	.release = socket_release,
};

/* ---- routes ---- */

static bool dest_valid(const struct spin_udp_dest *dest)
{
	return dest->port && !ipv4_is_multicast(dest->addr) &&
	       !ipv4_is_lbcast(dest->addr) && !ipv4_is_zeronet(dest->addr);
}

static void route_key(const struct sock *sk, const struct spin_udp_dest *dest,
		      struct flowi4 *fl4)
{
	const struct inet_sock *inet = inet_sk(sk);

	*fl4 = (struct flowi4) {
		.daddr = dest->addr,
		.saddr = inet->inet_saddr,
		.flowi4_proto = IPPROTO_UDP,
		.flowi4_oif = READ_ONCE(sk->sk_bound_dev_if),
		.flowi4_mark = READ_ONCE(sk->sk_mark),
		.flowi4_uid = sock_net_uid(sock_net(sk), sk),
		.fl4_sport = htons(inet->inet_num),
		.fl4_dport = htons(dest->port),
	};
}

static int route_lookup(struct route *route, struct sock *sk,
			const struct spin_udp_dest *dest)
{
	struct rtable *rt;

	dst_release(route->dst);
	route->dst = NULL;
	route_key(sk, dest, &route->fl4);
	rt = ip_route_output_flow(sock_net(sk), &route->fl4, sk);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return -EACCES;
	}
	route->dst = &rt->dst;
	return 0;
}

static struct route *route_get(struct endpoint *endpoint,
			       const struct spin_udp_dest *dest)
{
	u32 hash = jhash_2words((__force u32)dest->addr, dest->port, 0);
	struct route *route = &endpoint->routes[hash & (ROUTES - 1)];
	int err;

	lockdep_assert_held(&endpoint->mutex);
	if (likely(route->dst && route->fl4.daddr == dest->addr &&
		   route->fl4.fl4_dport == htons(dest->port) &&
		   dst_check(route->dst, 0)))
		return route;
	err = route_lookup(route, endpoint->socket->sk, dest);
	return err ? ERR_PTR(err) : route;
}

/* ---- datagrams ---- */

/**
 * struct payload - what goes to all destinations
 * @msg: the extension's header and lengths, as they were when it was checked
 * @fragments: of the file
 * @count: how many
 * @segments: how many datagrams
 */
struct payload {
	struct spin_send msg;
	struct spin_fragment fragments[MAX_SKB_FRAGS];
	int count;
	u32 segments;
};

/* Where the next datagram's bytes are. */
struct cursor {
	int fragment;
	u32 done;	/* bytes of that fragment that are used up */
};

/* Lend an skb the next @len bytes. */
static void skb_lend(struct sk_buff *skb, const struct payload *payload,
		     struct cursor *at, u32 len)
{
	int i = 0;

	skb->len += len;
	skb->data_len += len;
	skb->truesize += len;
	/* Somebody may write to the file meanwhile. */
	skb_shinfo(skb)->flags |= SKBFL_SHARED_FRAG;
	while (len) {
		const struct spin_fragment *f = &payload->fragments[at->fragment];
		u32 n = min(len, f->len - at->done);

		folio_get(f->folio);
		skb_fill_page_desc_noacc(skb, i++, folio_page(f->folio, 0),
					 f->offset + at->done, n);
		len -= n;
		at->done += n;
		if (at->done == f->len) {
			at->fragment++;
			at->done = 0;
		}
	}
}

/*
 * The stack makes room for more headers (a VLAN tag, a tunnel) in the first
 * datagram of a list only: leave enough in all.
 */
static u32 headroom(const struct net_device *dev)
{
	return max_t(u32, LL_RESERVED_SPACE(dev), LL_MAX_HEADER) +
	       sizeof(struct iphdr) + sizeof(struct udphdr);
}

/* The first datagram, or the only one: the socket is charged with it. */
static struct sk_buff *skb_first(struct sock *sk, const struct route *route,
				 const struct payload *payload,
				 struct cursor *at)
{
	u32 len = payload->msg.segment ?: payload->msg.len;
	u32 room = route->room;
	struct sk_buff *skb;
	int err;

	skb = sock_alloc_send_skb(sk, room + payload->msg.header_len, 1, &err);
	if (!skb)
		return ERR_PTR(err);
	skb_reserve(skb, room);
	skb_put_data(skb, payload->msg.header, payload->msg.header_len);
	if (len) {
		skb_lend(skb, payload, at, len);
		refcount_add(len, &sk->sk_wmem_alloc);
	}
	spin_udp_put_header(skb, &route->fl4);
	spin_udp_put_ip_header(sock_net(sk), sk, skb, route->dst, &route->fl4);
	return skb;
}

/* A further one: with its headers, but positioned at its payload. */
static struct sk_buff *skb_further(struct sock *sk, const struct route *route,
				   const struct payload *payload,
				   struct cursor *at, u32 len)
{
	struct sk_buff *skb = alloc_skb(route->room, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, route->room);
	skb_lend(skb, payload, at, len);
	spin_udp_put_header(skb, &route->fl4);
	spin_udp_put_ip_header(sock_net(sk), sk, skb, route->dst, &route->fl4);
	__skb_pull(skb, sizeof(struct iphdr) + sizeof(struct udphdr));
	return skb;
}

/*
 * Hang the further datagrams on the first, as GRO does with those it forwards:
 * the stack is gone through once, and they come apart again, without a copy,
 * before the device, which then gets them in one burst.
 */
static int skb_hang_on(struct sk_buff *first, struct sock *sk,
		       const struct route *route, const struct payload *payload,
		       struct cursor *at)
{
	u32 left = payload->msg.len - payload->msg.segment;
	struct sk_buff **tail = &skb_shinfo(first)->frag_list;
	u32 bytes = 0, truesize = 0;

	while (left) {
		u32 len = min(left, payload->msg.segment);
		struct sk_buff *skb = skb_further(sk, route, payload, at, len);

		if (!skb)
			return -ENOMEM;	/* freed with the first */
		*tail = skb;
		tail = &skb->next;
		bytes += len;
		truesize += skb->truesize;
		left -= len;
	}
	first->len += bytes;
	first->data_len += bytes;
	first->truesize += truesize;
	refcount_add(truesize, &sk->sk_wmem_alloc);
	udp_hdr(first)->len = htons(sizeof(struct udphdr) + payload->msg.len);
	skb_shinfo(first)->gso_size = payload->msg.segment;
	skb_shinfo(first)->gso_segs = payload->segments;
	skb_shinfo(first)->gso_type = SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST;
	return 0;
}

static struct sk_buff *skb_build(struct sock *sk, const struct route *route,
				 const struct payload *payload)
{
	struct cursor at = {};
	struct sk_buff *skb;

	skb = skb_first(sk, route, payload, &at);
	if (IS_ERR(skb) || payload->segments == 1)
		return skb;
	if (skb_hang_on(skb, sk, route, payload, &at)) {
		kfree_skb(skb);
		return ERR_PTR(-ENOMEM);
	}
	return skb;
}

/* ---- sending ---- */

/*
 * A route outlives its device, which is replaced when it goes: look at it
 * under RCU, each time.
 */
static void route_look(struct route *route)
{
	const struct net_device *dev;

	rcu_read_lock();
	dev = READ_ONCE(route->dst->dev);
	route->features = dev->features;
	route->room = headroom(dev);
	rcu_read_unlock();
}

/*
 * What the device makes of fragments: without scatter-gather, or without
 * checksums of its own (shared pages must not change between the sum and the
 * sending), the stack copies them.
 */
void spin_socket_count(struct spin_capability *capability,
		       netdev_features_t features, u32 len)
{
	bool sums = !(features & (NETIF_F_HW_CSUM | NETIF_F_IP_CSUM));
	bool copies = sums || !(features & NETIF_F_SG);

	if (sums)
		spin_count_add(capability, SPIN_COUNT_CHECKSUMMED, len);
	if (copies) {
		spin_count_add(capability, SPIN_COUNT_COPIED, len);
		set_bit(ilog2(SPIN_CAP_DEVICE_COPIES),
			&capability->root->flags);
	} else {
		spin_count_add(capability, SPIN_COUNT_BY_REFERENCE, len);
	}
}

static int send_one(struct spin_capability *capability,
		    const struct spin_udp_dest *dest,
		    const struct payload *payload)
{
	struct endpoint *endpoint = capability->object;
	struct sock *sk = endpoint->socket->sk;
	u32 len = payload->msg.segment ?: payload->msg.len;
	struct route *route;
	struct sk_buff *skb;
	int err;

	if (!dest_valid(dest))
		return -EACCES;
	route = route_get(endpoint, dest);
	if (IS_ERR(route))
		return PTR_ERR(route);
	if (payload->msg.header_len + len + sizeof(struct iphdr) +
	    sizeof(struct udphdr) > dst_mtu(route->dst))
		return -EMSGSIZE;
	route_look(route);
	skb = skb_build(sk, route, payload);
	if (IS_ERR(skb))
		return PTR_ERR(skb);

	dst_hold(route->dst);
	err = spin_udp_send_skb(sock_net(sk), sk, skb, route->dst);
	if (!err && payload->msg.len)
		spin_socket_count(capability, route->features, payload->msg.len);
	return err;
}

static int send_all(struct spin_capability *capability,
		    const struct spin_udp_dest *dests, u32 count,
		    const struct payload *payload)
{
	struct endpoint *endpoint = capability->object;
	int sent = 0;
	u32 i;

	mutex_lock(&endpoint->mutex);
	for (i = 0; i < count; i++) {
		struct spin_udp_dest dest = READ_ONCE(dests[i]);

		if (!send_one(capability, &dest, payload))
			sent++;
	}
	mutex_unlock(&endpoint->mutex);
	spin_count_add(capability, SPIN_COUNT_SENT, sent * payload->segments);
	spin_count_add(capability, SPIN_COUNT_FAILED,
		       (count - sent) * payload->segments);
	return sent;
}

static bool msg_valid(const struct spin_send *msg, bool file)
{
	if (msg->header_len > SPIN_SEND_HEADER_MAX ||
	    msg->len > SPIN_SEND_LEN_MAX || msg->reserved ||
	    file != !!msg->len)
		return false;
	if (!msg->segment)
		return true;
	return !msg->header_len && msg->segment <= msg->len &&
	       DIV_ROUND_UP(msg->len, msg->segment) <= SPIN_SEND_SEGMENTS_MAX;
}

/* The lengths, and whether there is a payload, which is a file's. */
static int payload_check(struct payload *payload, bool file)
{
	struct spin_send *msg = &payload->msg;

	if (!msg_valid(msg, file))
		return -EINVAL;
	payload->segments = msg->segment ?
			    DIV_ROUND_UP(msg->len, msg->segment) : 1;
	if (payload->segments == 1)
		msg->segment = 0;
	return 0;
}

/* The pages of @file, which is in use, or NULL. */
static int payload_get(struct payload *payload, struct spin_capability *file)
{
	const struct spin_send *msg = &payload->msg;
	int count;

	if (!file)
		return 0;
	count = spin_file_fragments_get(file, msg->offset, msg->len,
					payload->fragments, MAX_SKB_FRAGS);
	if (count < 0)
		return count;
	payload->count = count;
	return 0;
}

static bool dests_valid(u32 size)
{
	const u32 one = sizeof(struct spin_udp_dest);

	return size && !(size % one) && size / one <= SPIN_SEND_DEST_MAX;
}

/* Both capabilities are in use, and the lengths were checked. */
static int send(struct spin_ctx *ctx, struct spin_capability *socket,
		struct spin_capability *file, struct payload *payload,
		const struct spin_udp_dest *dests, u32 count)
{
	int result = payload_get(payload, file);

	if (result)
		return result;
	result = spin_quota_charge(spin_ctx_extension(ctx), SPIN_QUOTA_PACKETS,
				   (u64)count * payload->segments);
	if (!result)
		result = send_all(socket, dests, count, payload);
	spin_file_fragments_put(payload->fragments, payload->count);
	return result;
}

/* The file by its slot; 0: none. The socket is in use. */
static int send_slot(struct spin_ctx *ctx, struct spin_capability *socket,
		     struct payload *payload,
		     const struct spin_udp_dest *dests, u32 size)
{
	u32 slot = payload->msg.file, count = size / sizeof(*dests);
	struct spin_capability *file = NULL;
	int result;

	result = payload_check(payload, slot);
	if (result)
		return result;
	if (slot) {
		file = spin_capability_use(ctx, slot, SPIN_CAP_FILE,
					   SPIN_RIGHT_READ);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	result = send(ctx, socket, file, payload, dests, count);
	if (file)
		spin_capability_done(file);
	return result;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_socket_send(struct spin_ctx *ctx, struct spin_send *msg,
				 const struct spin_udp_dest *dests,
				 u32 dests__sz)
{
	/* The extension may share the block with another of its handlers. */
	struct payload payload = { .msg = *msg };
	struct spin_capability *socket;
	int result;

	if (!dests_valid(dests__sz))
		return -EINVAL;
	socket = spin_capability_use(ctx, payload.msg.socket, SPIN_CAP_SOCKET,
				     SPIN_RIGHT_WRITE);
	if (IS_ERR(socket))
		return PTR_ERR(socket);
	result = send_slot(ctx, socket, &payload, dests, dests__sz);
	spin_capability_done(socket);
	return result;
}

SPIN_POINTER_KFUNCS(spin_socket, SPIN_CAP_SOCKET)

__bpf_kfunc int spin_socket_send_by(struct spin_ctx *ctx,
				    struct spin_socket *socket,
				    struct spin_send *msg,
				    const struct spin_udp_dest *dests,
				    u32 dests__sz)
{
	struct payload payload = { .msg = *msg };
	struct spin_capability *capability;
	int result;

	if (!dests_valid(dests__sz))
		return -EINVAL;
	capability = spin_capability_use_held(ctx, spin_pointer_capability(socket),
					      SPIN_CAP_SOCKET, SPIN_RIGHT_WRITE);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	result = send_slot(ctx, capability, &payload, dests, dests__sz);
	spin_capability_done(capability);
	return result;
}

__bpf_kfunc int spin_socket_send_file(struct spin_ctx *ctx,
				      struct spin_file *file,
				      struct spin_send *msg,
				      const struct spin_udp_dest *dests,
				      u32 dests__sz)
{
	struct payload payload = { .msg = *msg };
	struct spin_capability *socket, *from;
	int result;

	if (!dests_valid(dests__sz))
		return -EINVAL;
	result = payload_check(&payload, true);
	if (result)
		return result;
	from = spin_capability_use_held(ctx, spin_pointer_capability(file), SPIN_CAP_FILE,
					SPIN_RIGHT_READ);
	if (IS_ERR(from))
		return PTR_ERR(from);
	socket = spin_capability_use(ctx, payload.msg.socket, SPIN_CAP_SOCKET,
				     SPIN_RIGHT_WRITE);
	if (IS_ERR(socket)) {
		result = PTR_ERR(socket);
		goto out;
	}
	result = send(ctx, socket, from, &payload, dests,
		      dests__sz / sizeof(*dests));
	spin_capability_done(socket);
out:
	spin_capability_done(from);
	return result;
}

__bpf_kfunc_end_defs();

static const struct spin_kfunc kfuncs[] = {
	SPIN_KFUNC(spin_socket_send, 4000, SPIN_KFUNC_LOCKS),
	SPIN_KFUNC(spin_socket_acquire, 800, 0),
	SPIN_KFUNC(spin_socket_release, 100, 0),
	SPIN_KFUNC(spin_socket_send_by, 4000, SPIN_KFUNC_LOCKS),
	SPIN_KFUNC(spin_socket_send_file, 4000, SPIN_KFUNC_LOCKS),
};

static struct spin_interface interface = {
	.name = "Socket",
	.authorize = spin_interface_public,
	.kfuncs = kfuncs,
	.count = ARRAY_SIZE(kfuncs),
};

int __init spin_socket_init(void)
{
	int err = spin_capability_register(&socket_type);

	if (err)
		return err;
	err = spin_interface_register(&interface);
	if (err)
		spin_capability_unregister(&socket_type);
	return err;
}

void spin_socket_exit(void)
{
	spin_interface_unregister(&interface);
	spin_capability_unregister(&socket_type);
}
