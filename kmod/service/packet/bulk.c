// SPDX-License-Identifier: GPL-2.0
/*
 * Sending in bulk: datagrams that have all their headers go to the device's
 * driver under one lock of its queue. This is what the stack does for a packet
 * that nothing wants to look at, change or delay, and that finds the queue
 * empty; only where all of this is so is it done here, and everything else takes
 * the ordinary way.
 *
 * Called with bottom halves off, inside an RCU read-side section: a route's
 * device stays, and a device that goes away first puts a queue discipline in
 * place that nobody may pass by, and waits.
 */
#include <linux/bpf-cgroup.h>
#include <linux/if_arp.h>
#include <linux/netfilter.h>
#include <net/arp.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/neighbour.h>
#include <net/pkt_sched.h>
#include <net/route.h>
#include <net/sch_generic.h>
#include "../../compat/net.h"
#include "bulk.h"

/* ---- whether it may be ---- */

static bool cgroup_permits(const struct sock *sk)
{
#ifdef CONFIG_CGROUP_BPF
	return !cgroup_bpf_enabled(CGROUP_INET_EGRESS) ||
	       !cgroup_bpf_sock_enabled((struct sock *)sk, CGROUP_INET_EGRESS);
#else
	return true;
#endif
}

/* Neither tunnel nor IPsec nor anything else that changes the way. */
static bool route_permits(const struct dst_entry *dst)
{
#ifdef CONFIG_XFRM
	if (dst->xfrm)
		return false;
#endif
	return dst->output == ip_output && !dst->lwtstate && !dst->error;
}

/* Nothing that looks at what leaves by the device. */
static bool taps_permit(struct net_device *dev)
{
#ifdef CONFIG_NETFILTER_EGRESS
	if (rcu_access_pointer(dev->nf_hooks_egress))
		return false;
#endif
#ifdef CONFIG_NET_XGRESS
	if (rcu_access_pointer(dev->tcx_egress))
		return false;
#endif
#if IS_ENABLED(CONFIG_CGROUP_NET_PRIO)
	if (rcu_access_pointer(dev->priomap))
		return false;
#endif
	return !dev_nit_active(dev);
}

static bool qdisc_permits(const struct Qdisc *q)
{
	return q->flags & TCQ_F_CAN_BYPASS && q->enqueue;
}

/*
 * A device that gathers and sums by itself, with a queue. One that cuts bursts
 * by itself is given them whole, the ordinary way.
 */
static bool device_permits(struct net_device *dev, bool burst)
{
	const struct netdev_queue *txq = netdev_get_tx_queue(dev, 0);

	if (dev->type != ARPHRD_ETHER || !(dev->flags & IFF_UP) ||
	    !(dev->priv_flags & IFF_XMIT_DST_RELEASE) ||
	    netif_is_l3_master(dev) || netif_is_l3_slave(dev))
		return false;
	/* What lies on others chooses their queues datagram by datagram. */
	if (!list_empty(&dev->adj_list.lower) ||
	    LL_RESERVED_SPACE(dev) > LL_MAX_HEADER)
		return false;
	if (!(dev->features & NETIF_F_SG) ||
	    !(dev->features & (NETIF_F_HW_CSUM | NETIF_F_IP_CSUM)) ||
	    (burst && dev->features & NETIF_F_GSO_UDP_L4))
		return false;
	return qdisc_permits(rcu_dereference_bh(txq->qdisc)) && taps_permit(dev);
}

/**
 * spin_bulk_link_header - the header of the link to a destination
 * @dst: its route
 * @daddr: its address
 * @to: HH_DATA_MOD bytes; the header is at their end
 *
 * Returns whether the neighbour is known and reachable; else the ordinary way
 * finds it.
 */
