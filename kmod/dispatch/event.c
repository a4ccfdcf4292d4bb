// SPDX-License-Identifier: GPL-2.0
/* Events: the list of them. How they get into it is in binding/register.c. */
#include <linux/module.h>
#include <linux/percpu.h>
#include "event.h"
#include "plan.h"
#include "point.h"
#include "settle.h"

LIST_HEAD(spin_events);

static u64 last_event_id;

/* All but its place among the events. */
int spin_event_start(struct spin_event *event, struct module *owner)
{
	int err;

	event->stats = alloc_percpu(struct spin_event_stats);
	if (!event->stats)
		return -ENOMEM;
	/* Only sleepable events have sections of it. */
	err = event->context == SPIN_CONTEXT_SLEEPABLE ?
	      init_srcu_struct(&event->srcu) : 0;
	if (err) {
		free_percpu(event->stats);
		return err;
	}
	spin_point_init(&event->point, event);
	event->bindings = 0;
	event->planned = 0;
	event->owner = owner;
	event->found = NULL;
	event->patched = spin_program_none;
	jump_label_rate_limit((struct static_key_deferred *)&event->handled, HZ);
	return 0;
}

/* Nothing uses it any more. */
void spin_event_free(struct spin_event *event)
{
	if (event->context == SPIN_CONTEXT_SLEEPABLE) {
		srcu_barrier(&event->srcu);
		cleanup_srcu_struct(&event->srcu);
	}
	free_percpu(event->stats);
}

/* The opposite, of an event that was never in the list. */
void spin_event_abandon(struct spin_event *event)
{
	spin_point_exit(&event->point);
	spin_event_free(event);
}

void spin_event_enlist(struct spin_event *event)
{
	lockdep_assert_held(&spin_mutex);
	event->id = ++last_event_id;
	list_add_tail(&event->node, &spin_events);
}

/* Out of the list; it may be in use until a grace period has passed. */
void spin_event_delist(struct spin_event *event)
{
	mutex_lock(&spin_mutex);
	WARN_ON_ONCE(event->bindings);
	list_del(&event->node);
	if (event->planned)	/* no handler, no original: counted as handled */
		spin_plan_hold_handled(event, false);
	WARN_ON_ONCE(event->planned);
	spin_direct_end(event);
	mutex_unlock(&spin_mutex);
	spin_point_exit(&event->point);
	__static_key_deferred_flush(&event->handled.key.key,
				    &event->handled.work);
}

/**
 * spin_event_for_each_binding - look at what is installed (SPIN: GetHandlers)
 * @event: the caller is its authority
 * @fn: called for each binding on the event's own point, in order, under
 *	spin_mutex; not 0 ends it
 * @arg: its second argument
 *
 * Process context, may sleep. Returns 0, or what @fn returned.
 */
int spin_event_for_each_binding(struct spin_event *event,
				int (*fn)(struct spin_binding *binding,
					  void *arg), void *arg)
{
	struct spin_binding *binding;
	struct list_head *list;
	int result = 0;

	mutex_lock(&spin_mutex);
	spin_point_for_each(&event->point, binding, list) {
		result = fn(binding, arg);
		if (result)
			goto out;
	}
out:
	mutex_unlock(&spin_mutex);
	return result;
}
EXPORT_SYMBOL_GPL(spin_event_for_each_binding);

/* Instructions that a program for the event may take, if it cannot sleep. */
u32 spin_event_cost_max(const struct spin_event *event)
{
	u32 most = event->context == SPIN_CONTEXT_IRQS_OFF ? SPIN_COST_MAX_IRQS :
							     SPIN_COST_MAX;

	return event->cost_max ? min(event->cost_max, most) : most;
}

/* Does some event belong to the module with this BTF? */
bool spin_event_btf_known(const struct btf *btf)
{
	struct spin_event *event;
	bool known = false;

	mutex_lock(&spin_mutex);
	list_for_each_entry(event, &spin_events, node)
		if (event->btf == btf)
			known = true;
	mutex_unlock(&spin_mutex);
	return known;
}

/* How many other modules define events: each holds a reference to this one. */
u32 spin_event_modules(void)
{
	struct spin_event *event, *other;
	u32 count = 0;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(event, &spin_events, node) {
		if (event->owner == THIS_MODULE)
			continue;
		/* Once for each module: at its first event. */
		list_for_each_entry(other, &spin_events, node)
			if (other->owner == event->owner)
				break;
		count += other == event;
	}
	return count;
}
