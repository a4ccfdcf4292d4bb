// SPDX-License-Identifier: GPL-2.0
/*
 * An extension is destroyed as a whole: by its loader's file being closed before
 * the commit, or by an unload after it; the state, changed under spin_mutex, sees
 * to it that only one of them does.
 */
#include <linux/bpf.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include "../binding/binding.h"
#include "../capability/slot.h"
#include "../dispatch/event.h"
#include "../dispatch/record.h"
#include "../dispatch/settle.h"
#include "../extension/lookup.h"
#include "../name/domain.h"
#include "../procedure/procedure.h"
#include "../program/template.h"
#include "load.h"

/* Returns when what services run by themselves has come to its end. */
static void quiesce_all(struct spin_extension *ext)
{
	struct spin_binding *binding;
	unsigned long id = 0;

	for (;;) {
		mutex_lock(&spin_mutex);
		xa_for_each_start(&spin_bindings, id, binding, id + 1)
			if (binding->ext == ext && binding->event->ops->quiesce)
				break;
		if (binding)
			spin_binding_get(binding);
		mutex_unlock(&spin_mutex);
		if (!binding)
			return;
		binding->event->ops->quiesce(binding);
		spin_binding_put(binding);
	}
}

/**
 * spin_extension_destroy - take an extension away
 * @ext: in state SPIN_EXT_DYING, set by the caller under spin_mutex, which
 *	makes the caller the only one to do this
 *
 * First makes all its bindings inactive at one instant, then waits for what
 * runs, detaches its links, and gives its capabilities back: no handler can
 * run any more, so none can be using one. Process context.
 */
void spin_extension_destroy(struct spin_extension *ext)
{
	struct spin_link *link, *next;
	struct spin_extension *old;
	bool was_active;

	mutex_lock(&spin_mutex);
	WARN_ON_ONCE(ext->state != SPIN_EXT_DYING);
	was_active = ext->set.from != U64_MAX;
	spin_unsettle(ext);
	spin_settled_forget(ext);
	if (ext->set.to == U64_MAX)
		spin_epoch_advance(NULL, &ext->set);
	spin_procedures_close(ext);
	/* Given up before it took the place of another? */
	old = ext->replaces;
	ext->replaces = NULL;
	if (old)
		old->replaced = false;
	mutex_unlock(&spin_mutex);
	if (old)
		spin_extension_put(old);

	/* Outside of the BPF core's mutex: handlers may take their time. */
	quiesce_all(ext);
	/*
	 * Raises that sampled an epoch in which it was active, and have not
	 * read a plan yet, are to find it there.
	 */
	if (was_active)
		spin_bindings_synchronize(ext);
	spin_binding_remove_all(ext);

	/* No template can be attached now, so the list does not change. */
	list_for_each_entry_safe(link, next, &ext->links, node) {
		link->link->ops->detach(link->link);
		bpf_link_put(link->link);
		list_del(&link->node);
		kfree(link);
	}
	WARN_ON_ONCE(!list_empty(&ext->bindings));
	spin_procedures_release(ext);
	spin_capability_release_all(ext);

	mutex_lock(&spin_mutex);
	list_del_rcu(&ext->node);
	ext->domain->ext = NULL;
	spin_domain_unlist(ext->domain);
	spin_domain_unconfine(ext);
	mutex_unlock(&spin_mutex);
	spin_extension_put(ext);
}

/* References to the module that are not those of a loaded extension. */
static int foreign_refs(const atomic_t *open_files)
{
	struct spin_extension *ext;
	int refs = module_refcount(THIS_MODULE) - atomic_read(open_files);

	mutex_lock(&spin_mutex);
	refs -= spin_event_modules();
	list_for_each_entry(ext, &spin_extensions, node) {
		if (ext->state == SPIN_EXT_LOADING) {
			refs = 0;	/* cannot tell */
			break;
		}
		refs -= ext->module_refs;
	}
	mutex_unlock(&spin_mutex);
	return refs;
}

/**
 * spin_extension_wait_freed - wait for the BPF core to free what was detached
 * @timeout_ms: how long
 * @open_files: number of files of this module that are open
 *
 * Maps and programs are freed by the BPF core after grace periods of its own;
 * until then they hold the module. Returns 0, -ETIMEDOUT or -EINTR.
 */
int spin_extension_wait_freed(u32 timeout_ms, const atomic_t *open_files)
{
	unsigned long end = jiffies + msecs_to_jiffies(timeout_ms);

	while (foreign_refs(open_files) > 0) {
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
		if (msleep_interruptible(10))
			return -EINTR;
	}
	return 0;
}
