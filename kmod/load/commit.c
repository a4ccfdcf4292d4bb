// SPDX-License-Identifier: GPL-2.0
/*
 * An extension is committed as a whole: at one instant all its bindings become
 * active, and, if it is the next version of another, that one's are not any more.
 */
#include <linux/bpf.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>
#include "../binding/binding.h"
#include "../capability/pointer.h"
#include "../dispatch/record.h"
#include "../dispatch/settle.h"
#include "../name/domain.h"
#include "../procedure/procedure.h"
#include "../program/template.h"
#include "load.h"

/* The reserved ends that the old version held go to the new one. */
static void inherit_ends(struct spin_extension *ext, struct spin_extension *old)
{
	struct spin_binding *binding, *holder;
	u32 i;

	list_for_each_entry(binding, &ext->bindings, extension_node) {
		for (i = 0; i < 2; i++) {
			holder = binding->point->reserved[i];
			if (holder && holder->ext == old &&
			    !strcmp(spin_binding_name(holder),
				    spin_binding_name(binding)))
				binding->point->reserved[i] = binding;
		}
	}
}

/*
 * At one instant the bindings of @ext become active, and those of the version
 * it replaces are not any more. Until then raises pass over the ones, and from
 * then on over the others, by the epoch they sampled.
 */
static int switch_over(struct spin_extension *ext, struct spin_extension *old)
{
	int err;

	/* Asked before, but it may have got callers since. */
	err = spin_procedures_keep(ext);
	if (err)
		return err;
	ext->state = SPIN_EXT_LOADED;
	ext->throttled = old && old->throttled;
	err = spin_bindings_plan(ext);
	if (err) {
		ext->state = SPIN_EXT_LOADING;
		ext->throttled = false;
		return err;
	}
	if (old) {
		inherit_ends(ext, old);
		spin_quota_take_over(ext, old);
		ext->domain->rights = old->domain->rights;
		old->state = SPIN_EXT_DYING;
		spin_unsettle(old);
		spin_settled_forget(old);
	}
	if (old)
		spin_procedures_restrict(ext, old);
	spin_epoch_advance(&ext->set, old ? &old->set : NULL);
	spin_procedures_open(ext, old);
	spin_settle_later(ext);
	if (ext->quota.limit[SPIN_QUOTA_CPU] != SPIN_QUOTA_NONE || ext->throttled)
		spin_share_changed();
	return 0;
}

static int activate(struct spin_extension *ext, struct spin_extension **replaced)
{
	struct spin_template *template;
	struct spin_binding *binding;
	struct pid *entered;
	u32 map_refs;
	int err;

	mutex_lock(&spin_mutex);
	/* Its bindings may change while the mutex is not held: look again. */
	while (spin_bindings_hold(ext)) {
		mutex_unlock(&spin_mutex);
		spin_bindings_synchronize(ext);
		mutex_lock(&spin_mutex);
	}
	err = spin_pointer_module_refs(ext, &map_refs);
	if (!err)
		err = switch_over(ext, ext->replaces);
	spin_bindings_release(ext);
	if (err) {
		mutex_unlock(&spin_mutex);
		return err;
	}
	*replaced = ext->replaces;
	ext->replaces = NULL;
	ext->loaded_at_ns = ktime_get_boottime_ns();
	entered = ext->entered;
	ext->entered = NULL;
	ext->module_refs = map_refs;
	list_for_each_entry(template, &ext->templates, node)
		ext->module_refs += spin_template_module_refs(template);
	list_for_each_entry(binding, &ext->bindings, extension_node)
		if (binding->event->ops->activate)
			binding->event->ops->activate(binding);
	mutex_unlock(&spin_mutex);
	put_pid(entered);
	return 0;
}

/* No template comes or goes meanwhile, but for links that others detach. */
static int commit(struct spin_extension *ext, struct spin_extension **replaced)
{
	int err;

	if (!READ_ONCE(ext->template_count)) {
		spin_extension_refuse(ext, "it binds no handler to any event");
		return -EINVAL;
	}
	err = spin_procedures_check(ext);
	if (!err)
		err = spin_quota_charge_maps(ext);
	if (!err)
		err = spin_initialize_run(ext);
	/* A loop that was cut short is no proof of anything. */
	if (!err && fatal_signal_pending(current))
		err = -EINTR;
	return err ?: activate(ext, replaced);
}

/**
 * spin_extension_commit - initialise an extension and make it active
 * @ext: being loaded; the caller holds its lock
 * @replaced: set to the version that it took the place of, with a reference, if
 *	any; the caller destroys it, without the lock
 *
 * Returns 0; -EBUSY: committed already; -EINVAL: it binds nothing; what a
 * Domain.Initialize handler returned; -EPROTOTYPE: others call what it does not
 * export any more; -EDQUOT: a raise would take too long, or
 * its maps more memory than it may have;
 * -ENOMEM; -EINTR: the loader was killed. On failure it stays inactive, and what
 * it is to replace stays active.
 */
int spin_extension_commit(struct spin_extension *ext,
			  struct spin_extension **replaced)
{
	int err;

	lockdep_assert_held(&ext->lock);
	*replaced = NULL;
	if (ext->state != SPIN_EXT_LOADING)
		return -EBUSY;
	/* What is looked at from here on is all there will be. */
	mutex_lock(&spin_mutex);
	ext->committing = true;
	mutex_unlock(&spin_mutex);
	err = commit(ext, replaced);
	mutex_lock(&spin_mutex);
	ext->committing = false;
	mutex_unlock(&spin_mutex);
	return err;
}
