// SPDX-License-Identifier: GPL-2.0
/*
 * Making bindings, from templates, when an extension is loaded or at run time;
 * and the event's own handler, which has no template.
 */
#include <linux/slab.h>
#include "../dispatch/event.h"
#include "../dispatch/plan.h"
#include "../dispatch/point.h"
#include "../dispatch/trace.h"
#include "authority.h"
#include "life.h"

static u64 last_binding_id;	/* spin_mutex */

static u32 steps_of(const struct spin_binding *binding)
{
	u32 steps = 0;

	if (rcu_access_pointer(binding->imposed) ||
	    spin_binding_prog(binding, SPIN_MEMBER_GUARD2) ||
	    spin_binding_prog(binding, SPIN_MEMBER_GUARD3))
		steps |= STEP_GUARDS;
	if (spin_binding_prog(binding, SPIN_MEMBER_POST))
		steps |= STEP_POST;
	if (binding->flags & SPIN_BIND_CANCEL)
		steps |= STEP_CANCEL;
	if (binding->flags & SPIN_BIND_FILTER)
		steps |= STEP_FILTER;
	return steps;
}

static struct spin_request request_of(struct spin_extension *ext,
				      struct spin_template *template,
				      const struct spin_install *args)
{
	return (struct spin_request){
		.operation = SPIN_OP_INSTALL,
		.event = template->event,
		.ext = ext,
		.cred = ext->cred,
		.template = spin_template_value(template)->name,
		.key = args->key,
		.order = args->order,
		.flags = args->flags,
		.match = &args->match,
		.closure = args->closure,
		.period_us = spin_template_value(template)->period_us,
		.cost = template->cost,
		.cost_max = spin_event_cost_max(template->event),
	};
}

/* The values that its match names: most of them name none, or one. */
static int keys_fill(struct spin_binding *binding, const struct spin_match *match)
{
	unsigned long fields = match->fields;
	u32 i, count = hweight32(match->fields);
	u64 *key = &binding->key;
	int err;

	if (!count)
		return 0;
	err = spin_quota_charge(binding->ext, SPIN_QUOTA_MEMORY,
				spin_binding_keys_memory(match->fields));
	if (err)
		return err;
	if (count > 1) {
		key = kcalloc(count, sizeof(*key), GFP_KERNEL_ACCOUNT);
		binding->keys = key;
	}
	binding->fields = match->fields;
	if (!key)
		return -ENOMEM;
	for_each_set_bit(i, &fields, SPIN_KEYS_MAX)
		*key++ = match->value[i];
	return 0;
}

static int binding_fill(struct spin_binding *binding,
			struct spin_template *template,
			const struct spin_install *args,
			const struct spin_request *request)
{
	struct spin_event *event = binding->event;
	struct bpf_prog *guard = template->progs[SPIN_MEMBER_GUARD];
	int err;

	binding->template = template;
	binding->guard = spin_prog_func(guard);
	binding->handler = spin_prog_func(template->progs[SPIN_MEMBER_HANDLER]);
	binding->closure = args->closure;
	binding->cost = spin_template_cost(template, request->imposed);
	binding->order = request->order;
	binding->flags = request->flags;
	if (request->flags & SPIN_BIND_INACTIVE)
		binding->why |= SPIN_INACTIVE_DISABLED;
	RCU_INIT_POINTER(binding->imposed, request->imposed);
	binding->steps = steps_of(binding);
	err = keys_fill(binding, &args->match);
	if (err)
		return err;
	binding->point = event->ops->point ?
			 event->ops->point(event, binding->ext) : &event->point;
	return PTR_ERR_OR_ZERO(binding->point);
}