bool spin_bulk_link_header(const struct dst_entry *dst, __be32 daddr, u8 *to)
{
	const struct rtable *rt = dst_rtable(dst);
	const struct hh_cache *hh;
	struct neighbour *n;
	unsigned int seq;

	if (rt->rt_gw_family && rt->rt_gw_family != AF_INET)
		return false;
	n = __ipv4_neigh_lookup_noref(READ_ONCE(dst->dev), (__force u32)
				      (rt->rt_gw_family ? rt->rt_gw4 : daddr));
	if (!n || !(READ_ONCE(n->nud_state) & NUD_CONNECTED))
		return false;
	hh = &n->hh;
	do {
		seq = read_seqbegin(&hh->hh_lock);
		if (READ_ONCE(hh->hh_len) != ETH_HLEN)
			return false;
		memcpy(to, hh->hh_data, HH_DATA_MOD);
	} while (read_seqretry(&hh->hh_lock, seq));
	return true;
}

/* ---- the packet filter ---- */

/*
 * What a hook queues goes on by ip_output(), which is the kernel's: a function of
 * ours, or our copy of an inline one, may be gone by then. Routes of another output
 * are not for bulk; a hook that gives a queued datagram such a one is obeyed by
 * IP alone.
 *
 * A security module (AppArmor, SELinux) has a hook in each name space, always:
 * that one is run. More than one is cheaper once for a burst.
 */
static bool hook_begin(struct spin_bulk_hook *hook, unsigned int number,
		       struct sock *sk, struct net_device *dev)
{
	struct net *net = sock_net(sk);
	const struct nf_hook_entries *entries =
		rcu_dereference(net->nf.hooks_ipv4[number]);

	hook->entry = NULL;
	if (!entries || !entries->num_hook_entries)
		return true;
	hook->entry = &entries->hooks[0];
	nf_hook_state_init(&hook->state, number, NFPROTO_IPV4, NULL, dev, sk,
			   net, ip_output);
	return entries->num_hook_entries == 1;
}

static bool way_look(struct spin_bulk_way *way, struct sock *sk,
		     struct net_device *dev, bool burst)
{
	way->dev = NULL;
	if (!device_permits(dev, burst) || !cgroup_permits(sk) ||
	    READ_ONCE(inet_sk(sk)->inet_daddr) ||
	    !hook_begin(&way->out, NF_INET_LOCAL_OUT, sk, dev) ||
	    !hook_begin(&way->post, NF_INET_POST_ROUTING, sk, dev))
		return false;
	way->dev = dev;
	return true;
}

/**
 * spin_bulk_possible - may datagrams go to a destination in bulk?
 * @way: spin_bulk_way_init() was called for it in this RCU read-side section, and
 *	it was used with the same @sk and @burst since
 * @sk: the socket they are charged to
 * @dst: their route
 * @burst: they are many, and for one destination
 *
 * What is so of a device, and of the packet filter, is looked at once in a
 * section: what changes meanwhile finds the datagrams of one section under way, as
 * it would find them if they had been sent by then. The identification of IP is 0,
 * and there are no options.
 */
bool spin_bulk_possible(struct spin_bulk_way *way, struct sock *sk,
			struct dst_entry *dst, bool burst)
{
	struct net_device *dev = READ_ONCE(dst->dev);

	if (!route_permits(dst))
		return false;
	if (way->dev != dev && !way_look(way, sk, dev, burst))
		return false;
	way->dst = dst;
	return true;
}

/* By the stack from here on. Never 1, which NET_XMIT_DROP is, too. */
static noinline int
go_on(struct sock *sk, struct sk_buff *skb,
      int (*output)(struct net *, struct sock *, struct sk_buff *))
{
	int err;

	if (!skb_dst_force(skb)) {
		kfree_skb(skb);
		return -EHOSTUNREACH;
	}
	err = output(sock_net(sk), sk, skb);
	return err > 0 ? net_xmit_errno(err) : err;
}

static unsigned int verdict_again(void *verdict, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	return (uintptr_t)verdict;
}

/*
 * What follows from a verdict the kernel knows: it is asked with a hook that says
 * the same, in the place of the one that was run. Returns 1: go on after all.
 */
static noinline int verdict_follow(struct nf_hook_state *state,
				   struct sk_buff *skb, unsigned int verdict)
{
	DEFINE_RAW_FLEX(struct nf_hook_entries, said, hooks, 1);

