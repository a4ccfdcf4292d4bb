// SPDX-License-Identifier: GPL-2.0
/*
 * Memory for the linear parts of datagrams: pages of our own for each
 * destination, used again when what was cut from them is free. That is cheaper
 * than the slab, which clears each object, and shows how much is on its way to
 * a destination: a destructor of ours could tell as well, but it would have to
 * outlive the module.
 *
 * Whoever replaces a datagram's head (encryption, linearisation) hides it from
 * this count; the socket is charged with it all the same.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include "heads.h"

/* Heads of block @i that were given out and are not back. */
static u32 block_busy(const struct spin_heads *heads, u32 i)
{
	u32 unused = SPIN_HEADS - heads->block[i].used;

	return page_ref_count(heads->block[i].page) - 1 - unused;
}

static void block_reset(struct spin_heads *heads, u32 i)
{
	page_ref_add(heads->block[i].page, heads->block[i].used);
	heads->block[i].used = 0;
	heads->block[i].bytes = 0;
}

static void block_drop(struct spin_heads *heads, u32 i)
{
	struct page *page = heads->block[i].page;
	u32 unused = SPIN_HEADS - heads->block[i].used;

	heads->block[i].page = NULL;
	if (unused)
		page_ref_sub(page, unused);
	put_page(page);
}

static int block_new(struct spin_heads *heads, u32 i, gfp_t gfp)
{
	struct page *page = alloc_page(gfp | __GFP_ACCOUNT | __GFP_NOWARN);

	if (!page)
		return -ENOMEM;
	page_ref_add(page, SPIN_HEADS);
	heads->block[i].page = page;
	heads->block[i].base = page_address(page);
	heads->block[i].used = 0;
	heads->block[i].bytes = 0;
	return 0;
}

/**
 * spin_heads_settle - see what has come back
 * @heads: of a destination; the caller sees to it that nobody else uses them
 *
 * To be called before a burst is made: none of it comes back before it is sent.
 */
void spin_heads_settle(struct spin_heads *heads)
{
	u32 i = heads->at;

	if (heads->block[i].page && heads->block[i].used &&
	    !block_busy(heads, i))
		block_reset(heads, i);
}

/**
 * spin_heads_turn - give from another block
 * @heads: whose present block has none left
 * @gfp: how memory may be got
 *
 * From one that is back as a whole, else a new one. There stays one spare. If all
 * are on their way, the oldest is not looked at any more: such a destination is
 * told by its number of blocks. Returns 0 or -ENOMEM.
 */
int spin_heads_turn(struct spin_heads *heads, gfp_t gfp)
{
	int empty = -1, spare = -1;
	u32 i;

	for (i = 0; i < SPIN_HEAD_BLOCKS; i++) {
		if (heads->block[i].page && !block_busy(heads, i)) {
			if (spare < 0) {
				spare = i;
				continue;
			}
			block_drop(heads, i);
		}
		if (!heads->block[i].page && empty < 0)
			empty = i;
	}
	if (spare >= 0) {
		block_reset(heads, spare);
		heads->at = spare;
		return 0;
	}
	if (empty < 0) {
		empty = (heads->at + 1) % SPIN_HEAD_BLOCKS;
		block_drop(heads, empty);
	}
	if (block_new(heads, empty, gfp))
		return -ENOMEM;
	heads->at = empty;
	return 0;
}

/**
 * spin_heads_forget - do not count a datagram
 * @heads: of its destination; it was the last one to get memory
 * @bytes: what it was to count for
 */
void spin_heads_forget(struct spin_heads *heads, u32 bytes)
{
	heads->block[heads->at].bytes -= bytes;
}

/**
 * spin_heads_busy - how much is on its way to a destination
 * @heads: of the destination
 *
 * Returns bytes, or U32_MAX: more than can be told.
 */
u32 spin_heads_busy(const struct spin_heads *heads)
{
	u32 i, blocks = 0, bytes = 0;

	for (i = 0; i < SPIN_HEAD_BLOCKS; i++) {
		if (!heads->block[i].page || !heads->block[i].bytes ||
		    !block_busy(heads, i))
			continue;
		blocks++;
		bytes += heads->block[i].bytes;
	}
	return blocks == SPIN_HEAD_BLOCKS ? U32_MAX : bytes;
}

/**
 * spin_heads_free - free what is not on its way; the rest goes with its datagrams
 * @heads: what is empty afterwards
 */
void spin_heads_free(struct spin_heads *heads)
{
	u32 i;

	for (i = 0; i < SPIN_HEAD_BLOCKS; i++) {
		if (heads->block[i].page)
			block_drop(heads, i);
	}
}
