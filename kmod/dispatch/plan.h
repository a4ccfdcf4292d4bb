/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Plans: what a raise at a point runs, made from the bindings there.
 *
 * A plan is read under RCU, or in a section of the point's SRCU; it is replaced as a
 * whole, or in parts by one store each, under spin_mutex. So is all that is called
 * here, but spin_point_synchronize(), which waits, without it.
 */
#ifndef _SPIN_PLAN_H
#define _SPIN_PLAN_H

#include "binding.h"
#include "plan_parts.h"

#define SPIN_INDEXES_MAX	4	/* kinds of keys found by hash, per point */
#define SPIN_POINT_COST_MAX	1000000	/* instructions one raise may take */
#define SPIN_POINT_COST_MAX_IRQS 65536	/* … with interrupts off */
#define SPIN_STEP_COST		64	/* of the dispatcher itself, for each step */

/* What a step may add to a raise; nothing is bounded where a handler sleeps. */
static inline u32 spin_step_cost(const struct spin_binding *binding)
{
	return binding->cost ? binding->cost + SPIN_STEP_COST : 0;
}

/* How a plan is to be run; what is not zero goes the long way. */
#define PLAN_CHECKED	(1U << 0)	/* steps of some sets may not be active */
#define PLAN_MERGED	(1U << 1)	/* steps are in more than one place */
#define PLAN_FILTERED	(1U << 2)	/* there are filters */
#define PLAN_FOLDED	(1U << 3)	/* not the first result counts */
#define PLAN_UNSERVED	(1U << 4)	/* of a procedure: nobody implements it */

/* What a raise runs. */
struct spin_plan {
	struct spin_piece piece;	/* for its end */
	struct spin_plan_head head;	/* what a raise looks at first; published */
	struct spin_event *event;	/* whose */
	/*
	 * PLAN_*; PLAN_CHECKED may be set and cleared while it is published,
	 * and PLAN_UNSERVED be set
	 */
	u32 flags;
	u32 filters;		/* number of filters; spin_mutex */
	/* The steps without an index; NULL if there are none */
	const struct spin_sequence *plain;
	u64 plain_cost;		/* their cost; spin_mutex */
	u32 index_count;	/* how many indexes there are */
	struct spin_index *index[SPIN_INDEXES_MAX];	/* the others, by kind of key */
};

/* The plan of a point with nothing to run. */
extern const struct spin_plan_head spin_plan_none;

static inline const struct spin_plan *
spin_plan_of(const struct spin_plan_head *head)
{
	return head == &spin_plan_none ? NULL :
	       container_of(head, struct spin_plan, head);
}

int __must_check spin_plan_insert(struct list_head *bindings);
void spin_plan_remove(struct list_head *bindings);
void spin_plan_free(struct spin_point *point);
void spin_plan_mark(struct spin_point *point);
bool spin_plan_hold_mark(struct spin_point *point,
			 const struct spin_binding *binding, bool hold);
void spin_plan_hold_handled(struct spin_event *event, bool hold);
void spin_plan_forget_direct(struct spin_point *point);
void spin_plan_not_lean(struct spin_point *point, struct spin_binding *binding);
void spin_point_synchronize(struct spin_point *point);

#endif /* _SPIN_PLAN_H */
