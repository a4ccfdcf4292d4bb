/* SPDX-License-Identifier: GPL-2.0 */
/* What the network service offers to those who send many datagrams at once. */
#ifndef _SPIN_BULK_H
#define _SPIN_BULK_H

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/flow.h>
#include <net/sock.h>

#define SPIN_BULK_MAX	64	/* datagrams that are given to a device at once */

/**
 * struct spin_bulk - datagrams with all headers, for one queue of a device
 * @txq: the queue; NULL: none yet
 * @head: the first
 * @tail: where the next one is put
 * @count: how many
 * @sent: how many went to a device in bulk so far
 */
struct spin_bulk {
	struct netdev_queue *txq;
	struct sk_buff *head;
	struct sk_buff **tail;
	u32 count;
	u32 sent;
};

/* The datagrams to one destination; @bytes: as the filter left them, IP's. */
struct spin_bulk_chain {
	struct sk_buff *head;
	struct sk_buff **tail;
	u32 count;
	u32 bytes;
};

static inline void spin_bulk_chain_init(struct spin_bulk_chain *chain)
{
	*chain = (struct spin_bulk_chain) { .tail = &chain->head };
}

static inline void spin_bulk_chain_add(struct spin_bulk_chain *chain,
				       struct sk_buff *skb)
{
	*chain->tail = skb;
	chain->tail = &skb->next;
	chain->count++;
}

/* One of the packet filter's hooks. */
struct spin_bulk_hook {
	const struct nf_hook_entry *entry;	/* NULL: none */
	struct nf_hook_state state;
};

/**
 * struct spin_bulk_way - what is on the way of datagrams, in one RCU read-side
 *	section
 * @dev: the device that may be given datagrams in bulk; NULL: none was looked at
 * @dst: the route of the destination at hand
 * @out: of the packet filter, LOCAL_OUT
 * @post: and POST_ROUTING
 */
struct spin_bulk_way {
	struct net_device *dev;
	struct dst_entry *dst;
	struct spin_bulk_hook out;
	struct spin_bulk_hook post;
};

static inline void spin_bulk_way_init(struct spin_bulk_way *way)
{
	way->dev = NULL;
}

static inline void spin_bulk_init(struct spin_bulk *bulk)
{
	*bulk = (struct spin_bulk) { .tail = &bulk->head };
}

bool spin_bulk_possible(struct spin_bulk_way *way, struct sock *sk,
			struct dst_entry *dst, bool burst);
bool spin_bulk_link_header(const struct dst_entry *dst, __be32 daddr, u8 *to);
u32 spin_bulk_filter(struct spin_bulk_way *way, struct spin_bulk_chain *chain);
void spin_bulk_add(struct spin_bulk *bulk, struct spin_bulk_chain *chain);
void spin_bulk_flush(struct spin_bulk *bulk);

#endif /* _SPIN_BULK_H */
