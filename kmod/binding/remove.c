// SPDX-License-Identifier: GPL-2.0
/*
 * Removing bindings, one by one, or with their template or extension.
 *
 * It has two parts. The first, under spin_mutex, takes the binding out of
 * everything by which it can be found. The second, without it, waits until
 * nothing runs it any more, undoes what the service did, and frees it. Handlers
 * cannot wait for themselves: what they remove gets its second part from the
 * reaper, a work.
 */
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "../dispatch/plan.h"
#include "../dispatch/point.h"
#include "../dispatch/trace.h"
#include "../extension/lookup.h"
#include "life.h"

/* Somebody waits for the last binding of a template to be gone. */
static DECLARE_WAIT_QUEUE_HEAD(ended);

void spin_template_let_go(struct spin_template *template)
{
	bool last;

	mutex_lock(&spin_mutex);
	last = !--template->live;
	mutex_unlock(&spin_mutex);
	if (last)
		wake_up_all(&ended);
}

/* The first part, under spin_mutex. Its second is owed: it goes to @list. */
static void binding_unlink(struct spin_binding *binding, struct list_head *list)
{
	lockdep_assert_held(&spin_mutex);
	trace_spin_uninstall(binding);
	WRITE_ONCE(binding->removed, true);
	spin_binding_release(binding);
	spin_binding_unplan(binding);
	spin_binding_close(binding);
	xa_erase(&spin_bindings, binding->id);
	spin_point_delete(binding->point, binding);
	list_del(&binding->extension_node);
	binding->ext->binding_count--;
	spin_quota_uncharge(binding->ext, SPIN_QUOTA_BINDINGS, 1);
	binding->event->bindings--;
	list_move_tail(&binding->template_node, list);
}

/* The first part; the reaper is to do the second. QUEUE was charged for it. */
void spin_binding_unlink_reaped(struct spin_binding *binding)
{
	struct spin_extension *ext = binding->ext;

	binding->owed = true;
	binding_unlink(binding, &ext->reaped);
	spin_extension_get(ext);	/* the work's */
	if (!queue_work(spin_waiters, &ext->reap))
		spin_extension_put(ext);
}

/* The second part: waits. Nothing of spin's is held. */
static void bindings_end(struct list_head *list)
{
	struct spin_point *point = NULL;
	struct spin_binding *binding, *next;

	if (list_empty(list))
		return;
	list_for_each_entry(binding, list, template_node) {
		/* The service's own thread may be running it, and asleep. */
		if (binding->event->ops->quiesce)
			binding->event->ops->quiesce(binding);
	}
	/* Those of one point are mostly together. */
	list_for_each_entry(binding, list, template_node) {
		if (binding->point != point)
			spin_point_synchronize(binding->point);
		point = binding->point;
	}
	/* Kernel functions look bindings up by their ids, under RCU. */
	synchronize_rcu();

	mutex_lock(&spin_mutex);
	list_for_each_entry(binding, list, template_node)
		if (binding->event->ops->unbind)
			binding->event->ops->unbind(binding);
	mutex_unlock(&spin_mutex);

	list_for_each_entry_safe(binding, next, list, template_node) {
		struct spin_template *template = binding->template;

		if (binding->owed)
			spin_quota_uncharge(binding->ext, SPIN_QUOTA_QUEUE, 1);
		list_del(&binding->template_node);
		spin_binding_put(binding);
		spin_template_let_go(template);
		cond_resched();
	}
}

/*
 * The reaper of an extension. It waits for the extension's own handlers only, so
 * each has one; an extension that leaves takes the list first.
 */
void spin_bindings_reap(struct work_struct *work)
{
	struct spin_extension *ext = container_of(work, struct spin_extension,
						  reap);
	LIST_HEAD(list);

	mutex_lock(&spin_mutex);
	list_splice_init(&ext->reaped, &list);
	mutex_unlock(&spin_mutex);
	bindings_end(&list);
	spin_extension_put(ext);
}

/**
 * spin_binding_remove_own - a handler removes a binding of its extension
 * @ext: whose
 * @id: of the binding
 *
 * Does not wait: raises that run may still run it. Under spin_mutex.
 * Returns 0; -ENOENT: it has no such binding; -EBUSY: the load made it;
 * -EDQUOT: too many of those it removed are still being waited for, or what
 * raises that run keep of plans is more memory than it may have.
 */