	said->num_hook_entries = 1;
	said->hooks[0].hook = verdict_again;
	said->hooks[0].priv = (void *)(uintptr_t)verdict;
	return nf_hook_slow(skb, state, said, 0);
}

/* @output: where it goes on if the way, or the link's header, fits no more. */
static __always_inline int
hook_run(const struct spin_bulk_way *way, struct spin_bulk_hook *hook,
	 struct sk_buff *skb,
	 int (*output)(struct net *, struct sock *, struct sk_buff *))
{
	__be32 daddr = ip_hdr(skb)->daddr;
	u32 len = skb->len;
	unsigned int verdict;

	verdict = nf_hook_entry_hookfn(hook->entry, skb, &hook->state);
	if (unlikely((verdict & NF_VERDICT_MASK) != NF_ACCEPT)) {
		int err = verdict_follow(&hook->state, skb, verdict);

		if (err != 1)
			return err;
	}
	if (likely(skb_dst(skb) == way->dst && skb->len == len &&
		   ip_hdr(skb)->daddr == daddr))
		return 1;
	return go_on(hook->state.sk, skb, output);
}

/*
 * A datagram whose data begins at the IP header. Returns 1: it may go on; else it is
 * not ours any more: 0: it goes another way, or is kept; or why it was dropped.
 */
static __always_inline int filter_run(struct spin_bulk_way *way,
				      struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	int err;

	if (!way->out.entry && !way->post.entry)
		return 1;
	skb_dst_set_noref(skb, way->dst);
	if (way->out.entry) {
		skb->dev = NULL;  /* to POST_ROUTING it would be where it came in */
		err = hook_run(way, &way->out, skb, dst_output);
		if (err != 1)
			return err;
		skb->dev = dev;
	}
	if (way->post.entry) {
		/* ip_output() runs no hook then */
		IPCB(skb)->flags |= IPSKB_REROUTED;
		err = hook_run(way, &way->post, skb, ip_output);
		if (err != 1)
			return err;
	}
	skb_dst_drop(skb);	/* a hook may have made it a reference */
	return 1;
}

/**
 * spin_bulk_filter - run the packet filter's output hooks
 * @way: spin_bulk_possible() said so of it last
 * @chain: datagrams that the socket is charged with; their data begins at the IP
 *	header. Those that may go on are left, and begin at the link's
 *
 * Returns how many were not dropped: those in the chain, and those that the hooks
 * sent another way, or keep.
 */
u32 spin_bulk_filter(struct spin_bulk_way *way, struct spin_bulk_chain *chain)
{
	struct sk_buff *skb, *next, *first = chain->head;
	u32 passed = 0;

	spin_bulk_chain_init(chain);
	skb_list_walk_safe(first, skb, next) {
		int err;

		skb_mark_not_on_list(skb);
		err = filter_run(way, skb);
		passed += err >= 0;
		if (unlikely(err != 1))
			continue;
		chain->bytes += skb->len;
		__skb_push(skb, ETH_HLEN);
		spin_bulk_chain_add(chain, skb);
	}
	return passed;
}

/* ---- the device ---- */

static struct netdev_queue *queue_of(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	u16 i = 0;

	if (dev->real_num_tx_queues != 1) {
#ifdef CONFIG_XPS
		skb->sender_cpu = raw_smp_processor_id() + 1;
#endif
		i = dev->netdev_ops->ndo_select_queue ?
		    dev->netdev_ops->ndo_select_queue(dev, skb, NULL) :
		    netdev_pick_tx(dev, skb, NULL);
		i = netdev_cap_txqueue(dev, i);
	}
	return netdev_get_tx_queue(dev, i);
}

