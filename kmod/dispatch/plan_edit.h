/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of a plan, and changing them. An edit makes new parts beside the
 * old ones. It is either given up, and the new ones are freed, or ended, when
 * the new ones are published, and the old ones are freed a grace period later.
 * All under spin_mutex.
 */
#ifndef _SPIN_PLAN_EDIT_H
#define _SPIN_PLAN_EDIT_H

#include "plan.h"

/* A change of a plan. */
struct edit {
	struct callback_head *fresh;	/* parts made for it */
	struct callback_head *old;	/* parts it replaces */
	/* Of a sleepable event; NULL: its raises are sections of RCU */
	struct srcu_struct *srcu;
	/*
	 * Pays for the parts that a sleeping handler keeps from being freed;
	 * NULL: nobody does
	 */
	struct spin_extension *ext;
	bool forced;		/* it pays whether it may or not */
	u64 bytes;		/* of @old */
	u64 charged;		/* what of that has been paid for */
};

void *spin_edit_new(struct edit *edit, size_t size);
void spin_edit_replace(struct edit *edit, struct spin_piece *piece);
int __must_check spin_edit_charge(struct edit *edit, struct spin_event *event);
void spin_edit_abort(struct edit *edit);
void spin_edit_end(struct edit *edit);

struct spin_sequence *
spin_sequence_change(struct edit *edit, struct spin_sequence *old,
		     const struct list_head *bindings);
void spin_sequence_retire(struct edit *edit, const struct spin_sequence *old);
void spin_sequence_blank(const struct spin_sequence *sequence,
			 const struct spin_binding *binding);
void spin_sequence_not_lean(const struct spin_sequence *sequence,
			    const struct spin_binding *binding);
/* Many chunks with little in them. */
bool spin_sequence_sparse(const struct spin_sequence *sequence);

struct spin_index *spin_index_new(struct edit *edit, struct spin_event *event,
				  u32 fields, u32 bits);
int __must_check spin_index_change(struct edit *edit, struct spin_index *index,
				   const struct list_head *bindings);
void spin_index_publish(struct spin_index *index);
void spin_index_forget(struct spin_index *index);
u64 spin_index_cost(struct spin_index *index, bool exact);
struct spin_index *spin_index_copy(struct edit *edit,
				   const struct spin_index *old,
				   struct spin_event *event, u32 bits);
/* The size that an index should have for @more keys besides those it has. */
u32 spin_index_bits(const struct spin_index *index, u32 more);
void spin_index_blank(const struct spin_index *index,
		      const struct spin_binding *binding);
void spin_index_not_lean(const struct spin_index *index,
			 const struct spin_binding *binding);
void spin_index_retire(struct edit *edit, struct spin_index *index);

#endif /* _SPIN_PLAN_EDIT_H */
