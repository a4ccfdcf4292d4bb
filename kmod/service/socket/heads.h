/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory for the linear parts of datagrams to one destination, by one user at a time:
 * the caller sees to that.
 */
#ifndef _SPIN_HEADS_H
#define _SPIN_HEADS_H

#include <linux/ip.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <spin/spin.h>

#define SPIN_UDP_HEADERS	(sizeof(struct iphdr) + sizeof(struct udphdr))

/* The stack puts its own headers before ours; ours, the extension's, the rest. */
#define SPIN_HEAD_ROOM	ALIGN(LL_MAX_HEADER, 16)
#define SPIN_HEAD_SIZE							\
	(SKB_DATA_ALIGN(SPIN_HEAD_ROOM + SPIN_UDP_HEADERS +		\
			SPIN_SEND_HEADER_MAX) +				\
	 SKB_DATA_ALIGN(sizeof(struct skb_shared_info)))
#define SPIN_HEADS	((u32)(PAGE_SIZE / SPIN_HEAD_SIZE))	/* in a page */
#define SPIN_HEAD_BLOCKS	16

/**
 * struct spin_head_block - a page that is cut into heads
 * @page: NULL: none
 * @base: its address
 * @used: how many heads were given out since all were back
 * @bytes: those of their datagrams
 */
struct spin_head_block {
	struct page *page;
	u8 *base;
	u32 used;
	u32 bytes;
};

/**
 * struct spin_heads - linear parts of the datagrams to one destination
 * @block: where they are from
 * @at: the block that is given from
 *
 * A head is freed with its datagram, whose freeing needs nothing of ours. So the
 * references to a page tell how many datagrams are still on their way.
 */
struct spin_heads {
	struct spin_head_block block[SPIN_HEAD_BLOCKS];
	u32 at;
};

void spin_heads_settle(struct spin_heads *heads);
int __must_check spin_heads_turn(struct spin_heads *heads, gfp_t gfp);
void spin_heads_forget(struct spin_heads *heads, u32 bytes);
u32 spin_heads_busy(const struct spin_heads *heads);
void spin_heads_free(struct spin_heads *heads);

/**
 * spin_heads_get - memory for the linear part of a datagram
 * @heads: of its destination; the caller sees to it that nobody else uses them
 * @bytes: what the datagram is to count for
 * @gfp: how memory may be got
 *
 * Returns SPIN_HEAD_SIZE bytes, for build_skb(), or NULL.
 */
static inline void *spin_heads_get(struct spin_heads *heads, u32 bytes, gfp_t gfp)
{
	struct spin_head_block *block = &heads->block[heads->at];

	if (unlikely(!block->page || block->used == SPIN_HEADS)) {
		if (spin_heads_turn(heads, gfp))
			return NULL;
		block = &heads->block[heads->at];
	}
	block->bytes += bytes;
	return block->base + SPIN_HEAD_SIZE * block->used++;
}

#endif /* _SPIN_HEADS_H */
