// SPDX-License-Identifier: GPL-2.0
/*
 * Events: their registration, and the points their bindings hang on.
 */
#include <linux/percpu.h>
#include "internal.h"

DEFINE_MUTEX(spin_mutex);
LIST_HEAD(spin_events);

static u64 last_event_id;

void spin_point_init(struct spin_point *point)
{
	RCU_INIT_POINTER(point->plan, NULL);
	INIT_LIST_HEAD(&point->bindings);
	point->count = 0;
	point->cost = 0;
}

/**
 * spin_event_register - define an event
 * @event: with its first part filled in, up to @type; must live until
 *	spin_event_unregister()
 *
 * The struct_ops type must have been registered by the caller. An event
 * without an authorizer takes no handlers. Process context, may sleep.
 *
 * Returns 0; -EEXIST: the name is taken; -EINVAL; -ENOMEM.
 */
int spin_event_register(struct spin_event *event)
{
	struct spin_event *other;
	int err = 0;

	if (!event->name || !event->ops || !event->type ||
	    strlen(event->name) >= SPIN_NAME_LEN)
		return -EINVAL;
	event->stats = alloc_percpu(struct spin_event_stats);
	if (!event->stats)
		return -ENOMEM;
	spin_point_init(&event->point);
	event->bindings = 0;

	mutex_lock(&spin_mutex);
	list_for_each_entry(other, &spin_events, node)
		if (!strcmp(other->name, event->name))
			err = -EEXIST;
	if (!err) {
		event->id = ++last_event_id;
		list_add_tail(&event->node, &spin_events);
	}
	mutex_unlock(&spin_mutex);

	if (err)
		free_percpu(event->stats);
	return err;
}

/**
 * spin_event_unregister - take an event away
 * @event: registered, without bindings: their templates hold the module that
 *	defines it
 */
void spin_event_unregister(struct spin_event *event)
{
	mutex_lock(&spin_mutex);
	WARN_ON_ONCE(event->bindings);
	list_del(&event->node);
	mutex_unlock(&spin_mutex);
	free_percpu(event->stats);
}
