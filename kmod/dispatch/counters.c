// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of bindings: by CPU, in blocks. To ask the per-CPU allocator for each
 * binding would cost more than all the rest of an installation, and how much
 * would depend on what else is allocated.
 */
#include <linux/bitmap.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include "binding.h"

#define BLOCK_BINDINGS	64

/**
 * struct spin_counter_block - counters of some bindings
 * @node: in one of the two lists
 * @stats: of all of them
 * @used: which are taken
 * @count: how many
 */
struct spin_counter_block {
	struct list_head node;
	struct spin_binding_stats __percpu *stats;
	DECLARE_BITMAP(used, BLOCK_BINDINGS);
	u32 count;
};

static DEFINE_MUTEX(mutex);	/* protects the lists and blocks; innermost */
static LIST_HEAD(partial);	/* blocks with some free and some taken */
static LIST_HEAD(full);

static struct spin_counter_block *block_new(void)
{
	struct spin_counter_block *block;
	size_t size = BLOCK_BINDINGS * sizeof(struct spin_binding_stats);

	block = kzalloc(sizeof(*block), GFP_KERNEL_ACCOUNT);
	if (!block)
		return NULL;
	block->stats = __alloc_percpu_gfp(size, __alignof__(u64),
					  GFP_KERNEL_ACCOUNT);
	if (!block->stats) {
		kfree(block);
		return NULL;
	}
	list_add(&block->node, &partial);
	return block;
}

/**
 * spin_counters_get - counters for a binding, all zero
 * @binding: which
 *
 * Process context, may sleep. Returns 0 or -ENOMEM.
 */
int spin_counters_get(struct spin_binding *binding)
{
	struct spin_counter_block *block;
	int cpu;
	u32 i;

	mutex_lock(&mutex);
	block = list_first_entry_or_null(&partial, struct spin_counter_block,
					 node);
	if (!block)
		block = block_new();
	if (!block) {
		mutex_unlock(&mutex);
		return -ENOMEM;
	}
	i = find_first_zero_bit(block->used, BLOCK_BINDINGS);
	__set_bit(i, block->used);
	if (++block->count == BLOCK_BINDINGS)
		list_move(&block->node, &full);
	mutex_unlock(&mutex);

	binding->stats = block->stats + i;
	binding->counters = block;
	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(binding->stats, cpu), 0,
		       sizeof(*binding->stats));
	return 0;
}

/* Nothing counts there any more. Process context, may sleep. */
void spin_counters_put(struct spin_binding *binding)
{
	struct spin_counter_block *block = binding->counters;

	mutex_lock(&mutex);
	__clear_bit(binding->stats - block->stats, block->used);
	if (--block->count) {
		list_move(&block->node, &partial);
		block = NULL;
	} else {
		list_del(&block->node);
	}
	mutex_unlock(&mutex);
	if (block) {
		free_percpu(block->stats);
		kfree(block);
	}
}
