// SPDX-License-Identifier: GPL-2.0
/*
 * Authority: who may handle an event, and under which conditions, is for the
 * module that defines it to say. Nobody may unless it says so.
 */
#include <linux/llist.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "../dispatch/plan.h"
#include "../dispatch/trace.h"
#include "../name/interface.h"
#include "authority.h"
#include "binding.h"

static const char *authority_of(const struct spin_event *event)
{
	return event->owner ? event->owner->name : "the kernel";
}

/**
 * spin_request_refuse - say why an authorizer says no
 * @request: what was asked
 * @err: the errno to refuse with
 * @fmt: the reason, part of a sentence
 *
 * Process context. Returns @err.
 */
int spin_request_refuse(struct spin_request *request, int err,
			const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	spin_extension_refuse(request->ext,
			      "event %s: its authority, %s, refuses '%s': %pV",
			      request->event->name, authority_of(request->event),
			      request->template, &vaf);
	va_end(args);
	return err;
}
EXPORT_SYMBOL_GPL(spin_request_refuse);

/* SPIN: AuthAlways, AuthNever. */
int spin_authorize_always(struct spin_request *request)
{
	return 0;
}
EXPORT_SYMBOL_GPL(spin_authorize_always);

int spin_authorize_never(struct spin_request *request)
{
	return spin_request_refuse(request, -EACCES, "nobody may handle it");
}
EXPORT_SYMBOL_GPL(spin_authorize_never);

static bool flags_valid(struct spin_request *request)
{
	const u32 known = SPIN_BIND_CANCEL | SPIN_BIND_FILTER |
			  SPIN_BIND_INACTIVE;

	if (request->flags & ~known) {
		spin_extension_refuse(request->ext,
				      "'%s': its flags must be of SPIN_BIND_CANCEL, _FILTER and _INACTIVE",
				      request->template);
		return false;
	}
	if (request->flags & SPIN_BIND_FILTER &&
	    !request->event->reference_count) {
		spin_extension_refuse(request->ext,
				      "'%s': event %s has no by-reference arguments, so there is nothing to filter",
				      request->template, request->event->name);
		return false;
	}
	return true;
}

static bool match_valid(struct spin_request *request)
{
	const struct spin_event *event = request->event;
	const struct spin_match *match = request->match;
	u32 i;

	if (!match)
		return true;
	if (match->reserved || match->fields >> event->key_count) {
		spin_extension_refuse(request->ext,
				      "'%s': its match names key fields that event %s does not have (it has %u)",
				      request->template, event->name,
				      event->key_count);
		return false;
	}
	for (i = 0; i < event->key_count; i++) {
		const struct spin_key *key = &event->keys[i];

		if (match->fields & BIT(i) && key->size < sizeof(u64) &&
		    match->value[i] >> (8 * key->size)) {
			spin_extension_refuse(request->ext,
					      "'%s': %llu is no value of key field %s, which has %u bytes",
					      request->template, match->value[i],
					      key->name, key->size);
			return false;
		}
	}
	return true;
}

static int linked(struct spin_request *request)
{
	struct spin_event *event = request->event;
	struct spin_interface *interface;

	if (event->procedural)	/* the template was resolved by what it imports */
		return 0;
	interface = event->found ?: spin_interface_find(event->interface);
	event->found = interface;
	if (interface && spin_extension_imports(request->ext, interface))
		return 0;
	spin_extension_refuse(request->ext,
			      "event %s belongs to interface %s, which the extension does not import; add SPIN_IMPORT(%s)",
			      event->name, event->interface, event->interface);
	return -EACCES;
}

/**
 * spin_authority_ask - may this be done?
 * @request: filled in, but for what the authorizer says
 *
 * Under spin_mutex, process context. Guards that were imposed are freed on
 * failure.
 *
 * Returns 0, or a negative errno with the reason in the verdict.
 */
int spin_authority_ask(struct spin_request *request)
{
	const struct spin_event *event = request->event;
	int err;

	lockdep_assert_held(&spin_mutex);
	if (event->flags & SPIN_EVENT_SEALED)
		return spin_request_refuse(request, -EACCES,
					   "it is never extensible");
	err = linked(request);
	if (err)
		return err;
	if (!event->ops->authorize)
		return spin_request_refuse(request, -EACCES,
					   "it takes no handlers: it has no authorizer");
	if (request->order > SPIN_ORDER_AFTER) {
		spin_extension_refuse(request->ext,
				      "'%s': its order must be SPIN_ORDER_NONE, _FIRST, _LAST, _BEFORE or _AFTER",
				      request->template);
		return -EINVAL;
	}
	if (!flags_valid(request) || !match_valid(request))
		return -EINVAL;
	err = event->ops->authorize(request);
	if (err) {
		spin_guards_free(request->imposed);
		request->imposed = NULL;
	}
	return err;
}

/* ---- imposed guards ---- */

static struct spin_guard *guard_new(spin_guard_fn fn, u64 closure)
{
	struct spin_guard *guard = kmalloc(sizeof(*guard), GFP_KERNEL_ACCOUNT);

	if (guard) {
		guard->fn = fn;
		guard->closure = closure;
		guard->binding = NULL;
	}
	return guard;
}

/**
 * spin_request_impose - guard a binding that is being made
 * @request: asked by the authorizer's caller, to install
 * @fn: the guard: in the event's context; must not change anything
 * @closure: its second argument
 *
 * The guards run in the reverse of the order in which they were imposed, all
 * before the binding's own.
 *
 * Process context. Returns 0 or -ENOMEM.
 */
