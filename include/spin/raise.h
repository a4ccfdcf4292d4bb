/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The beginning of a raise, in line: what it costs while nothing or one handler
 * is installed. Included by <spin/spin.h>; nothing here but SPIN_EVENT_CALL()
 * and SPIN_DIRECT_CALL() is for others.
 */
#ifndef _SPIN_RAISE_H
#define _SPIN_RAISE_H

#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/thread_info.h>

#define SPIN_RAISE_DEPTH_MAX	4	/* of raises nested in one context */
#define SPIN_RAISE_STACK_MIN	4096	/* bytes of stack a raise must find */

/* Counters, by CPU. */
struct spin_binding_stats {
	u64 run;
	u64 guard_false;
	u64 errors;
	u64 cancelled;
	u64 rejected;
	u64 time_ns;
	u64 timed;
};

struct spin_event_stats {
	u64 raised;
	u64 refused;
	u64 unhandled;
};

/**
 * struct spin_plan_head - what a raise looks at first
 * @direct: the only binding, if the event's direct call is patched to its
 *	handler and its step is no more than that and one guard; else NULL
 * @guard_fn: its guard, or NULL
 * @closure: its closure
 * @stats: its counters
 * @event_stats: the event's
 * @program: the handler of @direct, for raises that have no call to be patched
 */
struct spin_plan_head {
	struct spin_binding *direct;
	spin_program_t guard_fn;
	u64 closure;
	struct spin_binding_stats __percpu *stats;
	struct spin_event_stats __percpu *event_stats;
	spin_program_t program;
};

/* The innermost raise of an atomic event on a CPU. */
DECLARE_PER_CPU(struct spin_raise *, spin_running);

extern u64 spin_epoch;
DECLARE_STATIC_KEY_TRUE(spin_counting);		/* counters are kept */
DECLARE_STATIC_KEY_FALSE(spin_observed);	/* somebody traces, or wants times */

/* Counting is cheap, but can be turned off: parameter "counters". */
#define spin_stat_inc(STATS, FIELD)			\
do {							\
	if (static_branch_likely(&spin_counting))	\
		this_cpu_inc((STATS)->FIELD);		\
} while (0)

/*
 * Sections of code with preemption off are RCU readers. Programs call helpers
 * that ask lockdep, where there is one, about rcu_read_lock(): tell it so.
 */
static __always_inline void spin_section_begin(void)
{
	preempt_disable();
	rcu_lock_acquire(&rcu_lock_map);
}

static __always_inline void spin_section_end(void)
{
	rcu_lock_release(&rcu_lock_map);
	preempt_enable();
}

bool spin_raise_nest(struct spin_raise *raise, struct spin_raise *outer);
bool spin_raise_stack_low(void);
int spin_raise_refused(struct spin_raise *raise);
int spin_raise_passed_over(struct spin_raise *raise);
int spin_raise_result(struct spin_raise *raise, int result);
int spin_plan_raise(const struct spin_plan_head *head,
		    struct spin_raise *raise);
unsigned int spin_program_none(const void *ctx);

/*
 * Push the record of a run, before the plan is read: a raise that sees a new
 * epoch must not see the plan of an old one. Returns false if the raise must
 * not run; then nothing was pushed.
 */
static __always_inline bool spin_raise_begin(struct spin_raise *raise)
{
	struct spin_raise *outer = this_cpu_read(spin_running);
	u32 level = preempt_count() &
		    (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET);

	OPTIMIZER_HIDE_VAR(level);
	raise->outer = outer;
	raise->level = level;
	raise->depth = 1;
	raise->fired = 0;
	/* Pairs with spin_epoch_advance(). */
	raise->epoch = smp_load_acquire(&spin_epoch);
	if (unlikely((unsigned long)outer | (level & NMI_MASK)) &&
	    !spin_raise_nest(raise, outer))
		return false;
	/* Stacks are aligned, but for some of interrupts: those look again. */
	if (unlikely((current_stack_pointer & (THREAD_SIZE - 1)) <
		     SPIN_RAISE_STACK_MIN) && spin_raise_stack_low())
		return false;
	raise->args[0] = (unsigned long)spin_raise_ctx(raise);
	this_cpu_write(spin_running, raise);
	return true;
}

static __always_inline void spin_raise_end(struct spin_raise *raise)
{
	this_cpu_write(spin_running, raise->outer);
}

/*
 * spin_point_raise() in line, for a service of spin.ko that counts every
 * instruction.
 */
static __always_inline int __spin_point_raise(struct spin_point *point,
					      struct spin_raise *raise)
{
	int result;

	spin_section_begin();
	if (unlikely(!spin_raise_begin(raise))) {
		result = spin_raise_refused(raise);
	} else {
		result = spin_plan_raise(rcu_dereference_sched(point->plan),
					 raise);
		spin_raise_end(raise);
	}
	spin_section_end();
	return result;
}

/* A call that is patched to a program: what static_call_update() needs. */
struct spin_direct_call {
	struct static_call_key *key;
	void *trampoline;
};

#define SPIN_DIRECT_CALL(TYPE)	TYPE##_call

/*
 * SPIN_EVENT_CALL - define what SPIN_RAISE() of an event calls
 *
 * Goes before the struct spin_event, whose member @call is &SPIN_DIRECT_CALL(TYPE). In
 * one file of a module only.
 */
#define SPIN_EVENT_CALL(TYPE)						\
DEFINE_STATIC_CALL(TYPE##_program, spin_program_none);			\
static const struct spin_direct_call TYPE##_call = {				\
	.key = &STATIC_CALL_KEY(TYPE##_program),			\
	.trampoline = &STATIC_CALL_TRAMP(TYPE##_program),		\
};									\
static noinline int TYPE##_raise(struct spin_point *point,		\
				 struct spin_raise *raise)		\
{									\
	const struct spin_plan_head *head;				\
	struct spin_binding *direct;					\
	int result;							\
									\
	spin_section_begin();						\
	if (unlikely(!spin_raise_begin(raise))) {			\
		result = spin_raise_refused(raise);			\
		goto out;						\
	}								\
	head = rcu_dereference_sched(point->plan);			\
	/* Pairs with direct_update(): the rest was written before. */	\
	direct = smp_load_acquire(&head->direct);			\
	if (unlikely(!direct)) {					\
		result = spin_plan_raise(head, raise);			\
		goto end;						\
	}								\
	raise->binding = direct;					\
	spin_raise_ctx(raise)->closure = head->closure;			\
	if (head->guard_fn) {						\
		/* In memory: a register would be saved for all. */	\
		WRITE_ONCE(raise->head, head);				\
		if (!(u8)head->guard_fn(raise->args)) {			\
			result = spin_raise_passed_over(raise);		\
			goto end;					\
		}							\
		head = READ_ONCE(raise->head);				\
	}								\
	if (static_branch_likely(&spin_counting)) {			\
		this_cpu_inc(head->event_stats->raised);		\
		this_cpu_inc(head->stats->run);				\
	}								\
	raise->fired = 1;						\
	result = (int)static_call(TYPE##_program)(raise->args);	\
	if (unlikely(result))						\
		result = spin_raise_result(raise, result);		\
end:									\
	spin_raise_end(raise);						\
out:									\
	spin_section_end();						\
	return result;							\
}

#endif /* _SPIN_RAISE_H */
