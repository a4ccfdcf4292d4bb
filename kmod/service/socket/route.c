// SPDX-License-Identifier: GPL-2.0
/*
 * The ways from a granted socket to its destinations, looked up once and kept
 * as long as the kernel says that they are right, and the socket is as it was.
 */
#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/netdevice.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include "../../compat/net.h"
#include "endpoint.h"

static bool has_policy(const struct sock *sk)
{
#ifdef CONFIG_XFRM
	return rcu_access_pointer(sk->sk_policy[XFRM_POLICY_OUT]);
#else
	return false;
#endif
}

static void basis_of(const struct sock *sk, struct spin_route_basis *basis)
{
	const struct inet_sock *inet = inet_sk(sk);

	memset(basis, 0, sizeof(*basis));
	basis->saddr = READ_ONCE(inet->inet_saddr);
	basis->sport = htons(READ_ONCE(inet->inet_num));
	basis->tos = READ_ONCE(inet->tos);
	basis->default_ttl = READ_ONCE(sock_net(sk)->ipv4.sysctl_ip_default_ttl);
	basis->ttl = READ_ONCE(inet->uc_ttl);
	basis->mark = READ_ONCE(sk->sk_mark);
	basis->bound = READ_ONCE(sk->sk_bound_dev_if);
	basis->uid = sock_net_uid(sock_net(sk), sk);
	basis->policy = has_policy(sk);
}

/**
 * spin_routes_settle - see whether the socket still is what it was
 * @endpoint: of the socket
 *
 * Whoever has a descriptor may change its mark, type of service, time to live or
 * device at any time: what was looked up before does not hold then.
 */
void spin_routes_settle(struct spin_endpoint *endpoint)
{
	struct spin_route_basis basis;

	lockdep_assert_held(&endpoint->mutex);
	basis_of(endpoint->socket->sk, &basis);
	if (likely(!memcmp(&basis, &endpoint->basis, sizeof(basis)) &&
		   !basis.policy))
		return;
	endpoint->basis = basis;
	endpoint->generation++;
}

static_assert(sizeof(struct spin_udp_dest) == 32);	/* it has no holes */

static bool dest_is(const struct spin_udp_dest *a, const struct spin_udp_dest *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* What later versions may mean something by. */
static bool dest_reserved(const struct spin_udp_dest *dest)
{
	return dest->reserved || dest->room[0] | dest->room[1];
}

static int dest_check(const struct spin_udp_dest *dest)
{
	if (dest_reserved(dest))
		return -EINVAL;
	if (!dest->port || ipv4_is_multicast(dest->addr) ||
	    ipv4_is_lbcast(dest->addr) || ipv4_is_zeronet(dest->addr))
		return -EACCES;
	return 0;
}

/*
 * Which device's routes. A device that belongs to a VRF stands for the VRF. Any
 * other one does not choose the way: answers may well leave by another than the
 * one that the question came by, as they do for all other sockets.
 */
static int oif_of(const struct spin_endpoint *endpoint,
		  const struct spin_udp_dest *dest)
{
	struct net *net = sock_net(endpoint->socket->sk);
	int bound = endpoint->basis.bound;
	struct net_device *dev;
	int oif;

	if (!dest->ifindex)
		return bound;
	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, dest->ifindex);
	oif = dev ? l3mdev_master_ifindex_rcu(dev) : -ENODEV;
	rcu_read_unlock();
	if (oif < 0 || !bound)
		return oif;
	if (bound == dest->ifindex ||
	    (oif && oif == l3mdev_master_ifindex_by_index(net, bound)))
		return bound;
	return -EADDRNOTAVAIL;
}

/* The source address that is asked for, if the socket may have it. */
static int source_check(const struct spin_endpoint *endpoint,
			const struct spin_udp_dest *dest, int oif)
{
	struct net *net = sock_net(endpoint->socket->sk);
	u32 table;

	if (!dest->saddr || dest->saddr == endpoint->basis.saddr)
		return 0;
	if (endpoint->basis.saddr)
		return -EADDRNOTAVAIL;
	table = l3mdev_fib_table_by_index(net, oif) ?: RT_TABLE_LOCAL;
	return inet_addr_type_table(net, dest->saddr, table) == RTN_LOCAL ?
	       0 : -EADDRNOTAVAIL;
}

static u8 ttl_of(const struct spin_route_basis *basis,
		 const struct dst_entry *dst)
{
	if (basis->ttl >= 0)
		return basis->ttl;
	return dst_metric_raw(dst, RTAX_HOPLIMIT) ?: basis->default_ttl;
}

/* All but lengths and sums, and the link's: that is asked for each time. */
static void headers_begin(struct spin_headers *h,
			  const struct spin_route_basis *basis,
			  const struct spin_route *route)
{
	const struct flowi4 *fl4 = &route->fl4;

	h->ip = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(h->ip) >> 2,
		.tos = basis->tos,
		.frag_off = htons(IP_DF),
		.ttl = ttl_of(basis, route->dst),
		.protocol = IPPROTO_UDP,
		.saddr = fl4->saddr,
		.daddr = fl4->daddr,
	};
	h->udp = (struct udphdr) {
		.source = fl4->fl4_sport,
		.dest = fl4->fl4_dport,
	};
}

