// SPDX-License-Identifier: GPL-2.0
/*
 * The dispatcher: plans, and raises that run them.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/percpu.h>
#include <linux/rcupdate_trace.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include "internal.h"

#define RAISE_DEPTH_MAX	4	/* of raises nested on one CPU */
#define RAISE_STACK_MIN	4096	/* bytes of task stack a raise must find */

u64 spin_epoch = 1;

static DEFINE_PER_CPU(int, raise_depth);

/* Make a set active with the next epoch: one store shows it to all raises. */
void spin_set_open(struct spin_set *set)
{
	lockdep_assert_held(&spin_mutex);
	WRITE_ONCE(set->from, spin_epoch + 1);
	/* The set first: see plan_run(). */
	smp_store_release(&spin_epoch, spin_epoch + 1);
}

void spin_set_close(struct spin_set *set)
{
	lockdep_assert_held(&spin_mutex);
	WRITE_ONCE(set->to, spin_epoch + 1);
	/* The set first: see plan_run(). */
	smp_store_release(&spin_epoch, spin_epoch + 1);
}

static void step_fill(struct spin_step *step, struct spin_binding *binding)
{
	if (binding->guard) {
		step->guard = binding->guard->bpf_func;
		step->guard_insn = binding->guard->insnsi;
	}
	step->handler = binding->handler->bpf_func;
	step->handler_insn = binding->handler->insnsi;
	step->set = &binding->ext->set;
	step->binding = binding;
	step->stats = binding->stats;
}

/**
 * spin_plan_alloc - memory for a plan
 * @event: the event
 * @count: number of its bindings
 *
 * Returns it, to be published or kvfree'd; ERR_PTR(-ENOMEM); NULL if there is
 * nothing to plan.
 */
struct spin_plan *spin_plan_alloc(struct spin_event *event, u32 count)
{
	struct spin_plan *plan;

	if (!count)
		return NULL;
	plan = kvzalloc(struct_size(plan, steps, count), GFP_KERNEL_ACCOUNT);
	if (!plan)
		return ERR_PTR(-ENOMEM);
	plan->event = event;
	plan->count = count;
	return plan;
}

/**
 * spin_plan_publish - make raises see the bindings of a point
 * @point: whose list of bindings is to be seen
 * @plan: of just as many
 *
 * The old plan is freed after a grace period; a caller who takes a binding
 * away waits for one before it frees the binding.
 */
void spin_plan_publish(struct spin_point *point, struct spin_plan *plan)
{
	struct spin_binding *binding;
	struct spin_plan *old;
	u32 i = 0;

	lockdep_assert_held(&spin_mutex);
	WARN_ON_ONCE(point->count != (plan ? plan->count : 0));
	list_for_each_entry(binding, &point->bindings, point_node)
		step_fill(&plan->steps[i++], binding);
	old = rcu_replace_pointer(point->plan, plan,
				  lockdep_is_held(&spin_mutex));
	if (old)
		kvfree_rcu(old, rcu);
}

static __always_inline u64 run(spin_program_t program,
			       const struct bpf_insn *insn,
			       struct spin_raise *raise)
{
	u64 args[1] = { (unsigned long)spin_raise_ctx(raise) };

	return program(args, insn);
}

/* A program's result, made valid. */
static __always_inline int result_of(const struct spin_event *event,
				     struct spin_binding_stats __percpu *stats,
				     int result)
{
	if (likely(!result))
		return 0;
	if (result < 0)
		this_cpu_inc(stats->errors);
	if (result < event->result_min || result > event->result_max) {
		if (result > 0)
			this_cpu_inc(stats->errors);
		return 0;
	}
	return result;
}

/* Is there stack for another raise? Interrupt stacks nest by hardware only. */
static bool stack_left(void)
{
	unsigned long sp = current_stack_pointer;
	unsigned long end = (unsigned long)end_of_stack(current);

	if (!object_is_on_stack(&sp))
		return true;
	return sp - end >= RAISE_STACK_MIN;
}

static int plan_run(const struct spin_plan *plan, struct spin_raise *raise)
{
	/* Pairs with spin_set_open() and spin_set_close(). */
	u64 epoch = smp_load_acquire(&spin_epoch);
	int result = 0;
	u32 i;

	for (i = 0; i < plan->count && !result; i++) {
		const struct spin_step *step = &plan->steps[i];

		if (!spin_set_contains(READ_ONCE(step->set), epoch))
			continue;
		raise->binding = step->binding;
		if (step->guard) {
			if (!(u8)run(step->guard, step->guard_insn, raise)) {
				this_cpu_inc(step->stats->guard_false);
				continue;
			}
			this_cpu_inc(step->stats->guard_true);
		}
		this_cpu_inc(step->stats->run);
		result = result_of(plan->event, step->stats,
				   (int)run(step->handler, step->handler_insn,
					    raise));
	}
	return result;
}

/**
 * spin_point_raise - raise an atomic event
 * @point: where its bindings hang
 * @raise: the context, with @raise->event filled in
 *
 * Runs the active bindings in order, guard and handler back to back. Any
 * context but NMI; does not sleep. Nests to a depth of 4 on a CPU; deeper
 * raises, and such as find too little stack, run nothing and are counted.
 *
 * Returns the first result that is not 0, or 0.
 */
int spin_point_raise(struct spin_point *point, struct spin_raise *raise)
{
	const struct spin_plan *plan;
	int result = 0;

	preempt_disable();
	rcu_read_lock();
	plan = rcu_dereference(point->plan);
	if (!plan)
		goto out;
	if (unlikely(this_cpu_inc_return(raise_depth) > RAISE_DEPTH_MAX ||
		     in_nmi() || !stack_left())) {
		this_cpu_inc(raise->event->stats->refused);
	} else {
		this_cpu_inc(raise->event->stats->raised);
		result = plan_run(plan, raise);
	}
	this_cpu_dec(raise_depth);
out:
	rcu_read_unlock();
	preempt_enable();
	return result;
}

static bool guard_passes(struct spin_binding *binding, struct spin_raise *raise)
{
	bool pass;

	if (!binding->guard)
		return true;
	migrate_disable();
	rcu_read_lock();
	pass = (u8)run(binding->guard->bpf_func, binding->guard->insnsi, raise);
	rcu_read_unlock();
	migrate_enable();
	if (pass)
		this_cpu_inc(binding->stats->guard_true);
	else
		this_cpu_inc(binding->stats->guard_false);
	return pass;
}

/**
 * spin_binding_raise - raise a sleepable event for one binding
 * @binding: which; the caller sees to it that it lives and is to run
 * @raise: the context, with @raise->event filled in
 *
 * Process context; the handler is preemptible and may sleep.
 *
 * Returns the handler's result, 0 if the guard said no.
 */
int spin_binding_raise(struct spin_binding *binding, struct spin_raise *raise)
{
	const struct bpf_prog *prog = binding->handler;
	int result;

	might_sleep();
	raise->binding = binding;
	this_cpu_inc(raise->event->stats->raised);
	if (!guard_passes(binding, raise))
		return 0;
	this_cpu_inc(binding->stats->run);
	if (prog->sleepable) {
		rcu_read_lock_trace();
		migrate_disable();
		result = run(prog->bpf_func, prog->insnsi, raise);
		migrate_enable();
		rcu_read_unlock_trace();
	} else {
		migrate_disable();
		rcu_read_lock();
		result = run(prog->bpf_func, prog->insnsi, raise);
		rcu_read_unlock();
		migrate_enable();
	}
	return result_of(raise->event, binding->stats, result);
}
