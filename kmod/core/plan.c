// SPDX-License-Identifier: GPL-2.0
/*
 * Plans: what a raise of a point runs. Most changes make a new plan with one
 * more or one less step, and publish it by one store; raises that run go on
 * with what they began with.
 *
 * Two things change in a plan that is published. A step whose binding is found
 * by its key is put in, or taken out, by one store in the index. And a plan can
 * be marked: from then on raises ask of each step whether its extension is
 * active in the epoch they sampled. See spin_plan_mark().
 */
#include <linux/slab.h>
#include "piece.h"

#define INDEX_BITS	4	/* slots of a new index, log2 */

const struct spin_plan_head spin_plan_none;

static struct spin_plan *plan_of(const struct spin_point *point)
{
	struct spin_plan_head *head =
		rcu_dereference_protected(point->plan,
					  lockdep_is_held(&spin_mutex));

	return (struct spin_plan *)spin_plan_of(head);
}

static struct edit edit_of(const struct spin_point *point)
{
	return (struct edit){
		.srcu = point->srcu,
	};
}

/*
 * Wait for all raises at a point that may use what is not published any more.
 * (Of an event that is raised for one binding at a time nothing is published.)
 */
void spin_point_synchronize(struct spin_point *point)
{
	if (point->srcu && !point->event->singly)
		synchronize_srcu(point->srcu);
	else
		synchronize_rcu();
}

static struct spin_plan *plan_new(struct edit *edit, struct spin_point *point,
				  const struct spin_plan *old)
{
	struct spin_plan *plan = spin_edit_new(edit, sizeof(*plan));

	if (!plan)
		return NULL;
	plan->event = point->event;
	plan->head.event_stats = point->event->stats;
	if (old) {
		plan->flags = old->flags;
		plan->filters = old->filters;
		plan->plain = old->plain;
		plan->plain_cost = old->plain_cost;
		plan->index_count = old->index_count;
		memcpy(plan->index, old->index, sizeof(plan->index));
	}
	return plan;
}

static u32 plan_flags(const struct spin_point *point,
		      const struct spin_plan *plan)
{
	const struct spin_event *event = point->event;
	u32 flags = 0;

	if (point->unsettled)
		flags |= PLAN_CHECKED;
	if (!!plan->plain + plan->index_count > 1)
		flags |= PLAN_MERGED;
	if (plan->filters)
		flags |= PLAN_FILTERED;
	/* Nothing to be folded: the last result is the first. */
	if (event->fold != SPIN_FOLD_FIRST &&
	    !(event->fold == SPIN_FOLD_LAST && !plan->index_count &&
	      plan->plain && plan->plain->count == 1))
		flags |= PLAN_FOLDED;
	return flags;
}

/* Ends the edit. @plan is NULL, or one of its parts. */
static void plan_publish(struct edit *edit, struct spin_point *point,
			 struct spin_plan *plan)
{
	struct spin_plan *old = plan_of(point);

	if (plan)
		plan->flags = plan_flags(point, plan);
	rcu_assign_pointer(point->plan, plan ? &plan->head :
			   (struct spin_plan_head *)&spin_plan_none);
	if (old)
		spin_edit_replace(edit, &old->piece);
	spin_edit_end(edit);
	spin_direct_touch(point->event);
}

static u64 plan_cost(const struct spin_plan *plan)
{
	u64 cost;
	u32 i;

	if (!plan)
		return 0;
	cost = plan->plain_cost;
	for (i = 0; i < plan->index_count; i++)
		cost += plan->index[i]->cost_max;
	return cost;
}

u64 spin_plan_cost(const struct spin_point *point)
{
	return plan_cost(plan_of(point));
}

/* ---- where a binding goes ---- */

static s32 index_of(const struct spin_plan *plan,
		    const struct spin_binding *binding)
{
	u32 i;

	if (binding->steps & STEP_MATCH || !binding->match.fields)
		return -ENOENT;
	for (i = 0; plan && i < plan->index_count; i++)
		if (plan->index[i]->fields == binding->match.fields)
			return i;
	return -ENOENT;
}