int spin_binding_remove_own(struct spin_extension *ext, u64 id)
{
	struct spin_binding *binding = xa_load(&spin_bindings, id);
	int err;

	lockdep_assert_held(&spin_mutex);
	if (!binding || binding->ext != ext)
		return -ENOENT;
	if (binding->at_load)
		return -EBUSY;
	/* What handlers that run keep must not pile up: see spin_plan_remove(). */
	err = spin_quota_charge(ext, SPIN_QUOTA_MEMORY, 0) ?:
	      spin_quota_charge(ext, SPIN_QUOTA_QUEUE, 1);
	if (!err)
		spin_binding_unlink_reaped(binding);
	return err;
}

static int remove_check(const struct spin_binding *binding)
{
	if (!binding->ext || binding->at_load)
		return -EBUSY;
	return spin_extension_permitted(binding->ext) ? 0 : -EPERM;
}

/**
 * spin_binding_remove_range - remove bindings that were made at run time
 * @id: of the first
 * @count: how many ids
 *
 * Returns when nothing runs them any more: their number; -ENOENT: there is
 * none; -EBUSY: the load made one of them, -EPERM: one is another user's, and
 * none was removed.
 */
int spin_binding_remove_range(u64 id, u32 count)
{
	struct spin_binding *binding;
	LIST_HEAD(some);
	unsigned long at;
	LIST_HEAD(list);
	u32 removed = 0;
	int err = 0;

	mutex_lock(&spin_mutex);
	xa_for_each_range(&spin_bindings, at, binding, id, id + count - 1) {
		err = remove_check(binding);
		if (err) {
			mutex_unlock(&spin_mutex);
			return err;
		}
		removed++;
	}
	xa_for_each_range(&spin_bindings, at, binding, id, id + count - 1)
		list_add_tail(&binding->change_node, &some);
	spin_plan_remove(&some);
	xa_for_each_range(&spin_bindings, at, binding, id, id + count - 1) {
		binding_unlink(binding, &list);
		cond_resched();
	}
	mutex_unlock(&spin_mutex);
	bindings_end(&list);
	return removed ?: -ENOENT;
}

/* Removes all that an extension has; it is not active any more. */
void spin_binding_remove_all(struct spin_extension *ext)
{
	struct spin_binding *binding, *next;
	LIST_HEAD(some);
	LIST_HEAD(list);

	mutex_lock(&spin_mutex);
	list_for_each_entry(binding, &ext->bindings, extension_node)
		list_add_tail(&binding->change_node, &some);
	spin_plan_remove(&some);
	list_for_each_entry_safe(binding, next, &ext->bindings, extension_node) {
		binding_unlink(binding, &list);
		cond_resched();
	}
	list_splice_tail_init(&ext->reaped, &list);
	mutex_unlock(&spin_mutex);
	bindings_end(&list);
}

/**
 * spin_bindings_of_template_end - the template is being detached
 * @template: which
 *
 * By whoever detaches: the unload of the extension, or somebody with the link's
 * id. Returns when no binding made from it is left, whoever removed it, and
 * nothing runs its programs.
 */
void spin_bindings_of_template_end(struct spin_template *template)
{
	struct spin_binding *binding, *next;
	LIST_HEAD(some);
	LIST_HEAD(list);

	mutex_lock(&spin_mutex);
	spin_template_guarded_close(template);
	list_for_each_entry(binding, &template->bindings, template_node)
		list_add_tail(&binding->change_node, &some);
	spin_plan_remove(&some);
	list_for_each_entry_safe(binding, next, &template->bindings,
				 template_node) {
		binding_unlink(binding, &list);
		cond_resched();
	}
	/* Those that its handlers removed, if the reaper has not got them yet. */
	list_for_each_entry_safe(binding, next, &template->ext->reaped,
				 template_node)
		if (binding->template == template)
			list_move_tail(&binding->template_node, &list);
	mutex_unlock(&spin_mutex);
	bindings_end(&list);
	wait_event(ended, !READ_ONCE(template->live));
	/* Whoever made the count zero holds the mutex until he is done with it. */
	mutex_lock(&spin_mutex);
	mutex_unlock(&spin_mutex);
}
