// SPDX-License-Identifier: GPL-2.0
/*
 * Guards that were imposed on a binding, and those that are programs of another
 * extension: a procedure's exporter, who imposes them on handlers of others.
 */
#include "../dispatch/plan.h"
#include "../dispatch/point.h"
#include "authority.h"
#include "life.h"

/* The programs of guards that were imposed come on top of its own. */
u32 spin_template_cost(const struct spin_template *template,
		       const struct spin_guard *imposed)
{
	u32 cost = template->cost;

	for (; cost && imposed;
	     imposed = rcu_dereference_protected(imposed->next, true))
		cost += imposed->binding ? imposed->binding->cost : 0;
	return cost;
}

/* Would a binding be dearer, or cheaper, with these guards imposed on it? */
bool spin_binding_recosts(const struct spin_binding *binding,
			  const struct spin_guard *imposed)
{
	return spin_template_cost(binding->template, imposed) != binding->cost;
}

/**
 * spin_binding_impose_all - put other guards in the place of those imposed
 * @binding: on a procedure, whose exporter has changed
 * @imposed: the new ones, which become the binding's; NULL: none
 *
 * Under spin_mutex. Raises that run may still run the old ones, which go a grace
 * period later.
 */
void spin_binding_impose_all(struct spin_binding *binding,
			     struct spin_guard *imposed)
{
	struct spin_guard *old =
		rcu_dereference_protected(binding->imposed,
					  lockdep_is_held(&spin_mutex));
	u32 cost = spin_template_cost(binding->template, imposed);

	lockdep_assert_held(&spin_mutex);
	if (cost != binding->cost) {
		spin_binding_unplan(binding);	/* plans remember what steps cost */
		binding->cost = cost;
	}
	rcu_assign_pointer(binding->imposed, imposed);
	if (imposed) {
		/* Raises look for imposed guards only where it says so. */
		smp_store_release(&binding->steps, binding->steps | STEP_GUARDS);
		spin_plan_not_lean(binding->point, binding);
	}
	spin_guards_free(old);
}

/*
 * Take imposed programs off, but for raises that run: those find it closed. The
 * exporter whose programs they are need not wait for the binding's own end. Under
 * spin_mutex.
 */
void spin_binding_close(struct spin_binding *binding)
{
	struct spin_guard *guards =
		rcu_dereference_protected(binding->imposed,
					  lockdep_is_held(&spin_mutex));

	if (guards && binding->event->procedural)
		spin_binding_impose_all(binding, &spin_guard_closed);
}

static bool is_guarded_by(const struct spin_binding *binding,
			  const struct spin_template *template)
{
	const struct spin_guard *guard =
		rcu_dereference_protected(binding->imposed,
					  lockdep_is_held(&spin_mutex));

	for (; guard; guard = rcu_dereference_protected(guard->next, true))
		if (guard->binding && guard->binding->template == template)
			return true;
	return false;
}

/*
 * A template of an exporter's goes: handlers of others that it imposed a guard of
 * that template on do not run without the guard. Each takes it off, and with the
 * last of them the template can end.
 */
void spin_template_guarded_close(struct spin_template *template)
{
	struct spin_event *event = template->event;
	struct spin_binding *binding;
	struct list_head *list;
	LIST_HEAD(guarded);

	lockdep_assert_held(&spin_mutex);
	if (!event->procedural)
		return;
	spin_point_for_each(&event->point, binding, list)
		if (is_guarded_by(binding, template))
			list_add_tail(&binding->change_node, &guarded);
	spin_bindings_stop(&guarded, SPIN_INACTIVE_UNSERVED);
	spin_point_for_each(&event->point, binding, list) {
		cond_resched();
		if (!is_guarded_by(binding, template))
			continue;
		spin_binding_close(binding);
		spin_extension_refuse(binding->ext,
				      "handler '%s' of procedure %s is inactive: the guard '%s', which its exporter, '%s', imposed on it, was detached",
				      spin_binding_name(binding), event->name,
				      spin_template_value(template)->name,
				      template->ext->name);
	}
}

/**
 * spin_binding_new_guard - what a guard imposed by an extension runs as
 * @template: the extension's, attached, on a procedure, with a guard
 * @closure: for the guard
 *
 * It hangs on no point, and is in no list; the extension is charged for it as for
 * any binding. Under spin_mutex. The template stays until
 * spin_binding_guard_put(). Returns it; ERR_PTR: -ENOMEM, -EDQUOT.
 */
struct spin_binding *spin_binding_new_guard(struct spin_template *template,
					    u64 closure)
{
	struct spin_extension *ext = template->ext;
	struct spin_binding *binding;
	int err;

	lockdep_assert_held(&spin_mutex);
	err = spin_quota_charge(ext, SPIN_QUOTA_BINDINGS, 1);
	if (err)
		return ERR_PTR(err);
	binding = spin_binding_new(template->event, ext);
	if (IS_ERR(binding)) {
		spin_quota_uncharge(ext, SPIN_QUOTA_BINDINGS, 1);
		return binding;
	}
	binding->template = template;
	binding->guard = spin_prog_func(template->progs[SPIN_MEMBER_GUARD]);
	binding->closure = closure;
	binding->cost = template->cost;
	template->live++;
	return binding;
}

/* Nothing runs it any more. Process context, without spin_mutex. */
void spin_binding_guard_put(struct spin_binding *binding)
{
	struct spin_template *template = binding->template;

	spin_quota_uncharge(binding->ext, SPIN_QUOTA_BINDINGS, 1);
	spin_binding_put(binding);
	spin_template_let_go(template);
}