/*
 * A filter must not appear in a plan that does not say it has one, and a kind
 * of key too many has no index: they compare their keys themselves.
 */
static bool goes_plain(const struct spin_plan *plan,
		       const struct spin_binding *binding)
{
	if (!binding->match.fields || binding->flags & SPIN_BIND_FILTER)
		return true;
	return index_of(plan, binding) < 0 && plan &&
	       plan->index_count == SPIN_INDEXES_MAX;
}

/*
 * Never taken back: a raise may still be running an older plan, in which the
 * binding is not behind an index.
 */
static void choose_place(const struct spin_plan *plan,
			 struct spin_binding *binding)
{
	if (binding->match.fields && goes_plain(plan, binding))
		WRITE_ONCE(binding->steps, binding->steps | STEP_MATCH);
}

static bool is_plain(const struct spin_binding *binding)
{
	return !binding->match.fields || binding->steps & STEP_MATCH;
}

/* ---- one more ---- */

static int insert_plain(struct edit *edit, struct spin_plan *plan,
			struct spin_binding *binding)
{
	struct spin_sequence *plain;

	plain = spin_sequence_insert(edit, plan->plain, binding);
	if (!plain)
		return -ENOMEM;
	plan->plain = plain;
	plan->plain_cost += spin_step_cost(binding);
	plan->filters += !!(binding->flags & SPIN_BIND_FILTER);
	return 0;
}

static int insert_indexed(struct edit *edit, struct spin_plan *plan,
			  struct spin_binding *binding)
{
	s32 i = index_of(plan, binding);
	struct spin_index *index;

	if (i >= 0) {
		index = plan->index[i];
		if (spin_index_crowded(index))
			index = spin_index_grow(edit, index, plan->event);
	} else {
		i = plan->index_count;
		index = spin_index_new(edit, plan->event, binding->match.fields,
				       INDEX_BITS);
	}
	if (!index)
		return -ENOMEM;
	plan->index[i] = index;
	plan->index_count = max_t(u32, plan->index_count, i + 1);
	return spin_index_insert(edit, index, binding);
}

/* Into an index that is there and large enough: no new plan is needed. */
static int insert_in_place(struct spin_point *point, struct spin_plan *plan,
			   struct spin_binding *binding)
{
	struct edit edit = edit_of(point);
	s32 i = index_of(plan, binding);
	int err;

	err = spin_index_insert(&edit, plan->index[i], binding);
	if (err) {
		spin_edit_abort(&edit);
		return err;
	}
	spin_edit_end(&edit);
	return 0;
}

static int insert_new_plan(struct spin_point *point, struct spin_plan *old,
			   struct spin_binding *binding)
{
	struct edit edit = edit_of(point);
	struct spin_plan *plan;
	int err = -ENOMEM;

	plan = plan_new(&edit, point, old);
	if (plan)
		err = is_plain(binding) ?
		      insert_plain(&edit, plan, binding) :
		      insert_indexed(&edit, plan, binding);
	if (err) {
		spin_edit_abort(&edit);
		return err;
	}
	plan_publish(&edit, point, plan);
	return 0;
}

/* ---- whether anything is to be run ---- */

static void handled_get(struct spin_event *event)
{
	if (!event->planned++)
		static_key_slow_inc(&event->handled.key.key);
}

/* The branch is patched out a second later, if nothing came in between. */
static void handled_put(struct spin_event *event)
{
	if (!--event->planned)
		static_branch_slow_dec_deferred(&event->handled);
}

/* Without its intrinsic handler an event is not idle, handled or not. */
void spin_plan_hold_handled(struct spin_event *event, bool hold)
{
	lockdep_assert_held(&spin_mutex);
	if (hold)
		handled_get(event);
	else
		handled_put(event);
}

static void planned_set(struct spin_binding *binding, bool planned)
{
	struct spin_point *point = binding->point;
	u32 unsettled = binding->ext && !binding->ext->settled;

	binding->planned = planned;
	if (planned) {
		point->planned++;
		point->unsettled += unsettled;
		if (binding->ext)
			handled_get(binding->event);
	} else {
		point->planned--;
		point->unsettled -= unsettled;
		if (binding->ext)
			handled_put(binding->event);
	}
}

