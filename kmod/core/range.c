// SPDX-License-Identifier: GPL-2.0
/*
 * spin_for(): a loop of a sleepable handler. It lets others run, which machine
 * code of BPF does not do by itself, and it ends when the extension is being
 * unloaded, or one that called it, or the loader was killed, so that none of them
 * waits for it in vain.
 *
 * The one kernel function that takes no context: it does nothing on anybody's
 * behalf. Whose loop it is, and so when it is to end, it finds in the record of
 * the run.
 */
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include "internal.h"
#include "../kfuncs.h"

#define TURNS_MAX	(8 * 1024 * 1024)

/**
 * struct spin_range - the state of a loop
 * @current_value: what the program sees
 * @end: where the loop ends
 * @raise: the record of the run that loops, which outlives the loop; NULL: this
 *	is no handler of spin's
 */
struct spin_range {
	s32 current_value;
	s32 end;
	const struct spin_raise *raise;
} __aligned(8);

static_assert(sizeof(struct spin_range) == sizeof(struct bpf_iter_spin_range));

/*
 * Is an extension waiting for this raise to end? The one whose handler loops, one
 * of those that called it, or one whose procedure it handles.
 */
static bool is_awaited(const struct spin_raise *raise)
{
	for (; raise; raise = raise->caller) {
		const struct spin_extension *ext = raise->binding->ext;

		if (ext && spin_extension_is_leaving(ext))
			return true;
		if (raise->event->procedural && spin_procedure_outlived(raise))
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
	return 0;
}

__bpf_kfunc s32 *bpf_iter_spin_range_next(struct bpf_iter_spin_range *it)
{
	struct spin_range *range = (void *)it;

	cond_resched();
	if ((s64)range->current_value + 1 >= range->end || must_end(range)) {
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