static int route_look_up(struct spin_endpoint *endpoint,
			 struct spin_route *route)
{
	const struct spin_route_basis *basis = &endpoint->basis;
	const struct spin_udp_dest *dest = &route->dest;
	struct sock *sk = endpoint->socket->sk;
	struct rtable *rt;
	int oif, err;

	dst_release(route->dst);
	route->dst = NULL;
	oif = oif_of(endpoint, dest);
	if (oif < 0)
		return oif;
	err = source_check(endpoint, dest, oif);
	if (err)
		return err;
	route->fl4 = (struct flowi4) {
		.daddr = dest->addr,
		.saddr = dest->saddr ?: basis->saddr,
		.flowi4_proto = IPPROTO_UDP,
		.flowi4_oif = oif,
		.flowi4_mark = basis->mark,
		.flowi4_uid = basis->uid,
		.fl4_sport = basis->sport,
		.fl4_dport = htons(dest->port),
	};
	spin_flow_set_tos(&route->fl4, basis->tos);
	security_sk_classify_flow(sk, flowi4_to_flowi_common(&route->fl4));
	rt = ip_route_output_flow(sock_net(sk), &route->fl4, sk);
	if (IS_ERR(rt))
		return PTR_ERR(rt);
	if (rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) {
		ip_rt_put(rt);
		return -EACCES;
	}
	route->dst = &rt->dst;
	route->generation = endpoint->generation;
	headers_begin(&route->headers, basis, route);
	return 0;
}

static struct spin_route **set_of(struct spin_endpoint *endpoint,
				  const struct spin_udp_dest *dest)
{
	u32 rest = (__force u32)dest->saddr ^ dest->port ^ dest->ifindex << 16;
	u64 key = (u64)rest << 32 | (__force u32)dest->addr;

	return endpoint->routes[hash_64(key, ilog2(SPIN_ROUTE_SETS))];
}

static struct spin_route *set_find(struct spin_route **set,
				   const struct spin_udp_dest *dest)
{
	int i;

	for (i = 0; i < SPIN_ROUTE_WAYS; i++) {
		if (set[i] && dest_is(&set[i]->dest, dest))
			return set[i];
	}
	return NULL;
}

static bool route_holds(const struct spin_endpoint *endpoint,
			const struct spin_route *route)
{
	return route->dst && route->generation == endpoint->generation &&
	       dst_check(route->dst, 0);
}

/**
 * spin_route_find - the way to a destination, if it is known
 * @endpoint: of the socket
 * @dest: the destination
 *
 * Does not sleep. Returns NULL: ask spin_route_get().
 */
struct spin_route *spin_route_find(struct spin_endpoint *endpoint,
				   const struct spin_udp_dest *dest)
{
	struct spin_route *route;

	lockdep_assert_held(&endpoint->mutex);
	route = set_find(set_of(endpoint, dest), dest);
	if (unlikely(!route || !route_holds(endpoint, route)))
		return NULL;
	route->used = jiffies;
	return route;
}

static void route_free(struct spin_route *route)
{
	if (!route)
		return;
	spin_heads_free(&route->heads);
	dst_release(route->dst);
	kfree(route);
}

/* Put a new one in the place that is free, or that was not used for longest. */
static struct spin_route *set_add(struct spin_route **set,
				  const struct spin_udp_dest *dest)
{
	struct spin_route *route;
	int i, place = 0;

	for (i = 0; i < SPIN_ROUTE_WAYS && set[place]; i++) {
		if (!set[i] || time_before(set[i]->used, set[place]->used))
			place = i;
	}
	route = kzalloc(sizeof(*route), GFP_KERNEL_ACCOUNT);
	if (!route)
		return NULL;
	route->dest = *dest;
	route_free(set[place]);
	set[place] = route;
	return route;
}

/**
 * spin_route_get - the way to a destination
 * @endpoint: of the socket
 * @dest: the destination
 *
 * May sleep. Returns it, good until the next one is got; -EINVAL: the reserved
 * part is not zero; -EACCES: not unicast, or port 0; -ENODEV: no such device;
 * -EADDRNOTAVAIL: the source or the device is not one that the socket may use;
 * -ENOMEM; or what routing says.
 */
struct spin_route *spin_route_get(struct spin_endpoint *endpoint,
				  const struct spin_udp_dest *dest)
{
	struct spin_route **set = set_of(endpoint, dest);
	struct spin_route *route;
	int err;

	lockdep_assert_held(&endpoint->mutex);
	err = dest_check(dest);
	if (err)
		return ERR_PTR(err);
	route = set_find(set, dest) ?: set_add(set, dest);
	if (!route)
		return ERR_PTR(-ENOMEM);
	route->used = jiffies;
	if (!route_holds(endpoint, route)) {
		err = route_look_up(endpoint, route);
		if (err)
			return ERR_PTR(err);
	}
	return route;
}

/**
 * spin_routes_free - forget all ways
 * @endpoint: of a socket that nobody sends by any more
 */
void spin_routes_free(struct spin_endpoint *endpoint)
{
	int i, k;

	for (i = 0; i < SPIN_ROUTE_SETS; i++) {
		for (k = 0; k < SPIN_ROUTE_WAYS; k++)
			route_free(endpoint->routes[i][k]);
	}
}