/* Of the version of a procedure's exporter that has been replaced: likewise. */
static u64 procedural_cost(const struct spin_binding *binding)
{
	const struct spin_binding *other;
	struct list_head *list;
	u64 cost = 0;

	if (!binding->event->procedural)
		return 0;
	spin_point_for_each(binding->point, other, list)
		if (other->planned && other->implementation &&
		    other->ext->state == SPIN_EXT_DYING)
			cost += spin_step_cost(other);
	return cost;
}

/* Of the version that is being replaced by the binding's: it is about to go. */
static u64 replaced_cost(const struct spin_binding *binding)
{
	const struct spin_extension *old = binding->ext ? binding->ext->replaces :
							  NULL;
	const struct spin_binding *other;
	u64 cost = procedural_cost(binding);

	if (!old)
		return cost;
	list_for_each_entry(other, &old->bindings, extension_node)
		if (other->planned && other->point == binding->point)
			cost += spin_step_cost(other);
	return cost;
}

/* Who calls a procedure that cannot sleep is charged its limit, no more. */
static u64 point_cost_max(const struct spin_event *event)
{
	if (event->procedural && event->context != SPIN_CONTEXT_SLEEPABLE)
		return event->cost_max;
	return event->context == SPIN_CONTEXT_IRQS_OFF ?
	       SPIN_POINT_COST_MAX_IRQS : SPIN_POINT_COST_MAX;
}

static bool too_dear(const struct spin_plan *plan,
		     const struct spin_binding *binding)
{
	u64 limit = point_cost_max(binding->event);
	u64 more = spin_step_cost(binding);
	s32 i = index_of(plan, binding);

	if (i >= 0) {
		more += spin_index_cost(plan->index[i], binding);
		more -= min(more, plan->index[i]->cost_max);
	}
	return plan_cost(plan) + more > limit &&
	       plan_cost(plan) + more > limit + replaced_cost(binding);
}

/**
 * spin_plan_insert - let raises run a binding
 * @point: where it hangs, in its place
 * @binding: which
 *
 * Under spin_mutex. If its extension is not settled, the plan is marked.
 * Returns 0; -ENOMEM; -EDQUOT: a raise would take too long. On failure nothing
 * has changed.
 */
int spin_plan_insert(struct spin_point *point, struct spin_binding *binding)
{
	struct spin_plan *plan = plan_of(point);
	int err;

	lockdep_assert_held(&spin_mutex);
	choose_place(plan, binding);
	if (too_dear(plan, binding)) {
		/* What an index remembers of its dearest key may be long gone. */
		err = spin_plan_rebuild(point);
		if (err)
			return err;
		plan = plan_of(point);
		if (too_dear(plan, binding))
			return -EDQUOT;
	}
	planned_set(binding, true);
	if (point->stale) {
		err = spin_plan_rebuild(point);
	} else {
		s32 i;

		choose_place(plan, binding);	/* it may be another plan now */
		i = index_of(plan, binding);
		if (i >= 0 && !spin_index_crowded(plan->index[i]) &&
		    !(point->unsettled && !(plan->flags & PLAN_CHECKED)))
			err = insert_in_place(point, plan, binding);
		else
			err = insert_new_plan(point, plan, binding);
	}
	if (err)
		planned_set(binding, false);
	return err;
}

/* ---- one less ---- */

static int remove_plain(struct edit *edit, struct spin_point *point,
			struct spin_plan *old, struct spin_binding *binding)
{
	struct spin_sequence *plain;
	struct spin_plan *plan = NULL;

	plain = spin_sequence_remove(edit, old->plain, binding);
	if (IS_ERR(plain))
		return PTR_ERR(plain);
	if (plain || old->index_count) {
		plan = plan_new(edit, point, old);
		if (!plan)
			return -ENOMEM;
		plan->plain = plain;
		plan->plain_cost -= spin_step_cost(binding);
		plan->filters -= !!(binding->flags & SPIN_BIND_FILTER);
	}
	plan_publish(edit, point, plan);
	return 0;
}

