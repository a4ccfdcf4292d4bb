// SPDX-License-Identifier: GPL-2.0
/*
 * When bindings run: which of them are in plans, the reasons why one is not, and
 * waiting for raises that run.
 */
#include <linux/slab.h>
#include "../dispatch/plan.h"
#include "../dispatch/point.h"
#include "../extension/lookup.h"
#include "life.h"

bool spin_binding_is_to_run(const struct spin_binding *binding)
{
	return binding->enabled && !binding->event->singly &&
	       !binding->unserved && !binding->unlinked &&
	       !(binding->ext && binding->ext->throttled) &&
	       (!binding->ext || binding->ext->state == SPIN_EXT_LOADED);
}

int spin_binding_plan(struct spin_binding *binding)
{
	LIST_HEAD(one);

	if (binding->planned || !spin_binding_is_to_run(binding))
		return 0;
	list_add(&binding->change_node, &one);
	return spin_plan_insert(&one);
}

void spin_binding_unplan(struct spin_binding *binding)
{
	LIST_HEAD(one);

	list_add(&binding->change_node, &one);
	spin_plan_remove(&one);
}

static void plan_with(struct spin_binding *binding, struct list_head *some)
{
	if (!binding->planned && spin_binding_is_to_run(binding))
		list_add_tail(&binding->change_node, some);
}

/**
 * spin_binding_serve - its procedure has an exporter, who lets it be
 * @binding: a handler of an importer's
 *
 * Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: it stays inactive.
 */
int spin_binding_serve(struct spin_binding *binding)
{
	int err;

	lockdep_assert_held(&spin_mutex);
	WRITE_ONCE(binding->unserved, false);
	err = spin_binding_plan(binding);
	if (err)
		WRITE_ONCE(binding->unserved, true);
	return err;
}

/* The opposite; raises that run may still run it. Under spin_mutex. */
void spin_binding_unserve(struct spin_binding *binding)
{
	lockdep_assert_held(&spin_mutex);
	WRITE_ONCE(binding->unserved, true);
	spin_binding_unplan(binding);
}

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

/**
 * spin_bindings_plan - put those bindings of an extension into plans that are to run
 * @ext: loaded, or about to become active: its state says so, its set does not yet
 *
 * Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: then none is in a plan that was
 * not before.
 */
int spin_bindings_plan(struct spin_extension *ext)
{
	struct spin_binding *binding;
	LIST_HEAD(some);

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(binding, &ext->bindings, extension_node)
		plan_with(binding, &some);
	return spin_plan_insert(&some);
}

/**
 * spin_bindings_unplan - take those out of plans that are not to run any more
 * @ext: whose bindings
 *
 * Under spin_mutex. Raises that run may still run them.
 */
void spin_bindings_unplan(struct spin_extension *ext)
{
	struct spin_binding *binding;
	LIST_HEAD(some);

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(binding, &ext->bindings, extension_node)
		if (!spin_binding_is_to_run(binding))
			list_add_tail(&binding->change_node, &some);
	spin_plan_remove(&some);
}

/**
 * spin_point_plan - put those bindings on a point into its plan that are to run
 * @point: which
 *
 * Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: then none is in it that was not
 * before.
 */
int spin_point_plan(struct spin_point *point)
{
	struct spin_binding *binding;
	struct list_head *list;
	LIST_HEAD(some);

	lockdep_assert_held(&spin_mutex);
	spin_point_for_each(point, binding, list)
		plan_with(binding, &some);
	return spin_plan_insert(&some);
}

/**
 * spin_point_unplan - take those bindings on a point out of its plan that are unserved
 * @point: of a procedure
 *
 * Under spin_mutex. Raises that run may still run them.
 */
void spin_point_unplan(struct spin_point *point)
{
	struct spin_binding *binding;
	struct list_head *list;
	LIST_HEAD(some);

	lockdep_assert_held(&spin_mutex);
	spin_point_for_each(point, binding, list)
		if (binding->unserved)
			list_add_tail(&binding->change_node, &some);
	spin_plan_remove(&some);
}

void spin_binding_activate(struct spin_binding *binding)
{
	if (binding->ext->state == SPIN_EXT_LOADED &&
	    binding->event->ops->activate)
		binding->event->ops->activate(binding);
}

/* ---- reasons not to run, besides its user's ---- */

/**
 * spin_bindings_run_again - a reason why bindings did not run is gone
 * @ext: loaded; it, or its bindings, say so already
 *
 * Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: none is left in a plan that was
 * not before.
 */
int spin_bindings_run_again(struct spin_extension *ext)
{
	struct spin_binding *binding;
	int err;

	lockdep_assert_held(&spin_mutex);
	err = spin_bindings_plan(ext);
	if (err)
		return err;
	list_for_each_entry(binding, &ext->bindings, extension_node) {
		if (!binding->unlinked)
			spin_binding_activate(binding);	/* a thread may wait for it */
		cond_resched();
	}
	return 0;
}

/**
 * spin_bindings_throttle - none of an extension's bindings is to run
 * @ext: loaded
 *
 * Under spin_mutex. Raises that run may still run them.
 */
void spin_bindings_throttle(struct spin_extension *ext)
{
	lockdep_assert_held(&spin_mutex);
	WRITE_ONCE(ext->throttled, true);
	spin_bindings_unplan(ext);
}

/**
 * spin_bindings_unthrottle - the opposite
 * @ext: loaded
 *
 * Under spin_mutex. Returns 0; -ENOMEM, -EDQUOT: it stays throttled.
 */
int spin_bindings_unthrottle(struct spin_extension *ext)
{
	int err;

	lockdep_assert_held(&spin_mutex);
	WRITE_ONCE(ext->throttled, false);
	err = spin_bindings_run_again(ext);
	if (err)
		WRITE_ONCE(ext->throttled, true);
	return err;
}

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
	WRITE_ONCE(binding->enabled, active);
	if (active)
		err = spin_binding_plan(binding);
	else
		spin_binding_unplan(binding);
	if (err)
		WRITE_ONCE(binding->enabled, false);
	else if (active)
		spin_binding_activate(binding);	/* a thread may wait for it */
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
