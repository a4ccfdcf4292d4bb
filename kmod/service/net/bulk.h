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

/* The datagrams to one destination. */
struct spin_bulk_chain {
	struct sk_buff *head;
	struct sk_buff **tail;
	u32 count;
};

/* One of the packet filter's hooks. */
struct spin_bulk_hook {
	const struct nf_hook_entries *entries;	/* NULL: none */
	struct nf_hook_state state;
};

/**
 * struct spin_bulk_filter - the packet filter on the way to one destination
 * @dst: the way
 * @out: LOCAL_OUT
 * @post: POST_ROUTING
 */
struct spin_bulk_filter {
	struct dst_entry *dst;
	struct spin_bulk_hook out;
	struct spin_bulk_hook post;
};

static inline void spin_bulk_init(struct spin_bulk *bulk)
{
	*bulk = (struct spin_bulk) { .tail = &bulk->head };
}

bool spin_bulk_possible(const struct sock *sk, const struct dst_entry *dst,
			bool burst);
bool spin_bulk_link_header(const struct dst_entry *dst, __be32 daddr, u8 *to);
bool spin_bulk_filter_begin(struct spin_bulk_filter *filter, struct sock *sk,
			    struct dst_entry *dst);
int spin_bulk_filter(struct spin_bulk_filter *filter, struct sk_buff *skb);
void spin_bulk_add(struct spin_bulk *bulk, struct spin_bulk_chain *chain);
void spin_bulk_flush(struct spin_bulk *bulk);

#endif /* _SPIN_BULK_H */