static int remove_indexed(struct edit *edit, struct spin_point *point,
			  struct spin_plan *old, u32 i,
			  struct spin_binding *binding)
{
	struct spin_index *index = old->index[i];
	struct spin_plan *plan = NULL;
	int err;

	err = spin_index_remove(edit, index, binding);
	if (err)
		return err;
	if (index->entry_count || old->index_count > 1 || old->plain) {
		spin_edit_end(edit);
		return 0;	/* an empty index is kept for the next */
	}
	spin_edit_replace(edit, &index->piece);
	plan_publish(edit, point, plan);
	return 0;
}

static void plan_blank(struct spin_point *point, struct spin_plan *plan,
		       struct spin_binding *binding)
{
	s32 i = index_of(plan, binding);

	if (i >= 0)
		spin_index_blank(plan->index[i], binding);
	else
		spin_sequence_blank(plan->plain, binding);
	point->stale = true;
	/* A raise may be about to call the handler directly. */
	WRITE_ONCE(plan->head.direct, NULL);
	spin_direct_touch(point->event);
}

/**
 * spin_plan_remove - let no further raise run a binding
 * @point: where it hangs
 * @binding: which; it may have left the point's list
 *
 * Under spin_mutex. Cannot fail. Raises that run may go on to run it until a
 * grace period has passed: spin_point_synchronize().
 */
void spin_plan_remove(struct spin_point *point, struct spin_binding *binding)
{
	struct spin_plan *plan = plan_of(point);
	struct edit edit = edit_of(point);
	int err;
	s32 i;

	lockdep_assert_held(&spin_mutex);
	planned_set(binding, false);
	i = index_of(plan, binding);
	if (i >= 0)
		err = remove_indexed(&edit, point, plan, i, binding);
	else
		err = remove_plain(&edit, point, plan, binding);
	if (err) {
		spin_edit_abort(&edit);
		plan_blank(point, plan, binding);
	}
	plan = plan_of(point);
	if (plan && !point->planned)	/* blank steps, or an empty index */
		spin_plan_free(point);
	else if (plan && spin_sequence_sparse(plan->plain))
		point->stale = true;
	if (!point->unsettled)
		spin_plan_mark(point);	/* take the mark away */
}

/* ---- all anew ---- */

static void retire_parts(struct edit *edit, struct spin_plan *old)
{
	u32 i;

	if (!old)
		return;
	spin_sequence_retire(edit, old->plain);
	for (i = 0; i < old->index_count; i++)
		spin_index_retire(edit, old->index[i]);
}

/* Sorts the bindings into @plan; the plain ones into @plain, by rank. */
static int sort_bindings(struct edit *edit, struct spin_point *point,
			 struct spin_plan *plan, struct spin_binding **plain,
			 u32 *plain_count)
{
	struct spin_binding *binding;
	struct list_head *list;
	int err;

	spin_point_for_each(point, binding, list) {
		if (!binding->planned)
			continue;
		choose_place(plan, binding);
		if (!is_plain(binding)) {
			err = insert_indexed(edit, plan, binding);
			if (err)
				return err;
			continue;
		}
		plain[(*plain_count)++] = binding;
		plan->plain_cost += spin_step_cost(binding);
		plan->filters += !!(binding->flags & SPIN_BIND_FILTER);
	}
	return 0;
}

/*
 * The kinds of keys that have an index keep it: no binding that is found by its
 * key in the old plan is to be plain in the new one, which may be given up.
 */
static int keep_indexes(struct edit *edit, struct spin_plan *plan,
			const struct spin_plan *old)
{
	struct spin_index *index;
	u32 i;

	for (i = 0; old && i < old->index_count; i++) {
		if (!old->index[i]->entry_count)
			continue;
		index = spin_index_new(edit, plan->event, old->index[i]->fields,
				       INDEX_BITS);
		if (!index)
			return -ENOMEM;
		plan->index[plan->index_count++] = index;
	}
	return 0;
}

static int plan_build(struct edit *edit, struct spin_point *point,
		      struct spin_plan *plan)
{
	struct spin_binding **plain;
	u32 count = 0;
	int err;

