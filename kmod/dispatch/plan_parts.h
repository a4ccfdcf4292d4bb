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

/* What every part of a plan begins with. */
struct spin_piece {
	/*
	 * Freed a grace period after it was replaced; until then @rcu.next
	 * links the parts that an edit made or will replace
	 */
	struct rcu_head rcu;
	/* What it takes of memory; 0: raises that use it do not sleep */
	u32 bytes;
};

/* A step in a sequence. */
struct spin_item {
	/*
	 * If the step is but a lean guard (see spin_checker_check()) and a
	 * handler: the guard; else NULL
	 */
	spin_program_t guard;
	struct spin_binding_stats __percpu *stats;	/* of the binding */
	struct spin_binding *binding;	/* whose step it is */
	u64 rank;		/* of the binding */
};

/* Some steps, in order; immutable, see spin_plan_blank(). */
struct spin_chunk {
	struct spin_piece piece;	/* for its end */
	u32 count;		/* of steps, at least one */
	/* The steps */
	struct spin_item items[] __counted_by(count);
};

/* Steps in order; immutable. */
struct spin_sequence {
	struct spin_piece piece;	/* for its end */
	u32 count;		/* of steps, at least one */
	/* Of chunks, none of which is empty; 0: there is one step, @single */
	u32 chunk_count;
	union {
		struct spin_item single;	/* the only step */
		/* Shared with the sequence before and after, but for one or two */
		DECLARE_FLEX_ARRAY(struct spin_chunk *, chunks);
	};
};

/* The bindings that have one key. */
struct spin_entry {
	struct spin_piece piece;	/* for its end */
	struct spin_entry __rcu *next;	/* in the slot of the index */
	/* The bindings; replaced by one store; NULL: not in the index yet */
	struct spin_sequence __rcu *sequence;
	u32 cost;		/* of all of them; spin_mutex */
	u32 coming_cost;	/* of those in @coming; spin_mutex */
	/* What an edit will replace @sequence by, NULL: the entry goes; spin_mutex */
	struct spin_sequence *coming;
	struct spin_entry *changed;	/* the next that the edit changes; spin_mutex */
	u64 value[];		/* the key, by field of the index */
};

/* A key field of an index. */
struct spin_index_field {
	/*
	 * Of it in the hash; random, so that nobody can choose keys that all
	 * get into one slot
	 */
	u64 factor;
	u16 offset;		/* in the context */
	u16 size;		/* in bytes */
};

/* Bindings with the same key fields, by key. */
struct spin_index {
	struct spin_piece piece;	/* for its end */
	u32 fields;		/* bits of struct spin_match */
	u32 field_count;	/* how many */
	u32 bits;		/* log2 of the number of slots */
	u32 slot_count;		/* number of slots */
	/* These fields; what a raise needs for the first is beside the counts */
	struct spin_index_field field[SPIN_KEYS_MAX];
	u32 entry_count;	/* of keys; spin_mutex */
	u64 cost_max;		/* at least the cost of the dearest entry; spin_mutex */
	bool cost_loose;	/* that one may have become cheaper; spin_mutex */
	/* Entries that an edit is about to change; spin_mutex */
	struct spin_entry *changed;
	struct spin_entry __rcu *slots[];	/* chains of entries */
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
