// SPDX-License-Identifier: GPL-2.0
/*
 * Records of what runs. Each raise has one, in its hidden header, and they form
 * stacks: those of atomic events one for each CPU, since preemption is off;
 * those of sleepable ones one for each task. A stack bounds how deep raises
 * nest; and whoever has to end a handler that takes too long will find in it
 * what runs, on which CPU or in which task, and until when it may.
 */
#include <linux/hash.h>
#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/sched/task_stack.h>
#include <linux/spinlock.h>
#include "../extension/lookup.h"
#include "record.h"

DEFINE_PER_CPU(struct spin_raise *, spin_running);
EXPORT_PER_CPU_SYMBOL_GPL(spin_running);

u64 spin_epoch = 1;
EXPORT_SYMBOL_GPL(spin_epoch);

/**
 * spin_epoch_advance - at one instant, for all raises on all events
 * @opened: becomes active; may be NULL
 * @closed: is not active any more; may be NULL
 *
 * Under spin_mutex. The points where they have bindings must have been marked.
 */
void spin_epoch_advance(struct spin_set *opened, struct spin_set *closed)
{
	lockdep_assert_held(&spin_mutex);
	if (opened)
		WRITE_ONCE(opened->from, spin_epoch + 1);
	if (closed)
		WRITE_ONCE(closed->to, spin_epoch + 1);
	/* The sets and the marks first: pairs with spin_raise_begin(). */
	smp_store_release(&spin_epoch, spin_epoch + 1);
}

/**
 * spin_extension_was_active - has a raise seen the extension of this name?
 * @name: of the extension
 * @epoch: that the raise sampled
 *
 * For services that raise an event for one extension only, and must tell "it did
 * not want it" from "it was not there". Any context but NMI. Takes no lock:
 * applications ask, as often as they like, and nobody is to wait for them.
 *
 * Returns 1; 0: it has become active since, so that the raise is worth another
 * try; -ENXIO: it is not loaded.
 */
int spin_extension_was_active(const char *name, u64 epoch)
{
	/* Pairs with spin_epoch_advance(): sets are seen as of this epoch. */
	u64 now = smp_load_acquire(&spin_epoch);
	struct spin_extension *ext;
	int ret = -ENXIO;

	rcu_read_lock();
	/* Of two versions of one name, at most one has the epoch in its set. */
	list_for_each_entry_rcu(ext, &spin_extensions, node) {
		if (strcmp(ext->name, name))
			continue;
		if (spin_set_contains(&ext->set, epoch)) {
			ret = 1;
			break;
		}
		if (spin_set_contains(&ext->set, now))
			ret = 0;
	}
	rcu_read_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(spin_extension_was_active);

/* Is it made by a handler of its own event, in the same context? */
static bool is_within_own(const struct spin_raise *raise,
			  const struct spin_raise *outer)
{
	for (; outer && outer->level == raise->level; outer = outer->outer)
		if (outer->event == raise->event)
			return true;
	return false;
}

/* A raise inside another, in one context; or one that interrupts another. */
bool spin_raise_nest(struct spin_raise *raise, struct spin_raise *outer)
{
	if (raise->level & NMI_MASK)
		return false;
	if (outer->level != raise->level)
		return true;
	raise->depth = outer->depth + 1;
	raise->epoch = outer->epoch;
	if (raise->event->once && is_within_own(raise, outer))
		return false;
	return raise->depth <= SPIN_RAISE_DEPTH_MAX;
}
EXPORT_SYMBOL_GPL(spin_raise_nest);

/* Interrupt stacks need not be aligned to their size: nested by hardware only. */
bool spin_raise_stack_low(void)
{
	unsigned long sp = current_stack_pointer;

	if (!object_is_on_stack(&sp))
		return false;
	return sp - (unsigned long)end_of_stack(current) < SPIN_RAISE_STACK_MIN;
}
EXPORT_SYMBOL_GPL(spin_raise_stack_low);

/* ---- sleepable raises ---- */

#define TASK_BITS	6

static struct {
	spinlock_t lock;
	struct spin_raise *top;		/* innermost records, by task */
} tasks[1 << TASK_BITS];

static u32 slot_of(const struct task_struct *task)
{
	return hash_ptr(task, TASK_BITS);
}

/* All records of a slot are in one list; the first one of a task is innermost. */
bool spin_task_raise_begin(struct spin_raise *raise)
{
	u32 slot = slot_of(current);
	struct spin_raise *outer;

	raise->task = current;
	raise->deadline = 0;
	raise->level = 0;
	raise->depth = 1;
	raise->fired = 0;
	raise->holding = false;
	raise->binding = NULL;
	raise->args[0] = (unsigned long)spin_raise_ctx(raise);
	/* Pairs with spin_epoch_advance(). */
	raise->epoch = smp_load_acquire(&spin_epoch);
	if (spin_raise_stack_low())
		return false;

	spin_lock(&tasks[slot].lock);
	for (outer = tasks[slot].top; outer; outer = outer->outer)
		if (outer->task == current)
			break;
	raise->caller = outer;
	if (outer) {
		raise->depth = outer->depth + 1;
		/*
		 * One for a single binding is in no section: its epoch is old.
		 * A call is not part of the raise it is made from: the
		 * procedure's exporter may have been replaced since that began,
		 * and waited for the procedure's own raises only.
		 */
		if (!outer->event->singly && !raise->event->procedural)
			raise->epoch = outer->epoch;
	}
	if (raise->depth <= SPIN_RAISE_DEPTH_MAX) {
		raise->outer = tasks[slot].top;
		tasks[slot].top = raise;
	}
	spin_unlock(&tasks[slot].lock);
	return raise->depth <= SPIN_RAISE_DEPTH_MAX;
}

void spin_task_raise_end(struct spin_raise *raise)
{
	u32 slot = slot_of(current);
	struct spin_raise **at;

	spin_lock(&tasks[slot].lock);
	for (at = &tasks[slot].top; *at && *at != raise; at = &(*at)->outer)
		;
	if (!WARN_ON_ONCE(!*at))
		*at = raise->outer;
	spin_unlock(&tasks[slot].lock);
}

/* The innermost sleepable raise of this task, or NULL. */
const struct spin_raise *spin_task_raise_top(void)
{
	u32 slot = slot_of(current);
	const struct spin_raise *raise;

	spin_lock(&tasks[slot].lock);
	for (raise = tasks[slot].top; raise; raise = raise->outer)
		if (raise->task == current)
			break;
	spin_unlock(&tasks[slot].lock);
	return raise;
}

int __init spin_run_init(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(tasks); i++)
		spin_lock_init(&tasks[i].lock);
	return 0;
}
