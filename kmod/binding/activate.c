// SPDX-License-Identifier: GPL-2.0
/*
 * When bindings run: which of them are in plans, the reasons why one is not, and
 * waiting for raises that run.
 */
#include "../dispatch/plan.h"
#include "../extension/lookup.h"
#include "life.h"

/* Of an event that is raised for one binding at a time, none is in a plan. */
bool spin_binding_is_to_run(const struct spin_binding *binding)
{
	return !binding->why && !binding->event->singly;
}

/* Its service may have to be told, if it is to run. */
void spin_binding_activate(struct spin_binding *binding)
{
	if (binding->ext->state == SPIN_EXT_LOADED &&
	    binding->event->ops->activate)
		binding->event->ops->activate(binding);
}

void spin_binding_unplan(struct spin_binding *binding)
{
	LIST_HEAD(one);

	list_add(&binding->change_node, &one);
	spin_plan_remove(&one);
}

/* ---- reasons not to run ---- */

/* All bindings of an extension. */
static void pick_all(struct spin_extension *ext, struct list_head *all)
{
	struct spin_binding *binding;

	list_for_each_entry(binding, &ext->bindings, extension_node)
		list_add_tail(&binding->change_node, all);
}

/**
 * spin_bindings_stop - there is a reason why bindings are not to run
 * @some: by @change_node
 * @why: SPIN_INACTIVE_*
 *
 * Each plan is edited once. Raises that run may still run them. Under spin_mutex.
 */
void spin_bindings_stop(struct list_head *some, u32 why)
{
	struct spin_binding *binding;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(binding, some, change_node)
		WRITE_ONCE(binding->why, binding->why | why);
	spin_plan_remove(some);
}

/*
 * Those that have a reason not to run, and have it no more: into the plans with
 * them, if there is no other.
 */
static int allow(struct list_head *some, u32 why)
{
	struct spin_binding *binding, *next;
	LIST_HEAD(others);
	int err;

	list_for_each_entry_safe(binding, next, some, change_node) {
		if (!(binding->why & why)) {
			list_del(&binding->change_node);
			continue;
		}
		WRITE_ONCE(binding->why, binding->why & ~why);
		if (!spin_binding_is_to_run(binding))
			list_move_tail(&binding->change_node, &others);
	}
	err = spin_plan_insert(some);
	list_splice(&others, some);
	if (!err)
		return 0;
	list_for_each_entry(binding, some, change_node)
		WRITE_ONCE(binding->why, binding->why | why);
	return err;
}

/**
 * spin_bindings_start - a reason why bindings did not run is gone
 * @some: by @change_node; those that did not have it are taken out of the list
 * @why: SPIN_INACTIVE_*
 *
 * Each plan is edited once. Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: all
 * stay as they were.
 */
int spin_bindings_start(struct list_head *some, u32 why)
{
	struct spin_binding *binding;
	int err;

	lockdep_assert_held(&spin_mutex);
	err = allow(some, why);
	if (err)
		return err;
	list_for_each_entry(binding, some, change_node) {
		if (!binding->why)
			spin_binding_activate(binding);
		cond_resched();
	}
	return 0;
}

/**
 * spin_bindings_plan - put the bindings of an extension into plans
 * @ext: about to become active: its state says so, its set does not yet
 *
 * Their services are not told yet. Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT:
 * then none is in a plan.
 */
int spin_bindings_plan(struct spin_extension *ext)
{
	/* A new version owes what the old one did. */
	u32 owes = ext->throttled ? SPIN_INACTIVE_THROTTLED : 0;
	struct spin_binding *binding;
	LIST_HEAD(all);
	int err;

	lockdep_assert_held(&spin_mutex);
	pick_all(ext, &all);
	list_for_each_entry(binding, &all, change_node)
		WRITE_ONCE(binding->why,
			   (binding->why & ~SPIN_INACTIVE_THROTTLED) | owes);
	err = allow(&all, SPIN_INACTIVE_LOADING);
	if (!err)
		return 0;
	list_for_each_entry(binding, &ext->bindings, extension_node)
		WRITE_ONCE(binding->why,
			   binding->why & ~SPIN_INACTIVE_THROTTLED);
	return err;
}

/**
 * spin_bindings_throttle - none of an extension's bindings is to run
 * @ext: loaded
 *
 * Under spin_mutex. Raises that run may still run them.
 */
void spin_bindings_throttle(struct spin_extension *ext)
{
	LIST_HEAD(all);

	pick_all(ext, &all);
	ext->throttled = true;
	spin_bindings_stop(&all, SPIN_INACTIVE_THROTTLED);
}

/**
 * spin_bindings_unthrottle - the opposite
 * @ext: loaded
 *
 * Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: it stays throttled.
 */
int spin_bindings_unthrottle(struct spin_extension *ext)
{
	LIST_HEAD(all);
	int err;

	pick_all(ext, &all);
	err = spin_bindings_start(&all, SPIN_INACTIVE_THROTTLED);
	ext->throttled = err != 0;
	return err;
}