int spin_request_impose(struct spin_request *request, spin_guard_fn fn,
			u64 closure)
{
	struct spin_guard *guard;

	/* Asked when attaching, too: there is nothing to guard yet. */
	if (request->operation != SPIN_OP_INSTALL)
		return 0;
	guard = guard_new(fn, closure);
	if (!guard)
		return -ENOMEM;
	RCU_INIT_POINTER(guard->next, request->imposed);
	request->imposed = guard;
	return 0;
}
EXPORT_SYMBOL_GPL(spin_request_impose);

static bool refuse_all(struct spin_raise *raise, u64 closure)
{
	return false;
}

/*
 * In the place of guards of an exporter's that were taken off: raises that came
 * with an older plan are not to find the handler unguarded.
 */
struct spin_guard spin_guard_closed = {
	.fn = refuse_all,
};

static LLIST_HEAD(taken_off);	/* guards that are programs */

/* Many at a time: they wait for one grace period together. */
static void taken_off_free(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&taken_off);
	struct spin_guard *guard, *next;

	synchronize_rcu();
	llist_for_each_entry_safe(guard, next, list, taken_off) {
		spin_binding_guard_put(guard->binding);
		kfree(guard);
		cond_resched();
	}
}

static DECLARE_WORK(taken_off_work, taken_off_free);

/**
 * spin_request_impose_program - a procedure's exporter guards a binding of others
 * @request: asked to install
 * @template: the exporter's, with the guard
 * @closure: for the guard
 *
 * Under spin_mutex. Returns 0; -ENOMEM; -EDQUOT, with a sentence in the exporter's
 * verdict.
 */
int spin_request_impose_program(struct spin_request *request,
				struct spin_template *template, u64 closure)
{
	struct spin_guard *guard = guard_new(NULL, closure);

	lockdep_assert_held(&spin_mutex);
	if (!guard)
		return -ENOMEM;
	guard->binding = spin_binding_new_guard(template, closure);
	if (IS_ERR(guard->binding)) {
		int err = PTR_ERR(guard->binding);

		kfree(guard);
		return err;
	}
	RCU_INIT_POINTER(guard->next, request->imposed);
	request->imposed = guard;
	return 0;
}

/*
 * Nothing runs them any more; of those that are programs a raise may, so they go
 * a grace period later.
 */
void spin_guards_free(struct spin_guard *guards)
{
	struct spin_guard *next;

	for (; guards; guards = next) {
		next = rcu_dereference_protected(guards->next, true);
		if (guards == &spin_guard_closed)
			continue;
		if (!guards->binding)
			kfree(guards);
		else if (llist_add(&guards->taken_off, &taken_off))
			queue_work(spin_workqueue, &taken_off_work);
	}
}

static struct spin_binding *find(struct spin_event *event, u64 id)
{
	struct spin_binding *binding = xa_load(&spin_bindings, id);

	lockdep_assert_held(&spin_mutex);
	return binding && binding->ext && binding->event == event ? binding :
								   NULL;
}

/**
 * spin_binding_impose - guard a binding that is there
 * @event: the caller is its authority
 * @binding_id: of a binding of the event
 * @fn: the guard
 * @closure: its second argument
 *
 * Raises that begin when it has returned run the guard. Process context.
 * Returns 0; -ENOENT: the event has no such binding; -ENOMEM.
 */
int spin_binding_impose(struct spin_event *event, u64 binding_id,
			spin_guard_fn fn, u64 closure)
{
	struct spin_binding *binding;
	struct spin_guard *guard = guard_new(fn, closure);

	if (!guard)
		return -ENOMEM;
	mutex_lock(&spin_mutex);
	binding = find(event, binding_id);
	if (binding) {
		rcu_assign_pointer(guard->next,
				   rcu_dereference_protected(binding->imposed,
						lockdep_is_held(&spin_mutex)));
		rcu_assign_pointer(binding->imposed, guard);
		/* Raises look for imposed guards only where it says so. */
		smp_store_release(&binding->steps, binding->steps | STEP_GUARDS);
		spin_plan_not_lean(binding->point, binding);
	}
	mutex_unlock(&spin_mutex);
	if (!binding) {
		kfree(guard);
		return -ENOENT;
	}
	/* Until then raises may not look for it. */
	synchronize_rcu();
	return 0;
}
EXPORT_SYMBOL_GPL(spin_binding_impose);

/**
 * spin_binding_unimpose - take an imposed guard off
 * @event: the caller is its authority
 * @binding_id: of a binding of the event
 * @fn: the guard
 * @closure: it was imposed with
 *
 * Process context. Returns 0; -ENOENT: no such binding, or no such guard on it.
 */
int spin_binding_unimpose(struct spin_event *event, u64 binding_id,
			  spin_guard_fn fn, u64 closure)
{
	struct spin_guard *guard = NULL;
	struct spin_guard __rcu **at;
	struct spin_binding *binding;

	mutex_lock(&spin_mutex);
	binding = find(event, binding_id);
	for (at = binding ? &binding->imposed : NULL; at; at = &guard->next) {
		guard = rcu_dereference_protected(*at,
						  lockdep_is_held(&spin_mutex));
		if (!guard || (guard->fn == fn && guard->closure == closure))
			break;
	}
	if (guard)
		rcu_assign_pointer(*at, rcu_dereference_protected(guard->next,
						lockdep_is_held(&spin_mutex)));
	mutex_unlock(&spin_mutex);
	if (!guard)
		return -ENOENT;
	kfree_rcu(guard, rcu);
	return 0;
}
EXPORT_SYMBOL_GPL(spin_binding_unimpose);
