// SPDX-License-Identifier: GPL-2.0
/* Events are registered, and their own handlers with them, which are bindings. */
#include <linux/module.h>
#include "../dispatch/event.h"
#include "../dispatch/plan.h"
#include "binding.h"

static bool field_valid(const struct spin_key *field, u32 ctx_size)
{
	return field->name && strlen(field->name) < SPIN_KEY_LEN &&
	       is_power_of_2(field->size) && field->size <= sizeof(u64) &&
	       IS_ALIGNED(field->offset, field->size) &&
	       field->offset + field->size <= ctx_size;
}

static bool fields_valid(const struct spin_key *fields, u32 count, u32 ctx_size)
{
	u32 i;

	if (count > SPIN_KEYS_MAX || (count && !fields))
		return false;
	for (i = 0; i < count; i++)
		if (!field_valid(&fields[i], ctx_size))
			return false;
	return true;
}

/* What a refused raise comes to is a result; and only atomic raises are told apart. */
static bool refused_valid(const struct spin_event *event)
{
	return (!event->refused_result ||
		(event->refused_result >= event->result_min &&
		 event->refused_result <= event->result_max)) &&
	       !(event->once && event->context == SPIN_CONTEXT_SLEEPABLE);
}

static bool event_valid(const struct spin_event *event)
{
	const u32 flags = SPIN_EVENT_SEALED | SPIN_EVENT_NEEDS_RESULT |
			  SPIN_EVENT_PERIODIC;

	return event->name && event->interface && event->ops && event->type &&
	       strlen(event->name) < SPIN_EVENT_LEN &&
	       strlen(event->interface) < SPIN_NAME_LEN &&
	       strlen(event->type) < SPIN_EVENT_LEN &&
	       event->context >= SPIN_CONTEXT_IRQS_OFF &&
	       event->context <= SPIN_CONTEXT_SLEEPABLE &&
	       !(event->flags & ~flags) &&
	       event->fold <= SPIN_FOLD_CUSTOM &&
	       (event->fold != SPIN_FOLD_CUSTOM || event->ops->fold) &&
	       event->result_min <= event->result_max && refused_valid(event) &&
	       event->ctx_size >= sizeof(struct spin_ctx) &&
	       event->ctx_size <= SPIN_CONTEXT_MAX &&
	       !(event->singly && event->reference_count) &&
	       fields_valid(event->keys, event->key_count, event->ctx_size) &&
	       fields_valid(event->references, event->reference_count,
			    event->ctx_size);
}

static bool name_taken(const char *name)
{
	struct spin_event *other;

	list_for_each_entry(other, &spin_events, node)
		if (!other->procedural && !strcmp(other->name, name))
			return true;
	return false;
}

/**
 * spin_event_register - define an event
 * @event: with its first part filled in, up to @call; must live until
 *	spin_event_unregister()
 * @owner: the module that defines it
 *
 * Its struct_ops type must have been registered by the caller. An event without
 * an authorizer takes no handlers. Process context, may sleep.
 *
 * Returns 0; -EEXIST: the name is taken; -EINVAL: something does not fit;
 * -ENOMEM.
 */
int spin_event_register(struct spin_event *event, struct module *owner)
{
	int err;

	if (!event_valid(event))
		return -EINVAL;
	err = spin_event_start(event, owner);
	if (err)
		return err;

	mutex_lock(&spin_mutex);
	if (name_taken(event->name))
		err = -EEXIST;
	else if (event->ops->intrinsic)
		err = spin_intrinsic_install(event);
	if (!err)
		spin_event_enlist(event);
	mutex_unlock(&spin_mutex);
	if (err)
		spin_event_abandon(event);
	return err;
}

/**
 * spin_event_unregister - take an event away
 * @event: registered, without bindings: their templates hold the module that
 *	defines it. Nothing raises it any more
 *
 * Process context, may sleep.
 */
void spin_event_unregister(struct spin_event *event)
{
	if (event->ops->intrinsic && spin_event_deregister_intrinsic(event))
		pr_debug("%s was without its intrinsic handler\n", event->name);
	spin_event_delist(event);
	spin_point_synchronize(&event->point);
	spin_event_free(event);
}

/**
 * spin_event_deregister_intrinsic - take an event's own handler away
 * @event: the caller is its authority
 *
 * SPIN's way to replace an implementation. When it returns, the handler does not
 * run any more. Process context, may sleep; not from a handler.
 *
 * Returns 0; -ENOENT: it has none, or it is taken away already.
 */
int spin_event_deregister_intrinsic(struct spin_event *event)
{
	return spin_intrinsic_remove(event);
}
EXPORT_SYMBOL_GPL(spin_event_deregister_intrinsic);

/**
 * spin_event_register_intrinsic - put an event's own handler back
 * @event: the caller is its authority
 *
 * It gets its place behind the bindings that said First.
 * Process context, may sleep.
 *
 * Returns 0; -ENOENT: it has none; -EEXIST: it is there; -ENOMEM; -EDQUOT.
 */
int spin_event_register_intrinsic(struct spin_event *event)
{
	int err;

	if (!event->ops->intrinsic)
		return -ENOENT;
	mutex_lock(&spin_mutex);
	err = event->point.intrinsic ? -EEXIST : spin_intrinsic_install(event);
	if (!err)
		spin_plan_hold_handled(event, false);
	mutex_unlock(&spin_mutex);
	return err;
}
EXPORT_SYMBOL_GPL(spin_event_register_intrinsic);
