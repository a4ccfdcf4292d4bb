// SPDX-License-Identifier: GPL-2.0
/*
 * Points: the order of the bindings that hang on one.
 *
 * A point has two lists: of those that said Last, and of all others, which run
 * before. The rank of a binding grows along them. A binding put between two
 * gets a rank in the middle; when there is none left, all get new ones, and the
 * plan is to be made anew.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "plan.h"
#include "point.h"

#define RANK_FRONT	(1ULL << 62)	/* first rank of either list */
#define RANK_BACK	(3ULL << 62)
#define RANK_STEP	(1ULL << 20)

static atomic64_t last_point_id;

/**
 * spin_point_init - an empty point
 * @point: to be initialised
 * @event: whose bindings hang on it
 *
 * Takes no lock: a service may make points where others must not wait for
 * spin_mutex, as of each network name space.
 */
void spin_point_init(struct spin_point *point, struct spin_event *event)
{
	memset(point, 0, sizeof(*point));
	point->event = event;
	RCU_INIT_POINTER(point->plan, (struct spin_plan_head *)&spin_plan_none);
	INIT_LIST_HEAD(&point->front);
	INIT_LIST_HEAD(&point->back);
	point->id = atomic64_inc_return(&last_point_id);
	if (event->context == SPIN_CONTEXT_SLEEPABLE)
		point->srcu = &event->srcu;
}
EXPORT_SYMBOL_GPL(spin_point_init);

/**
 * struct point_srcu - the sections of a point that shares them with no other
 * @srcu: these
 * @end: frees it
 */
struct point_srcu {
	struct srcu_struct srcu;
	struct work_struct end;
};

static void point_srcu_free(struct work_struct *work)
{
	struct point_srcu *own = container_of(work, struct point_srcu, end);

	srcu_barrier(&own->srcu);	/* parts of plans may be left */
	cleanup_srcu_struct(&own->srcu);
	kfree(own);
}

/**
 * spin_point_srcu_own - whoever changes the point is not to wait for others'
 * @point: initialised, of a sleepable event; nothing was raised there yet
 *
 * For events with a point for each extension: handlers that sleep long at the
 * point of one hold up none of the others. Process context. Returns 0 or
 * -ENOMEM; then the point has those of its event, as before.
 */
int spin_point_srcu_own(struct spin_point *point)
{
	struct point_srcu *own = kzalloc(sizeof(*own), GFP_KERNEL_ACCOUNT);

	if (!own)
		return -ENOMEM;
	if (init_srcu_struct(&own->srcu)) {
		kfree(own);
		return -ENOMEM;
	}
	INIT_WORK(&own->end, point_srcu_free);
	point->srcu = &own->srcu;
	return 0;
}
EXPORT_SYMBOL_GPL(spin_point_srcu_own);

/**
 * spin_point_srcu_end - the opposite
 * @point: without bindings; nothing is or will be raised there
 *
 * Any context in which works can be queued.
 */
void spin_point_srcu_end(struct spin_point *point)
{
	struct point_srcu *own = container_of(point->srcu, struct point_srcu,
					      srcu);

	queue_work(spin_workqueue, &own->end);
}
EXPORT_SYMBOL_GPL(spin_point_srcu_end);

/**
 * spin_point_exit - the end of a point
 * @point: without bindings; nothing can raise there any more. Its memory may be
 *	read for another grace period of RCU
 */
void spin_point_exit(struct spin_point *point)
{
	mutex_lock(&spin_mutex);
	WARN_ON_ONCE(point->count);
	spin_plan_free(point);
	mutex_unlock(&spin_mutex);
}
EXPORT_SYMBOL_GPL(spin_point_exit);

static void ranks_anew(struct spin_point *point)
{
	struct spin_binding *binding;
	u64 rank = RANK_FRONT;

	list_for_each_entry(binding, &point->front, point_node)
		binding->rank = rank += RANK_STEP;
	rank = RANK_BACK;
	list_for_each_entry(binding, &point->back, point_node)
		binding->rank = rank += RANK_STEP;
	point->stale = true;
}

/* The binding is in its list: give it a rank between its neighbours'. */
static void rank_give(struct spin_point *point, struct list_head *list,
		      struct spin_binding *binding)
{
	bool is_first = list_is_first(&binding->point_node, list);
	bool is_last = list_is_last(&binding->point_node, list);
	u64 low, high;

	if (is_first && is_last) {
		binding->rank = list == &point->front ? RANK_FRONT : RANK_BACK;
		return;
	}
	if (is_last) {
		binding->rank = list_prev_entry(binding, point_node)->rank +
				RANK_STEP;
		return;
	}
	high = list_next_entry(binding, point_node)->rank;
	if (is_first) {
		binding->rank = high - RANK_STEP;
		return;
	}
	low = list_prev_entry(binding, point_node)->rank;
	binding->rank = low + (high - low) / 2;
	if (binding->rank == low)
		ranks_anew(point);
}

