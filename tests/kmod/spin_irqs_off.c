// SPDX-License-Identifier: GPL-2.0
/*
 * spin_irqs_off - how much is done with interrupts off?
 *
 * Counts the calls of one kernel function that are made with interrupts off, and
 * how many of them, at most, were made before interrupts came on again: each call
 * asks for an interrupt of its own processor, which comes as soon as it can. So
 * the answer is the same on a busy machine, and on an emulated one.
 *
 * The longest time from the first such call to the interrupt is told as well. It
 * means something only where the clock counts instructions (tests/vm/boot
 * --icount).
 *
 *	insmod spin_irqs_off.ko function=percpu_ref_kill_and_confirm
 *	cat /sys/module/spin_irqs_off/parameters/most
 *	echo 1 > /sys/module/spin_irqs_off/parameters/reset
 *
 * With period_ns=N, a timer of the processor that loads the module expires every N
 * nanoseconds, and late_ns tells how late its interrupt came at most. Whatever keeps
 * interrupts off for longer than N delays one of them: by all of its length but N at
 * most. This, too, is for where the clock counts instructions.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/hrtimer.h>
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched/clock.h>
#include <asm/processor-flags.h>
#include <asm/ptrace.h>
#include "compat/timer.h"

static char *function = "";
module_param(function, charp, 0444);
MODULE_PARM_DESC(function, "whose calls are counted; none if it is empty");

static uint period_ns;
module_param(period_ns, uint, 0444);
MODULE_PARM_DESC(period_ns, "between two interrupts of a timer; 0: there is no timer");

static atomic64_t calls, most, longest_ns, late_ns, expired;

static int show_count(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%lld\n", atomic64_read(kp->arg));
}

static const struct kernel_param_ops count_ops = { .get = show_count };

module_param_cb(calls, &count_ops, &calls, 0444);
module_param_cb(most, &count_ops, &most, 0444);
module_param_cb(longest_ns, &count_ops, &longest_ns, 0444);
module_param_cb(late_ns, &count_ops, &late_ns, 0444);
module_param_cb(expired, &count_ops, &expired, 0444);

static int reset(const char *text, const struct kernel_param *kp)
{
	atomic64_set(&calls, 0);
	atomic64_set(&most, 0);
	atomic64_set(&longest_ns, 0);
	atomic64_set(&late_ns, 0);
	atomic64_set(&expired, 0);
	return 0;
}

static const struct kernel_param_ops reset_ops = { .set = reset };

module_param_cb(reset, &reset_ops, NULL, 0200);

static void raise_to(atomic64_t *value, s64 seen)
{
	s64 old = atomic64_read(value);

	while (old < seen && !atomic64_try_cmpxchg(value, &old, seen))
		;
}

/* ---- calls ---- */

static DEFINE_PER_CPU(s64, in_a_row);
static DEFINE_PER_CPU(u64, began);

static void interrupts_are_on(struct irq_work *work)
{
	raise_to(&longest_ns, local_clock() - this_cpu_read(began));
	this_cpu_write(in_a_row, 0);
}

/* (6.12 does not relocate what a module's per-CPU memory begins with.) */
static DEFINE_PER_CPU(struct irq_work, soon);

static int seen(struct kprobe *probe, struct pt_regs *regs)
{
	s64 count;

	if (regs->flags & X86_EFLAGS_IF)
		return 0;
	atomic64_inc(&calls);
	count = this_cpu_inc_return(in_a_row);
	if (count == 1)
		this_cpu_write(began, local_clock());
	raise_to(&most, count);
	irq_work_queue(this_cpu_ptr(&soon));
	return 0;
}

static struct kprobe probe = { .pre_handler = seen };

/* ---- interrupts that come late ---- */

static struct hrtimer timer;

static enum hrtimer_restart timer_expired(struct hrtimer *timer)
{
	raise_to(&late_ns, ktime_get() - hrtimer_get_expires(timer));
	atomic64_inc(&expired);
	hrtimer_forward_now(timer, ns_to_ktime(period_ns));
	return HRTIMER_RESTART;
}

static void timer_start(void)
{
	spin_hrtimer_setup(&timer, timer_expired, CLOCK_MONOTONIC,
			   HRTIMER_MODE_REL_PINNED_HARD);
	hrtimer_start(&timer, ns_to_ktime(period_ns),
		      HRTIMER_MODE_REL_PINNED_HARD);
}

/* ---- the module ---- */

#define PERIOD_MIN_NS	10000	/* a shorter one leaves no time for anything else */

static int __init irqs_off_init(void)
{
	int cpu, err;

	if (period_ns && period_ns < PERIOD_MIN_NS) {
		pr_err("period_ns=%u: %u or more, or 0\n", period_ns,
		       PERIOD_MIN_NS);
		return -EINVAL;
	}
	for_each_possible_cpu(cpu)
		*per_cpu_ptr(&soon, cpu) = IRQ_WORK_INIT_HARD(interrupts_are_on);
	probe.symbol_name = function;
	err = *function ? register_kprobe(&probe) : 0;
	if (err) {
		pr_err("cannot look at '%s': error %d\n", function, err);
		return err;
	}
	if (period_ns)
		timer_start();
	return 0;
}

static void __exit irqs_off_exit(void)
{
	int cpu;

	if (period_ns)
		hrtimer_cancel(&timer);
	if (*function)
		unregister_kprobe(&probe);
	for_each_possible_cpu(cpu)
		irq_work_sync(per_cpu_ptr(&soon, cpu));
}

module_init(irqs_off_init);
module_exit(irqs_off_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Counts calls made while interrupts are off");