static int room_check(struct spin_extension *ext,
		      const struct spin_template *template)
{
	const struct spin_event *event = template->event;

	if (bitmap_intersects(template->uses, ext->unresolved,
			      SPIN_INTERFACES_MAX)) {
		spin_extension_refuse(ext, "template '%s' uses an interface that was unresolved from extension '%s'; resolve it first: spinctl domain resolve %s INTERFACE",
				      spin_template_value(template)->name,
				      ext->name, ext->name);
		return -EACCES;
	}
	if (!template->progs[SPIN_MEMBER_HANDLER]) {
		spin_extension_refuse(ext, "template '%s' has no handler: it is there for its guard to be imposed",
				      spin_template_value(template)->name);
		return -EINVAL;
	}
	if (event->bindings_max && event->bindings >= event->bindings_max) {
		spin_extension_refuse(ext, "event %s takes %u bindings, and has so many",
				      event->name, event->bindings_max);
		return -EDQUOT;
	}
	return 0;
}

/* After it nothing can fail but the service, which undoes what it did. */
static int binding_prepare(struct spin_binding *binding,
			   const struct spin_install *args, u32 reserve,
			   struct spin_binding **relative)
{
	struct spin_event *event = binding->event;
	int err;

	err = spin_binding_place_check(binding, args->relative, reserve,
				       relative);
	if (err)
		goto err_point;
	binding->id = ++last_binding_id;
	err = xa_reserve(&spin_bindings, binding->id, GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_point;
	err = event->ops->bind ? event->ops->bind(binding) : 0;
	if (err)
		xa_release(&spin_bindings, binding->id);
	return err;

err_point:
	if (event->ops->put_point)
		event->ops->put_point(binding->point);
	return err;
}

/* Asks, makes, and puts it in its place. Nothing runs it yet. */
static struct spin_binding *binding_make(struct spin_extension *ext,
					 struct spin_template *template,
					 const struct spin_install *args)
{
	struct spin_request request = request_of(ext, template, args);
	struct spin_binding *binding, *relative = NULL;
	int err;

	err = room_check(ext, template);
	if (!err)
		err = spin_authority_ask(&request);
	if (err)
		return ERR_PTR(err);
	binding = spin_binding_new(template->event, ext);
	if (IS_ERR(binding)) {
		spin_guards_free(request.imposed);
		return binding;
	}
	err = binding_fill(binding, template, args, &request);
	if (!err)
		err = binding_prepare(binding, args, request.reserve,
				      &relative);
	if (err) {
		spin_binding_put(binding);
		return ERR_PTR(err);
	}
	spin_binding_place(binding, relative, request.reserve);
	xa_store(&spin_bindings, binding->id, binding, 0);	/* reserved */
	return binding;
}

static void binding_link(struct spin_binding *binding)
{
	struct spin_template *template = binding->template;
	struct spin_extension *ext = binding->ext;

	list_add_tail(&binding->extension_node, &ext->bindings);
	ext->binding_count++;
	list_add_tail(&binding->template_node, &template->bindings);
	template->live++;
	binding->event->bindings++;
}

static void made_undo(u64 first)
{
	struct spin_binding *binding;
	unsigned long id;

	xa_for_each_start(&spin_bindings, id, binding, first) {
		spin_quota_force(binding->ext, SPIN_QUOTA_QUEUE, 1);
		spin_binding_unlink_reaped(binding);
	}
}

/*
 * Room for @count more. What is left of them if they are not made after all goes
 * into the queue by force; so none are made while there is more in it than may be.
 * (One that is just full, or of no length, refuses removals only.)
 */
static int charge(struct spin_extension *ext, u32 count)
{
	int err = spin_quota_charge(ext, SPIN_QUOTA_QUEUE, 0);

	return err ?: spin_quota_charge(ext, SPIN_QUOTA_BINDINGS, count);
}

/* Let raises run bindings that were made, by @change_node, if it is their time. */
static int bring_in(struct list_head *made)
{
	struct spin_binding *binding, *next;
	LIST_HEAD(later);
	int err;

	list_for_each_entry_safe(binding, next, made, change_node)
		if (!spin_binding_is_to_run(binding))
			list_move_tail(&binding->change_node, &later);
	err = spin_plan_insert(made);
	list_splice(&later, made);
	list_for_each_entry(binding, made, change_node) {
		if (err)
			break;
		spin_binding_activate(binding);
		cond_resched();
	}
	return err;
}

/**
 * spin_binding_install - make bindings
 * @ext: whose; loaded or being loaded
 * @template: attached to it
 * @args: how
 * @count: how many alike
 * @at_load: made by the load, and to go with the extension only
 *
 * Under spin_mutex, process context. In a loaded extension they are active at
 * once, in one that is being loaded with its commit. All or none.
 *
 * Returns the id of the first, the others follow it; or a negative errno with
 * the reason in the verdict.
 */
s64 spin_binding_install(struct spin_extension *ext,
			 struct spin_template *template,
			 const struct spin_install *args, u32 count,
			 bool at_load)
{
	u64 first = last_binding_id + 1;
	struct spin_binding *binding;
	LIST_HEAD(made);
	u32 i;
	int err;

	lockdep_assert_held(&spin_mutex);
	err = charge(ext, count);
	if (err)
		return err;
	for (i = 0; i < count; i++) {
		if (fatal_signal_pending(current)) {
			err = -EINTR;
			break;
		}
		binding = binding_make(ext, template, args);
		if (IS_ERR(binding)) {
			err = PTR_ERR(binding);
			break;
		}
		binding->at_load = at_load;
		binding_link(binding);
		list_add_tail(&binding->change_node, &made);
		trace_spin_install(binding);
		cond_resched();
	}
	if (err)	/* those made are charged for until they are unlinked */
		spin_quota_uncharge(ext, SPIN_QUOTA_BINDINGS, count - i);
	/* None runs before all are there. */
	if (!err)
		err = bring_in(&made);
	if (err) {
		made_undo(first);
		return err;
	}
	return first;
}

/* ---- the event's own handler ---- */

static unsigned int intrinsic_run(const void *args)
{
	struct spin_ctx *ctx = (void *)*(const unsigned long *)args;
	struct spin_raise *raise = spin_raise_of(ctx);

	return raise->event->ops->intrinsic(raise);
}

int spin_intrinsic_install(struct spin_event *event)
{
	struct spin_binding *binding = spin_binding_new(event, NULL);
	LIST_HEAD(one);
	int err;

	lockdep_assert_held(&spin_mutex);
	if (IS_ERR(binding))
		return PTR_ERR(binding);
	binding->handler = intrinsic_run;
	binding->point = &event->point;
	binding->id = ++last_binding_id;
	err = xa_reserve(&spin_bindings, binding->id, GFP_KERNEL);
	if (err)
		goto err_binding;
	spin_point_insert_original(&event->point, binding);
	if (spin_binding_is_to_run(binding))
		list_add(&binding->change_node, &one);
	err = spin_plan_insert(&one);
	if (err)
		goto err_placed;
	xa_store(&spin_bindings, binding->id, binding, 0);	/* reserved */
	event->point.intrinsic = binding;
	return 0;

err_placed:
	spin_point_delete(&event->point, binding);
	xa_release(&spin_bindings, binding->id);
err_binding:
	spin_binding_put(binding);
	return err;
}

int spin_intrinsic_remove(struct spin_event *event)
{
	struct spin_binding *binding;

	mutex_lock(&spin_mutex);
	binding = event->point.intrinsic;
	if (binding) {
		/* From now on a raise is not the call of the original. */
		spin_plan_hold_handled(event, true);
		event->point.intrinsic = NULL;
		spin_binding_unplan(binding);
		spin_point_delete(&event->point, binding);
		xa_erase(&spin_bindings, binding->id);
	}
	mutex_unlock(&spin_mutex);
	if (!binding)
		return -ENOENT;
	spin_point_synchronize(&event->point);
	if (event->point.srcu)	/* kernel functions look ids up under RCU */
		synchronize_rcu();
	spin_binding_put(binding);
	return 0;
}