/* Which of the two lists a binding is in. */
static struct list_head *list_of(struct spin_point *point,
				 const struct spin_binding *binding)
{
	return binding->back ? &point->back : &point->front;
}

/* The holder of an end keeps it: others get next to it. */
static struct list_head *place_first(struct spin_point *point)
{
	struct spin_binding *holder = point->reserved[0];

	return holder ? &holder->point_node : &point->front;
}

static struct list_head *place_last(struct spin_point *point)
{
	struct spin_binding *holder = point->reserved[1];

	return holder ? holder->point_node.prev : point->back.prev;
}

/* Would a binding of this order be beyond a reserved end? */
bool spin_point_beyond_end(const struct spin_point *point, u32 order,
			   const struct spin_binding *relative)
{
	return (order == SPIN_ORDER_BEFORE && relative == point->reserved[0]) ||
	       (order == SPIN_ORDER_AFTER && relative == point->reserved[1]);
}

/**
 * spin_point_insert - put a binding in its place
 * @point: where
 * @binding: its order says which place
 * @relative: the binding that Before and After are about; not beyond a reserved
 *	end
 */
void spin_point_insert(struct spin_point *point, struct spin_binding *binding,
		      struct spin_binding *relative)
{
	struct list_head *behind;

	lockdep_assert_held(&spin_mutex);
	binding->back = binding->order == SPIN_ORDER_LAST;
	switch (binding->order) {
	case SPIN_ORDER_FIRST:
		behind = place_first(point);
		break;
	case SPIN_ORDER_LAST:
		behind = place_last(point);
		break;
	case SPIN_ORDER_BEFORE:
	case SPIN_ORDER_AFTER:
		binding->back = relative->back;
		behind = binding->order == SPIN_ORDER_AFTER ?
			 &relative->point_node : relative->point_node.prev;
		break;
	default:
		behind = point->front.prev;
	}
	list_add(&binding->point_node, behind);
	point->count++;
	rank_give(point, list_of(point, binding), binding);
}

static void move_behind(struct spin_point *point, struct spin_binding *binding,
			struct list_head *behind, bool back)
{
	list_del(&binding->point_node);
	list_add(&binding->point_node, behind);
	binding->back = back;
	rank_give(point, list_of(point, binding), binding);
}

/**
 * spin_point_settle - move a new binding to where others say it is
 * @point: where
 * @binding: that has just come, and is not planned yet
 * @neighbours: those that are to be before and behind it; NULL: there is none
 *
 * Under spin_mutex. If both cannot be, it stays.
 */
void spin_point_settle(struct spin_point *point, struct spin_binding *binding,
		       const struct spin_neighbours *neighbours)
{
	struct spin_binding *before = neighbours->before;
	struct spin_binding *behind = neighbours->behind;

	lockdep_assert_held(&spin_mutex);
	if (before && behind && before->rank > behind->rank)
		return;
	if (behind && binding->rank > behind->rank)
		move_behind(point, binding, behind->point_node.prev,
			    behind->back);
	else if (before && binding->rank < before->rank)
		move_behind(point, binding, &before->point_node, before->back);
}

/* Is a binding that said First, or Last, at that end? */
bool spin_point_at_end(const struct spin_binding *binding)
{
	const struct spin_point *point = binding->point;

	lockdep_assert_held(&spin_mutex);
	return binding->order == SPIN_ORDER_FIRST ?
	       list_is_first(&binding->point_node, &point->front) :
	       list_is_last(&binding->point_node, &point->back);
}

/*
 * The event's own handler is before all that have no order, and what is said of
 * that order directly: behind those that said First.
 */
void spin_point_insert_original(struct spin_point *point,
				struct spin_binding *binding)
{
	struct spin_binding *other;
	struct list_head *before = &point->front;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(other, &point->front, point_node) {
		if (other->order != SPIN_ORDER_FIRST) {
			before = &other->point_node;
			break;
		}
	}
	list_add_tail(&binding->point_node, before);
	point->count++;
	rank_give(point, &point->front, binding);
}

/* A new version of @other takes its place: its end of the order, too. */
void spin_point_insert_behind(struct spin_point *point,
			      struct spin_binding *binding,
			      struct spin_binding *other)
{
	lockdep_assert_held(&spin_mutex);
	binding->back = other->back;
	list_add(&binding->point_node, &other->point_node);
	point->count++;
	rank_give(point, list_of(point, binding), binding);
}

void spin_point_delete(struct spin_point *point, struct spin_binding *binding)
{
	lockdep_assert_held(&spin_mutex);
	list_del(&binding->point_node);
	point->count--;
	if (point->reserved[0] == binding)
		point->reserved[0] = NULL;
	if (point->reserved[1] == binding)
		point->reserved[1] = NULL;
}

const char *spin_binding_name(const struct spin_binding *binding)
{
	return binding->template ?
	       spin_template_value(binding->template)->name : "intrinsic";
}
EXPORT_SYMBOL_GPL(spin_binding_name);
