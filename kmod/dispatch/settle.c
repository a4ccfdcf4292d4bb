// SPDX-License-Identifier: GPL-2.0
/*
 * What is done when things have settled, a little after they changed, so that
 * many changes in a row cost it once.
 *
 * Extensions that have become active are settled: no raise is left that sampled
 * an older epoch, and the marks on their plans go (see spin_plan_mark()). And
 * where an event has a single handler, with one guard at most, the call in its
 * raise is patched to that handler.
 *
 * A raise may call directly as long as the plan it read says so. So the call is
 * patched only if the event's plans have not changed during a grace period:
 * then every plan that any raise holds is the present one, which does not say
 * so yet.
 */
#include <linux/static_call.h>
#include <linux/workqueue.h>
#include "event.h"
#include "plan.h"
#include "settle.h"

#define SETTLE_DELAY	(HZ / 10)

static LIST_HEAD(unsettled);	/* extensions; spin_mutex */

static bool stopped = true;	/* spin_mutex */

static void settle(struct work_struct *work);
static DECLARE_DELAYED_WORK(settle_work, settle);

void spin_settle_soon(void)
{
	lockdep_assert_held(&spin_mutex);
	if (!stopped)
		queue_delayed_work(spin_workqueue, &settle_work, SETTLE_DELAY);
}

/* ---- extensions ---- */

/**
 * spin_unsettle - an extension is about to come or go
 * @ext: which; none of its bindings comes into a plan from now on, and those that
 *	are in plans are looked at by epoch
 *
 * Under spin_mutex, before the epoch advances.
 */
void spin_unsettle(struct spin_extension *ext)
{
	struct spin_binding *binding;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(binding, &ext->bindings, extension_node) {
		WRITE_ONCE(binding->why, binding->why | SPIN_INACTIVE_LOADING);
		if (!ext->settled || !binding->planned)
			continue;
		binding->point->unsettled++;
		spin_plan_mark(binding->point);
	}
	ext->settled = false;
	ext->settling = false;
}

static void settle_extension(struct spin_extension *ext)
{
	struct spin_binding *binding;

	ext->settled = true;
	list_del_init(&ext->unsettled_node);
	list_for_each_entry(binding, &ext->bindings, extension_node) {
		if (!binding->planned)
			continue;
		if (!--binding->point->unsettled)
			spin_plan_mark(binding->point);
	}
}

/* An extension has become active: settle it when that is past. */
void spin_settle_later(struct spin_extension *ext)
{
	lockdep_assert_held(&spin_mutex);
	list_add_tail(&ext->unsettled_node, &unsettled);
	spin_settle_soon();
}

void spin_settled_forget(struct spin_extension *ext)
{
	lockdep_assert_held(&spin_mutex);
	list_del_init(&ext->unsettled_node);
}

/* ---- direct calls ---- */

/* Procedures have no call to be patched: they call by the plan's pointer. */
static bool has_direct(const struct spin_event *event)
{
	return event->call || (event->procedural &&
			       event->context != SPIN_CONTEXT_SLEEPABLE);
}

/* An event's plans have changed. */
void spin_direct_touch(struct spin_event *event)
{
	lockdep_assert_held(&spin_mutex);
	event->generation++;
	if (has_direct(event))
		spin_settle_soon();
}

static void patch(struct spin_event *event, spin_program_t program)
{
	if (event->patched == program || !event->call)
		return;
	__static_call_update(event->call->key, event->call->trampoline, program);
	event->patched = program;
}

static struct spin_plan *event_plan(const struct spin_event *event)
{
	struct spin_plan_head *head =
		rcu_dereference_protected(event->point.plan,
					  lockdep_is_held(&spin_mutex));

	return (struct spin_plan *)spin_plan_of(head);
}

