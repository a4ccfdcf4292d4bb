// SPDX-License-Identifier: GPL-2.0
/*
 * Plans: what a raise of a point runs. Most changes make a new plan with some
 * more or less steps, and publish it by one store; raises that run go on with
 * what they began with. Many bindings come or go at once: each plan, and each
 * sequence in it, is made anew once for all of them.
 *
 * Two things change in a plan that is published. A step whose binding is found
 * by its key is put in, or taken out, by one store in the index. And a plan can
 * be marked: from then on raises ask of each step whether its extension is
 * active in the epoch they sampled. See spin_plan_mark().
 */
#include <linux/list_sort.h>
#include <linux/slab.h>
#include "plan_edit.h"
#include "point.h"
#include "settle.h"

#define INDEX_BITS	4	/* slots of a new index, log2 */

const struct spin_plan_head spin_plan_none;

static struct spin_plan *plan_of(const struct spin_point *point)
{
	struct spin_plan_head *head =
		rcu_dereference_protected(point->plan,
					  lockdep_is_held(&spin_mutex));

	return (struct spin_plan *)spin_plan_of(head);
}

static struct edit edit_of(const struct spin_point *point,
			   struct spin_extension *ext)
{
	return (struct edit){
		.srcu = point->srcu,
		.ext = ext,
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

/* Handlers of others do not answer for who implements a procedure. */
static bool is_unserved(const struct spin_point *point)
{
	return point->event->procedural && !point->implemented;
}

static u32 plan_flags(const struct spin_point *point,
		      const struct spin_plan *plan)
{
	const struct spin_event *event = point->event;
	u32 flags = 0;

	if (point->unsettled)
		flags |= PLAN_CHECKED;
	if (is_unserved(point))
		flags |= PLAN_UNSERVED;
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

/* @plan is NULL, or one of the parts of the edit, which is to be ended. */
static void plan_publish(struct spin_point *point, struct spin_plan *plan)
{
	if (plan)
		plan->flags = plan_flags(point, plan);
	rcu_assign_pointer(point->plan, plan ? &plan->head :
			   (struct spin_plan_head *)&spin_plan_none);
	spin_direct_touch(point->event);
}

/* What a raise may take; at most that, if it is not to be @exact. */
static u64 plan_cost(const struct spin_plan *plan, bool exact)
{
	u64 cost = plan->plain_cost;
	u32 i;

	for (i = 0; i < plan->index_count; i++)
		cost += spin_index_cost(plan->index[i], exact);
	return cost;
}

/* ---- where a binding goes ---- */

static s32 index_of(const struct spin_plan *plan,
		    const struct spin_binding *binding)
{
	u32 i;

	if (binding->steps & STEP_MATCH || !binding->fields)
		return -ENOENT;
	for (i = 0; plan && i < plan->index_count; i++)
		if (plan->index[i]->fields == binding->fields)
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
	if (!binding->fields || binding->flags & SPIN_BIND_FILTER)
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
	if (binding->fields && goes_plain(plan, binding))
		WRITE_ONCE(binding->steps, binding->steps | STEP_MATCH);
}

static bool is_plain(const struct spin_binding *binding)
{
	return !binding->fields || binding->steps & STEP_MATCH;
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
		point->implemented += binding->implementation;
		point->unsettled += unsettled;
		if (binding->ext)
			handled_get(binding->event);
	} else {
		point->planned--;
		point->implemented -= binding->implementation;
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

/* ---- an edit ---- */

/**
 * struct change - of the plan of a point
 * @edit: makes the parts
 * @point: where
 * @old: the plan that raises run, or NULL
 * @plan: the new one; @old: only what its indexes lead to changes; NULL: nothing
 *	is left to be run
 */
struct change {
	struct edit edit;
	struct spin_point *point;
	struct spin_plan *old;
	struct spin_plan *plan;
};

static struct change change_begin(struct spin_point *point,
				  struct spin_extension *ext)
{
	return (struct change){
		.edit = edit_of(point, ext),
		.point = point,
		.old = plan_of(point),
	};
}

static void change_abort(struct change *change)
{
	u32 i;

	for (i = 0; change->plan && i < change->plan->index_count; i++)
		spin_index_forget(change->plan->index[i]);
	spin_edit_abort(&change->edit);
}

/* The old parts are charged for. Cannot fail. */
static void change_publish(struct change *change)
{
	u32 i;

	for (i = 0; change->plan && i < change->plan->index_count; i++)
		spin_index_publish(change->plan->index[i]);
	if (change->plan != change->old)
		plan_publish(change->point, change->plan);
	spin_edit_end(&change->edit);
}

/* A copy of the old plan takes its place. */
static int change_copy(struct change *change)
{
	change->plan = plan_new(&change->edit, change->point, change->old);
	if (!change->plan)
		return -ENOMEM;
	if (change->old)
		spin_edit_replace(&change->edit, &change->old->piece);
	return 0;
}

/* ---- sorting ---- */

static int compare(u64 a, u64 b)
{
	return a < b ? -1 : a > b;
}

typedef int (*spin_order_fn)(const struct spin_binding *a,
			     const struct spin_binding *b);

/* Those of one point are together. */
static int by_point(const struct spin_binding *a, const struct spin_binding *b)
{
	return compare(a->point->id, b->point->id);
}

/* Those of one sequence are together; first the plain ones. */
static int by_sequence(const struct spin_binding *a, const struct spin_binding *b)
{
	int order = (int)!is_plain(a) - (int)!is_plain(b);

	if (order || is_plain(a))
		return order;
	return compare(a->fields, b->fields) ?:
	       memcmp(spin_binding_keys(a), spin_binding_keys(b),
		      hweight32(a->fields) * sizeof(u64));
}

/* The same, and in order. */
static int by_place(const struct spin_binding *a, const struct spin_binding *b)
{
	return by_sequence(a, b) ?: compare(a->rank, b->rank);
}

static int order_of(void *order, const struct list_head *a,
		    const struct list_head *b)
{
	return (*(spin_order_fn *)order)(
			list_entry(a, struct spin_binding, change_node),
			list_entry(b, struct spin_binding, change_node));
}

/* Mostly they are in order: they were made in it. */
static void bindings_sort(struct list_head *bindings, spin_order_fn order)
{
	struct spin_binding *binding;

	list_for_each_entry(binding, bindings, change_node)
		if (!list_is_last(&binding->change_node, bindings) &&
		    order(binding, list_next_entry(binding, change_node)) > 0) {
			list_sort(&order, bindings, order_of);
			break;
		}
}

static struct spin_binding *first_of(const struct list_head *bindings)
{
	return list_first_entry(bindings, struct spin_binding, change_node);
}

/* Those that are equal to the first move to @group, which is empty. */
static void group_cut(struct list_head *group, struct list_head *bindings,
		      spin_order_fn order)
{
	struct spin_binding *binding = first_of(bindings);

	list_for_each_entry_continue(binding, bindings, change_node)
		if (order(first_of(bindings), binding))
			break;
	list_cut_before(group, bindings, &binding->change_node);
}

/* ---- more, or less ---- */

static int change_plain(struct change *change, const struct list_head *group)
{
	struct spin_plan *plan = change->plan;
	struct spin_sequence *plain = (struct spin_sequence *)plan->plain;
	struct spin_binding *binding;

	plain = spin_sequence_change(&change->edit, plain, group);
	if (IS_ERR(plain))
		return PTR_ERR(plain);
	plan->plain = plain;
	list_for_each_entry(binding, group, change_node) {
		u64 cost = spin_step_cost(binding);
		u32 filters = !!(binding->flags & SPIN_BIND_FILTER);

		plan->plain_cost += binding->planned ? cost : -cost;
		plan->filters += binding->planned ? filters : -filters;
	}
	return 0;
}

static int change_sequence(struct change *change, const struct list_head *group)
{
	s32 i = index_of(change->plan, first_of(group));

	if (is_plain(first_of(group)))
		return change_plain(change, group);
	if (WARN_ON_ONCE(i < 0))
		return -ENOENT;
	return spin_index_change(&change->edit, change->plan->index[i], group);
}

/* Of bindings that have been sorted by place, and so remain. */
static int change_sequences(struct change *change, struct list_head *bindings)
{
	LIST_HEAD(done);
	int err = 0;

	while (!err && !list_empty(bindings)) {
		LIST_HEAD(group);

		group_cut(&group, bindings, by_sequence);
		err = change_sequence(change, &group);
		list_splice_tail(&group, &done);
		cond_resched();
	}
	list_splice(&done, bindings);
	return err;
}

/* A kind of keys gets an index, until there are too many kinds. */
static int index_add(struct change *change, u32 fields)
{
	struct spin_plan *plan = change->plan;
	struct spin_index *index;

	index = spin_index_new(&change->edit, plan->event, fields, INDEX_BITS);
	if (!index)
		return -ENOMEM;
	plan->index[plan->index_count++] = index;
	return 0;
}

static int places_choose(struct change *change, struct list_head *bindings)
{
	struct spin_binding *binding;
	int err;

	list_for_each_entry(binding, bindings, change_node) {
		choose_place(change->plan, binding);
		if (is_plain(binding) || index_of(change->plan, binding) >= 0)
			continue;
		err = index_add(change, binding->fields);
		if (err)
			return err;
	}
	bindings_sort(bindings, by_place);
	return 0;
}

/*
 * An index that is too small gives way to a copy. So does one that is found by
 * the old plan, if that is not marked: raises that run it would not ask whether
 * what comes is active in the epoch they sampled.
 */
static int indexes_grow(struct change *change, const struct list_head *bindings)
{
	const struct spin_plan *old = change->old;
	bool unmarked = old && change->point->unsettled &&
			!(old->flags & PLAN_CHECKED);
	const struct spin_binding *binding, *last = NULL;
	struct spin_plan *plan = change->plan;
	u32 more[SPIN_INDEXES_MAX] = {};
	u32 i, bits;

	if (!plan->index_count)
		return 0;
	list_for_each_entry(binding, bindings, change_node) {
		if (!is_plain(binding) && (!last || by_sequence(last, binding)))
			more[index_of(plan, binding)]++;
		last = binding;
	}
	for (i = 0; i < plan->index_count; i++) {
		bool seen = unmarked && more[i] && i < old->index_count &&
			    plan->index[i] == old->index[i];

		bits = spin_index_bits(plan->index[i], more[i]);
		if (bits == plan->index[i]->bits && !seen)
			continue;
		plan->index[i] = spin_index_copy(&change->edit, plan->index[i],
						 plan->event, bits);
		if (!plan->index[i]) {
			plan->index_count = i;
			return -ENOMEM;
		}
	}
	return 0;
}

/* Is one store in an index all that is needed? */
static bool fits_in_place(const struct change *change,
			  const struct list_head *bindings)
{
	const struct spin_binding *binding = first_of(bindings);
	const struct spin_plan *plan = change->old;
	s32 i = -ENOENT;

	/* Of many at once nobody knows before their places are chosen. */
	if (plan && list_is_singular(bindings))
		i = index_of(plan, binding);
	return i >= 0 && !(binding->flags & SPIN_BIND_FILTER) &&
	       spin_index_bits(plan->index[i], 1) == plan->index[i]->bits &&
	       !(change->point->unsettled && !(plan->flags & PLAN_CHECKED));
}

static int change_insert(struct change *change, struct list_head *bindings)
{
	int err;

	if (fits_in_place(change, bindings)) {
		change->plan = change->old;
		return change_sequences(change, bindings);
	}
	err = change_copy(change);
	if (!err)
		err = places_choose(change, bindings);
	if (!err)
		err = indexes_grow(change, bindings);
	return err ?: change_sequences(change, bindings);
}

/*
 * The kinds of keys that have an index keep it: no binding that is found by its
 * key in the old plan is to be plain in the new one, which may be given up.
 */
static int indexes_keep(struct change *change)
{
	const struct spin_plan *old = change->old;
	u32 i;
	int err;

	for (i = 0; old && i < old->index_count; i++) {
		if (!old->index[i]->entry_count)
			continue;
		err = index_add(change, old->index[i]->fields);
		if (err)
			return err;
	}
	return 0;
}

static void retire_parts(struct edit *edit, struct spin_plan *old)
{
	u32 i;

	if (!old)
		return;
	spin_sequence_retire(edit, old->plain);
	for (i = 0; i < old->index_count; i++)
		spin_index_retire(edit, old->index[i]);
	spin_edit_replace(edit, &old->piece);
}

/* All anew, from the bindings that are planned. */
static int change_rebuild(struct change *change)
{
	struct spin_point *point = change->point;
	struct spin_binding *binding;
	struct list_head *list;
	LIST_HEAD(planned);
	int err = 0;

	spin_point_for_each(point, binding, list)
		if (binding->planned)
			list_add_tail(&binding->change_node, &planned);
	if (!list_empty(&planned)) {
		change->plan = plan_new(&change->edit, point, NULL);
		err = change->plan ? indexes_keep(change) : -ENOMEM;
		if (!err)
			err = places_choose(change, &planned);
		if (!err)
			err = indexes_grow(change, &planned);
		if (!err)
			err = change_sequences(change, &planned);
	}
	if (!err)
		retire_parts(&change->edit, change->old);
	return err;
}

/*
 * The ranks on a point have changed, or its sequences have got thin: make its plan
 * anew, before it is changed. @ext pays for the old one.
 */
static int plan_anew(struct spin_point *point, struct spin_extension *ext)
{
	struct change change = change_begin(point, ext);
	int err = change_rebuild(&change) ?:
		  spin_edit_charge(&change.edit, point->event);

	if (err) {
		change_abort(&change);
		return err;
	}
	change_publish(&change);
	point->stale = false;
	return 0;
}

/* What an index remembers of its dearest key may be long gone. */
static bool too_dear(const struct spin_plan *plan,
		     const struct spin_binding *binding)
{
	u64 limit = point_cost_max(binding->event);

	return plan_cost(plan, false) > limit &&
	       plan_cost(plan, true) > limit + replaced_cost(binding);
}

static void planned_set_all(const struct list_head *bindings, bool planned)
{
	struct spin_binding *binding;

	list_for_each_entry(binding, bindings, change_node)
		planned_set(binding, planned);
}

static void refuse_dear(const struct spin_point *point,
			const struct spin_binding *binding)
{
	struct spin_plan *plan = plan_of(point);

	if (binding->ext)
		spin_extension_refuse(binding->ext,
				      "event %s has %u bindings, which may take %llu instructions together; there is no room for '%s'",
				      point->event->name, point->planned,
				      plan ? plan_cost(plan, true) : 0,
				      spin_binding_name(binding));
}

/* Of one point: all, or none. */
static int insert_some(struct list_head *bindings)
{
	struct spin_binding *first = first_of(bindings);
	struct spin_point *point = first->point;
	struct change change;
	bool dear = false;
	int err;

	err = point->stale ? plan_anew(point, first->ext) : 0;
	if (err)
		return err;
	change = change_begin(point, first->ext);
	planned_set_all(bindings, true);
	err = change_insert(&change, bindings);
	if (!err) {
		dear = too_dear(change.plan, first);
		err = dear ? -EDQUOT :
			     spin_edit_charge(&change.edit, point->event);
	}
	if (err) {
		change_abort(&change);
		planned_set_all(bindings, false);
		if (dear)
			refuse_dear(point, first);
		return err;
	}
	change_publish(&change);
	return 0;
}

/**
 * spin_plan_insert - let raises run bindings
 * @bindings: by @change_node; in their places on their points, not planned. They
 *	stay in the list, in another order
 *
 * Under spin_mutex. If their extension is not settled, the plans are marked.
 * What raises that run keep of the old plan of a point is charged to the extension
 * of the first of its bindings. All are inserted, or none stays, and each plan is
 * edited once.
 *
 * Returns 0; -ENOMEM; -EDQUOT: a raise would take too long, or too much is kept,
 * with the reason in the verdict. On failure none is left in a plan, though raises
 * of some points may have run some.
 */
int spin_plan_insert(struct list_head *bindings)
{
	LIST_HEAD(done);
	int err = 0;

	lockdep_assert_held(&spin_mutex);
	bindings_sort(bindings, by_point);
	while (!err && !list_empty(bindings)) {
		LIST_HEAD(group);

		group_cut(&group, bindings, by_point);
		err = insert_some(&group);
		list_splice_tail(&group, err ? bindings : &done);
	}
	if (err)
		spin_plan_remove(&done);
	list_splice(&done, bindings);
	return err;
}

static void plan_blank(struct spin_point *point, struct spin_plan *plan,
		       struct spin_binding *binding)
{
	s32 i = index_of(plan, binding);

	if (is_unserved(point))
		WRITE_ONCE(plan->flags, plan->flags | PLAN_UNSERVED);
	if (i >= 0)
		spin_index_blank(plan->index[i], binding);
	else
		spin_sequence_blank(plan->plain, binding);
	point->stale = true;
	/* A raise may be about to call the handler directly. */
	WRITE_ONCE(plan->head.direct, NULL);
	spin_direct_touch(point->event);
}

static int change_remove(struct change *change, struct list_head *bindings)
{
	int err = 0;

	bindings_sort(bindings, by_place);
	if (is_plain(first_of(bindings)))	/* then perhaps others are, too */
		err = change_copy(change);
	else
		change->plan = change->old;
	return err ?: change_sequences(change, bindings);
}

/* Of one point. Cannot fail. */
static void remove_some(struct list_head *bindings)
{
	struct spin_binding *binding = first_of(bindings);
	struct spin_point *point = binding->point;
	struct change change = change_begin(point, binding->ext);
	bool anew;

	change.edit.forced = true;
	planned_set_all(bindings, false);
	anew = point->stale || !point->planned;
	if (anew ? change_rebuild(&change) : change_remove(&change, bindings)) {
		change_abort(&change);
		list_for_each_entry(binding, bindings, change_node)
			plan_blank(point, change.old, binding);
	} else {
		point->stale = !anew &&
			       spin_sequence_sparse(change.plan->plain);
		/* It is forced, so it cannot fail. */
		WARN_ON_ONCE(spin_edit_charge(&change.edit, point->event));
		change_publish(&change);
	}
	if (!point->unsettled)
		spin_plan_mark(point);	/* take the mark away */
}

/**
 * spin_plan_remove - let no further raise run bindings
 * @bindings: by @change_node; those that are not planned are passed over, others
 *	may have left their points' lists. They stay in the list, in another order
 *
 * Under spin_mutex. Cannot fail, but what raises that run keep of the old plans is
 * charged to an extension of theirs, which may have used up its quota then. Raises that
 * run may go on to run them until a grace period has passed:
 * spin_point_synchronize().
 */
void spin_plan_remove(struct list_head *bindings)
{
	struct spin_binding *binding, *next;
	LIST_HEAD(done);

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry_safe(binding, next, bindings, change_node)
		if (!binding->planned)
			list_move_tail(&binding->change_node, &done);
	bindings_sort(bindings, by_point);
	while (!list_empty(bindings)) {
		LIST_HEAD(group);

		group_cut(&group, bindings, by_point);
		remove_some(&group);
		list_splice_tail(&group, &done);
	}
	list_splice(&done, bindings);
}

/* The point ends: nothing is planned on it. */
void spin_plan_free(struct spin_point *point)
{
	struct change change = change_begin(point, NULL);

	lockdep_assert_held(&spin_mutex);
	retire_parts(&change.edit, change.old);
	change_publish(&change);
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
