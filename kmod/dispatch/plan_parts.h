/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What plans are made of. What is published does not change but where a member says
 * so; changing a plan is replacing parts of it: see plan_edit.h.
 */
#ifndef _SPIN_PLAN_PARTS_H
#define _SPIN_PLAN_PARTS_H

#include <linux/compiler.h>
#include <linux/rcupdate.h>
#include <spin/spin.h>

struct spin_binding;

#define SPIN_CHUNK_MAX		63	/* with its head: two kilobytes */

/**
 * struct spin_piece - what every part of a plan begins with
 */
struct spin_piece {
	/**
	 * @rcu: Freed a grace period after it was replaced; until then
	 * @rcu.next links the parts that an edit made or will replace
	 */
	struct rcu_head rcu;
	/**
	 * @bytes: What it takes of memory; 0: raises that use it do not sleep
	 */
	u32 bytes;
};

/**
 * struct spin_item - a step in a sequence
 */
struct spin_item {
	/**
	 * @guard: If the step is but a lean guard (see spin_checker_check())
	 * and a handler: the guard; else NULL
	 */
	spin_program_t guard;
	/** @stats: Of the binding */
	struct spin_binding_stats __percpu *stats;
	/** @binding: Whose step it is */
	struct spin_binding *binding;
	/** @rank: Of the binding */
	u64 rank;
};

/**
 * struct spin_chunk - some steps, in order; immutable, see spin_plan_blank()
 */
struct spin_chunk {
	/** @piece: For its end */
	struct spin_piece piece;
	/** @count: Of steps, at least one */
	u32 count;
	/** @items: The steps */
	struct spin_item items[] __counted_by(count);
};

/**
 * struct spin_sequence - steps in order; immutable
 */
struct spin_sequence {
	/** @piece: For its end */
	struct spin_piece piece;
	/** @count: Of steps, at least one */
	u32 count;
	/**
	 * @chunk_count: Of chunks, none of which is empty; 0: there is one
	 * step, @single
	 */
	u32 chunk_count;
	union {
		/** @single: The only step */
		struct spin_item single;
		/**
		 * @chunks: Shared with the sequence before and after, but for
		 * one or two
		 */
		DECLARE_FLEX_ARRAY(struct spin_chunk *, chunks);
	};
};

/**
 * struct spin_entry - the bindings that have one key
 */
struct spin_entry {
	/** @piece: For its end */
	struct spin_piece piece;
	/** @next: In the slot of the index */
	struct spin_entry __rcu *next;
	/**
	 * @sequence: The bindings; replaced by one store; NULL: not in the
	 * index yet
	 */
	struct spin_sequence __rcu *sequence;
	/** @cost: Of all of them; spin_mutex */
	u32 cost;
	/** @coming_cost: Of those in @coming; spin_mutex */
	u32 coming_cost;
	/**
	 * @coming: What an edit will replace @sequence by, NULL: the entry
	 * goes; spin_mutex
	 */
	struct spin_sequence *coming;
	/** @changed: The next that the edit changes; spin_mutex */
	struct spin_entry *changed;
	/** @value: The key, by field of the index */
	u64 value[];
};

/**
 * struct spin_index_field - a key field of an index
 */
struct spin_index_field {
	/**
	 * @factor: Of it in the hash; random, so that nobody can choose keys
	 * that all get into one slot
	 */
	u64 factor;
	/** @offset: In the context */
	u16 offset;
	/** @size: In bytes */
	u16 size;
};

/**
 * struct spin_index - bindings with the same key fields, by key
 */
struct spin_index {
	/** @piece: For its end */
	struct spin_piece piece;
	/** @fields: Bits of struct spin_match */
	u32 fields;
	/** @field_count: How many */
	u32 field_count;
	/** @bits: log2 of the number of slots */
	u32 bits;
	/** @slot_count: Number of slots */
	u32 slot_count;
	/**
	 * @field: These fields; what a raise needs for the first is beside the
	 * counts
	 */
	struct spin_index_field field[SPIN_KEYS_MAX];
	/** @entry_count: Of keys; spin_mutex */
	u32 entry_count;
	/** @cost_max: At least the cost of the dearest entry; spin_mutex */
	u64 cost_max;
	/** @cost_loose: That one may have become cheaper; spin_mutex */
	bool cost_loose;
	/** @changed: Entries that an edit is about to change; spin_mutex */
	struct spin_entry *changed;
	/** @slots: Chains of entries */
	struct spin_entry __rcu *slots[];
};

/* The value of a key field. */
static __always_inline u64 spin_key_value(const void *ctx, u32 offset, u32 size)
{
	if (likely(size == 8))
		return *(const u64 *)(ctx + offset);
	if (size == 4)
		return *(const u32 *)(ctx + offset);
	if (size == 2)
		return *(const u16 *)(ctx + offset);
	return *(const u8 *)(ctx + offset);
}

/*
 * The slot is in the top bits of a hash (multiply-shift, which spreads any keys
 * if the factors are random). Not by a shift that varies: kernels may check it.
 */
static __always_inline u32 spin_index_slot(const struct spin_index *index,
					   u64 hash)
{
	return ((hash >> 32) * index->slot_count) >> 32;
}

const struct spin_sequence *spin_index_find(const struct spin_index *index,
					    const void *ctx);

#endif /* _SPIN_PLAN_PARTS_H */