	plain = kvcalloc(point->planned, sizeof(*plain), GFP_KERNEL);
	if (!plain)
		return -ENOMEM;
	err = keep_indexes(edit, plan, plan_of(point));
	if (!err)
		err = sort_bindings(edit, point, plan, plain, &count);
	if (!err && count) {
		plan->plain = spin_sequence_build(edit, plain, count);
		if (!plan->plain)
			err = -ENOMEM;
	}
	kvfree(plain);
	return err;
}

/**
 * spin_plan_rebuild - make the whole plan of a point from its bindings
 * @point: which
 *
 * Under spin_mutex. Returns 0; -ENOMEM: the old plan stays, and the point is to
 * be built anew at the next occasion.
 */
int spin_plan_rebuild(struct spin_point *point)
{
	struct spin_plan *plan = NULL, *old = plan_of(point);
	struct edit edit = edit_of(point);
	int err = 0;

	lockdep_assert_held(&spin_mutex);
	point->stale = true;
	if (point->planned) {
		plan = plan_new(&edit, point, NULL);
		err = plan ? plan_build(&edit, point, plan) : -ENOMEM;
	}
	if (err) {
		spin_edit_abort(&edit);
		return err;
	}
	retire_parts(&edit, old);
	plan_publish(&edit, point, plan);
	point->stale = false;
	return 0;
}

/* Nothing is planned on a point. */
void spin_plan_free(struct spin_point *point)
{
	struct edit edit = edit_of(point);

	retire_parts(&edit, plan_of(point));
	plan_publish(&edit, point, NULL);
	point->stale = false;
}

/**
 * spin_plan_hold_mark - look at the epoch before anything is put into a plan
 * @point: on which a binding is about to come
 * @binding: which
 * @hold: begin, or end
 *
 * Under spin_mutex. A binding that goes into an index that is there appears by
 * one store, in a plan that raises may have begun to run the short way. So the
 * plan is marked, and the caller waits for a grace period before it inserts.
 *
 * Returns true if there is such a wait to be made.
 */
bool spin_plan_hold_mark(struct spin_point *point,
			 const struct spin_binding *binding, bool hold)
{
	struct spin_plan *plan = plan_of(point);

	point->unsettled += hold ? 1 : -1;
	if (!point->unsettled || hold)
		spin_plan_mark(point);
	return hold && plan && index_of(plan, binding) >= 0;
}

/**
 * spin_plan_mark - let raises look at the epoch
 * @point: on which bindings come or go
 *
 * Under spin_mutex, before the epoch advances: a raise that sees the new epoch
 * sees the mark, because it samples the epoch before it looks at the plan. The
 * mark is taken away when a grace period has passed since: then no raise is
 * left that sampled an older one.
 */
void spin_plan_mark(struct spin_point *point)
{
	struct spin_plan *plan = plan_of(point);

	lockdep_assert_held(&spin_mutex);
	if (!plan)
		return;
	if (point->unsettled) {
		WRITE_ONCE(plan->flags, plan->flags | PLAN_CHECKED);
		WRITE_ONCE(plan->head.direct, NULL);
		spin_direct_touch(point->event);
	} else {
		WRITE_ONCE(plan->flags, plan->flags & ~PLAN_CHECKED);
	}
}

/* A guard is imposed: the step is not just its own guard and its handler. */
void spin_plan_not_lean(struct spin_point *point, struct spin_binding *binding)
{
	struct spin_plan *plan = plan_of(point);
	s32 i = index_of(plan, binding);

	lockdep_assert_held(&spin_mutex);
	if (!binding->planned)
		return;
	if (i >= 0)
		spin_index_not_lean(plan->index[i], binding);
	else
		spin_sequence_not_lean(plan->plain, binding);
	spin_plan_forget_direct(point);
}

/* The step of the single binding is not the bare call of its handler any more. */
void spin_plan_forget_direct(struct spin_point *point)
{
	struct spin_plan *plan = plan_of(point);

	lockdep_assert_held(&spin_mutex);
	if (!plan)
		return;
	WRITE_ONCE(plan->head.direct, NULL);
	spin_direct_touch(point->event);
}