/* The single binding, if a guard and a handler are all there is to its step. */
static struct spin_binding *single(const struct spin_event *event,
				   const struct spin_plan *plan)
{
	struct spin_binding *binding;

	if (static_key_enabled(&spin_observed) || !plan || plan->flags ||
	    plan->index_count || !plan->plain || plan->plain->count != 1 ||
	    event->fold == SPIN_FOLD_CUSTOM ||
	    event->context == SPIN_CONTEXT_SLEEPABLE)
		return NULL;
	binding = plan->plain->chunk_count ?
		  plan->plain->chunks[0]->items[0].binding :
		  plan->plain->single.binding;
	return binding->steps || binding == &spin_binding_none ? NULL : binding;
}

static void direct_update(struct spin_event *event)
{
	struct spin_plan *plan = event_plan(event);
	struct spin_binding *binding = single(event, plan);

	if (!binding && plan && plan->head.direct) {
		/* Raises do call directly: next time. */
		spin_plan_forget_direct(&event->point);
		return;
	}
	if (!binding) {
		patch(event, spin_program_none);
		return;
	}
	if (plan->head.direct)
		return;
	patch(event, binding->handler);
	plan->head.program = binding->handler;
	plan->head.guard_fn = binding->guard;
	plan->head.closure = binding->closure;
	plan->head.stats = binding->stats;
	/* A raise that sees it sees the rest, and the patched code. */
	smp_store_release(&plan->head.direct, binding);
}

/* Somebody wants to see each raise: those called directly would not be seen. */
void spin_direct_forget_all(void)
{
	struct spin_event *event;

	mutex_lock(&spin_mutex);
	list_for_each_entry(event, &spin_events, node)
		if (has_direct(event))
			spin_plan_forget_direct(&event->point);
	mutex_unlock(&spin_mutex);
}

/* The event ends: no raise calls directly any more. */
void spin_direct_end(struct spin_event *event)
{
	lockdep_assert_held(&spin_mutex);
	if (event->call)
		patch(event, spin_program_none);
}

/* ---- the work ---- */

/*
 * May it have bindings whose raises sleep, so that they are long past RCU? Those
 * that do not run yet, too: they come into plans that are not marked.
 */
static bool is_sleepable(const struct spin_extension *ext)
{
	const struct spin_template *template;

	list_for_each_entry(template, &ext->templates, node)
		if (template->event->context == SPIN_CONTEXT_SLEEPABLE &&
		    !template->event->singly)
			return true;
	return false;
}

/**
 * spin_settle_end - settle an extension whose raises that sleep were waited for
 * @ext: whose work this is the end of: nobody waits for the handlers of another
 *
 * A grace period of RCU has passed since it was marked to be settling. Gives the
 * work's reference back.
 */
void spin_settle_end(struct spin_extension *ext)
{
	mutex_lock(&spin_mutex);
	if (ext->settling && !ext->settled)
		settle_extension(ext);
	mutex_unlock(&spin_mutex);
	spin_extension_put(ext);
}

static void settle_begin(struct spin_extension *ext)
{
	if (!is_sleepable(ext)) {
		settle_extension(ext);
		return;
	}
	spin_extension_get(ext);	/* the work's */
	if (!queue_work(spin_waiters, &ext->settle))
		spin_extension_put(ext);
}

static void settle(struct work_struct *work)
{
	struct spin_extension *ext, *next;
	struct spin_event *event;

	mutex_lock(&spin_mutex);
	list_for_each_entry(ext, &unsettled, unsettled_node)
		ext->settling = true;
	list_for_each_entry(event, &spin_events, node)
		event->generation_seen = event->generation;
	mutex_unlock(&spin_mutex);

	synchronize_rcu();

	mutex_lock(&spin_mutex);
	list_for_each_entry_safe(ext, next, &unsettled, unsettled_node)
		if (ext->settling)
			settle_begin(ext);
	list_for_each_entry(event, &spin_events, node)
		if (has_direct(event) && event->generation == event->generation_seen)
			direct_update(event);
	mutex_unlock(&spin_mutex);
}

int __init spin_settle_init(void)
{
	stopped = false;
	return 0;
}

/* Events of spin.ko itself are still to end: they must not bring it back. */
void spin_settle_exit(void)
{
	mutex_lock(&spin_mutex);
	stopped = true;
	mutex_unlock(&spin_mutex);
	cancel_delayed_work_sync(&settle_work);
	flush_workqueue(spin_waiters);
}
