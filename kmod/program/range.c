// SPDX-License-Identifier: GPL-2.0
/*
 * spin_for(): a loop of a sleepable handler. It lets others run, which machine
 * code of BPF does not do by itself, and between two turns the handler holds
 * nothing that the rest of the system waits for. It ends when the extension is
 * being unloaded, or one that called it, when the binding that runs is removed or
 * disabled, or the loader was killed, so that none of them waits for it in vain.
 *
 * The one kernel function that takes no context: it does nothing on anybody's
 * behalf. Whose loop it is, and so when it is to end, it finds in the record of
 * the run.
 */
#include <linux/cpumask.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include "../dispatch/binding.h"
#include "../dispatch/record.h"
#include "checker.h"

#define TURNS_MAX	(8 * 1024 * 1024)

/**
 * struct spin_range - the state of a loop
 * @current_value: what the program sees
 * @end: where the loop ends
 * @raise: the record of the run that loops, which outlives the loop
 */
struct spin_range {
	s32 current_value;
	s32 end;
	const struct spin_raise *raise;
} __aligned(8);

static_assert(sizeof(struct spin_range) == sizeof(struct bpf_iter_spin_range));

/* Does somebody wait until nothing runs the binding any more? */
static bool is_leaving(const struct spin_binding *binding)
{
	const u32 waits = SPIN_INACTIVE_DISABLED | SPIN_INACTIVE_UNRESOLVED |
			  SPIN_INACTIVE_UNSERVED;

	return READ_ONCE(binding->removed) || READ_ONCE(binding->why) & waits ||
	       (binding->ext && spin_extension_is_leaving(binding->ext));
}

/*
 * Is somebody waiting for this raise to end? For the handler that loops, for one
 * of those that called it, or for one whose procedure it handles.
 */
static bool is_awaited(const struct spin_raise *raise)
{
	for (; raise; raise = raise->caller) {
		if (raise->binding && is_leaving(raise->binding))
			return true;
		if (raise->event->ops->abandoned &&
		    raise->event->ops->abandoned(raise))
			return true;
	}
	return false;
}

static bool must_end(const struct spin_range *range)
{
	if (is_awaited(range->raise))
		return true;
	if (current->flags & PF_KTHREAD)
		return kthread_should_stop();
	return fatal_signal_pending(current);
}

/*
 * A loop may take days, so it keeps nothing from ending: what waits for RCU tasks
 * and RCU tasks trace (all of BPF, ftrace and kprobes), and a processor that is to
 * go off line. cond_resched() is not enough for either: with lazy preemption it
 * does nothing, and a task that is preempted within a turn has migration off, so
 * that it stays where it is. In a section of its event's SRCU the raise remains.
 */
static void turn_end(void)
{
	spin_handler_let_go();
	if (need_resched() || !cpu_active(raw_smp_processor_id()))
		schedule();
	else
		cond_resched_tasks_rcu_qs();
	spin_handler_take_up();
}

__bpf_kfunc_start_defs();

__bpf_kfunc int bpf_iter_spin_range_new(struct bpf_iter_spin_range *it,
					s32 start, s32 end)
{
	struct spin_range *range = (void *)it;

	*range = (struct spin_range) {};
	if (start > end)
		return -EINVAL;
	if ((s64)end - start > TURNS_MAX || start == S32_MIN)
		return -E2BIG;
	range->current_value = start - 1;
	range->end = end;
	range->raise = spin_task_raise_top();
	/* Programs of others the verifier refuses. */
	return WARN_ON_ONCE(!range->raise) ? -EPERM : 0;
}

__bpf_kfunc s32 *bpf_iter_spin_range_next(struct bpf_iter_spin_range *it)
{
	struct spin_range *range = (void *)it;

	if (range->raise)	/* NULL: it never began */
		turn_end();
	if (!range->raise ||
	    (s64)range->current_value + 1 >= range->end || must_end(range)) {
		*range = (struct spin_range) {};
		return NULL;
	}
	range->current_value++;
	return &range->current_value;
}

__bpf_kfunc void bpf_iter_spin_range_destroy(struct bpf_iter_spin_range *it)
{
}

__bpf_kfunc_end_defs();

#define RANGE_KFUNCS(F) \
	F(bpf_iter_spin_range_new, KF_ITER_NEW | KF_SLEEPABLE, 50, SPIN_CLASS_NONE, 0) \
	F(bpf_iter_spin_range_next, KF_ITER_NEXT | KF_RET_NULL | KF_SLEEPABLE, \
	  50, SPIN_CLASS_SPINNING, 0) \
	F(bpf_iter_spin_range_destroy, KF_ITER_DESTROY, 50, SPIN_CLASS_NONE, 0)

SPIN_KFUNC_TABLE_SHARED(spin_range_kfuncs, RANGE_KFUNCS);