/* The queue for ourselves, if it is empty. */
static bool queue_begin(struct Qdisc *q)
{
	bool mine;

	if (!qdisc_permits(q))
		return false;
	if (q->flags & TCQ_F_NOLOCK) {
		if (!nolock_qdisc_is_empty(q) || !spin_qdisc_run_begin(q))
			return false;
		if (nolock_qdisc_is_empty(q))
			return true;
		spin_qdisc_run_end(q);
		__netif_schedule(q);
		return false;
	}
	spin_lock(qdisc_lock(q));
	mine = !test_bit(__QDISC_STATE_DEACTIVATED, &q->state) &&
	       !qdisc_qlen(q) && spin_qdisc_run_begin(q);
	spin_unlock(qdisc_lock(q));
	return mine;
}

static void queue_end(struct Qdisc *q, u32 packets, u32 bytes)
{
	if (q->flags & TCQ_F_NOLOCK) {
		_bstats_update(this_cpu_ptr(q->cpu_bstats), bytes, packets);
		spin_qdisc_run_end(q);
		return;
	}
	spin_lock(qdisc_lock(q));
	_bstats_update(&q->bstats, bytes, packets);
	spin_qdisc_run_end(q);
	if (qdisc_qlen(q))
		__netif_schedule(q);
	spin_unlock(qdisc_lock(q));
}

/* Hand over what the device takes; returns the rest. */
static struct sk_buff *transmit(struct netdev_queue *txq, struct sk_buff *skb,
				u32 *sent, u32 *bytes)
{
	struct net_device *dev = txq->dev;

	HARD_TX_LOCK(dev, txq, smp_processor_id());
	while (skb && !netif_xmit_frozen_or_stopped(txq)) {
		struct sk_buff *next = skb->next;
		u32 len = skb->len;

		skb_mark_not_on_list(skb);
		if (!dev_xmit_complete(netdev_start_xmit(skb, dev, txq, next))) {
			skb->next = next;
			break;
		}
		(*sent)++;
		*bytes += len;
		skb = next;
	}
	HARD_TX_UNLOCK(dev, txq);
	return skb;
}

/* What the device says of the first holds for all: they are of one kind. */
static bool device_takes(struct sk_buff *skb)
{
	netdev_features_t features = netif_skb_features(skb);

	return features & NETIF_F_SG &&
	       features & (NETIF_F_HW_CSUM | NETIF_F_IP_CSUM);
}

/**
 * spin_bulk_flush - send what has been added
 * @bulk: empty afterwards
 *
 * If the queue is not empty, stopped or somebody else's, the datagrams get in
 * line.
 */
void spin_bulk_flush(struct spin_bulk *bulk)
{
	struct netdev_queue *txq = bulk->txq;
	struct sk_buff *skb = bulk->head, *next;
	u32 sent = 0, bytes = 0;
	struct Qdisc *q;

	if (!skb)
		return;
	q = rcu_dereference_bh(txq->qdisc);
	if (device_takes(skb) && queue_begin(q)) {
		skb = transmit(txq, skb, &sent, &bytes);
		queue_end(q, sent, bytes);
	}
	for (; skb; skb = next) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		/* else the stack takes it for the queue that it came in by */
		skb_set_queue_mapping(skb, 0);
		dev_queue_xmit(skb);
	}
	sent += bulk->sent;
	spin_bulk_init(bulk);
	bulk->sent = sent;
}

/**
 * spin_bulk_add - add the datagrams to one destination
 * @bulk: to what
 * @chain: at least one, at most SPIN_BULK_MAX; their data begins at the header
 *	of the link
 *
 * All go by the queue that the stack would choose, so that they do not overtake
 * those that went another way.
 */
void spin_bulk_add(struct spin_bulk *bulk, struct spin_bulk_chain *chain)
{
	struct netdev_queue *txq = queue_of(chain->head);
	struct sk_buff *skb;
	u16 index = txq - txq->dev->_tx;

	if (bulk->txq != txq || bulk->count + chain->count > SPIN_BULK_MAX)
		spin_bulk_flush(bulk);
	if (txq->dev->real_num_tx_queues != 1) {
		for (skb = chain->head; skb; skb = skb->next)
			skb_set_queue_mapping(skb, index);
	}
	bulk->txq = txq;
	*bulk->tail = chain->head;
	bulk->tail = chain->tail;
	bulk->count += chain->count;
}