/* ---- a set comes ---- */

void spin_binding_release(struct spin_binding *binding)
{
	if (binding->held)
		spin_plan_hold_mark(binding->point, binding, false);
	binding->held = false;
}

/* A template of @ext for the event after @last, held; or NULL. */
static struct spin_template *next_event(struct spin_extension *ext, u64 last)
{
	struct spin_template *template, *next = NULL;

	mutex_lock(&spin_mutex);
	list_for_each_entry(template, &ext->templates, node)
		if (template->event->id > last &&
		    (!next || template->event->id < next->event->id))
			next = template;
	if (next)
		next->live++;	/* it, its event and its module stay so long */
	mutex_unlock(&spin_mutex);
	return next;
}

/*
 * Where the bindings that @ext has on @event hang, or would; it stays until
 * point_put(). Under spin_mutex. NULL: nowhere, for lack of memory.
 */
static struct spin_point *point_get(struct spin_event *event,
				    struct spin_extension *ext)
{
	struct spin_point *point;

	if (!event->ops->point)
		return &event->point;	/* held with a template of the event */
	point = event->ops->point(event, ext);
	return IS_ERR(point) ? NULL : point;
}

static void point_put(struct spin_point *point)
{
	if (!point->event->ops->put_point)
		return;
	mutex_lock(&spin_mutex);
	point->event->ops->put_point(point);
	mutex_unlock(&spin_mutex);
}

/* The caller holds the event. */
static void event_synchronize(struct spin_event *event,
			      struct spin_extension *ext)
{
	struct spin_point *point;

	mutex_lock(&spin_mutex);
	point = point_get(event, ext);
	mutex_unlock(&spin_mutex);
	if (!point)
		return;		/* nor was there one */
	spin_point_synchronize(point);
	point_put(point);
}

/**
 * spin_bindings_synchronize - wait for raises of the events of an extension
 * @ext: whose
 *
 * Process context. All that began before are over when it returns: those at the
 * points where its bindings hang, not all of its events.
 */
void spin_bindings_synchronize(struct spin_extension *ext)
{
	struct spin_template *template;
	u64 last = 0;

	synchronize_rcu();
	while ((template = next_event(ext, last))) {
		last = template->event->id;
		if (template->event->context == SPIN_CONTEXT_SLEEPABLE)
			event_synchronize(template->event, ext);
		spin_template_let_go(template);
	}
}

/**
 * spin_bindings_hold - prepare the plans that bindings are to go into
 * @ext: being committed
 *
 * Under spin_mutex. Returns true if a grace period is to be waited for before
 * spin_bindings_plan(); see spin_plan_hold_mark().
 */
bool spin_bindings_hold(struct spin_extension *ext)
{
	struct spin_binding *binding;
	bool wait = false;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(binding, &ext->bindings, extension_node) {
		if (binding->event->singly || binding->held)
			continue;
		binding->held = true;
		wait |= spin_plan_hold_mark(binding->point, binding, true);
	}
	return wait;
}

/* The bindings are in the plans, or will not be. */
void spin_bindings_release(struct spin_extension *ext)
{
	struct spin_binding *binding;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(binding, &ext->bindings, extension_node)
		spin_binding_release(binding);
}

/* ---- by its user ---- */

/**
 * spin_binding_enable - active or not
 * @id: of the binding
 * @active: whether it is to run
 *
 * When it has been made inactive, no raise runs it any more on return, but of an
 * event that is raised for one binding at a time the last may still run. Process
 * context, may sleep. Returns 0; -ENOENT; -EPERM: it is another user's; -ENOMEM,
 * -EDQUOT: it stays inactive.
 */
int spin_binding_enable(u64 id, bool active)
{
	struct spin_template *template;
	struct spin_binding *binding;
	struct spin_extension *ext;
	LIST_HEAD(one);
	int err = 0;

	mutex_lock(&spin_mutex);
	binding = xa_load(&spin_bindings, id);
	if (!binding || !binding->ext) {
		mutex_unlock(&spin_mutex);
		return -ENOENT;
	}
	if (!spin_extension_permitted(binding->ext)) {
		mutex_unlock(&spin_mutex);
		return -EPERM;
	}
	list_add(&binding->change_node, &one);
	if (active)
		err = spin_bindings_start(&one, SPIN_INACTIVE_DISABLED);
	else
		spin_bindings_stop(&one, SPIN_INACTIVE_DISABLED);
	ext = binding->ext;
	spin_extension_get(ext);
	template = binding->template;
	template->live++;	/* it, its event and its module stay so long */
	mutex_unlock(&spin_mutex);
	if (!active && template->event->context == SPIN_CONTEXT_SLEEPABLE)
		event_synchronize(template->event, ext);
	else if (!active)
		synchronize_rcu();
	spin_template_let_go(template);
	spin_extension_put(ext);
	return err;
}
