// SPDX-License-Identifier: GPL-2.0
/*
 * spin_bench - an event to measure raises with.
 *
 * Defines Bench.Raise by the public interface, as any module may, and raises it
 * when told to by /dev/spin-bench, reading the time-stamp counter before and
 * after each raise. For comparison it calls C functions from a list, and the
 * handlers' programs through their struct_ops trampolines. See
 * Documentation/benchmarks.rst for what is counted and what is not.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/tsc.h>
#include <spin/spin.h>
#include "spin_bench.h"

/* ------------------------------------------------------------------ */
/* The event								*/

struct bench_raise {
	SPIN_CONTEXT(struct spin_bench_raise, bench);
};

SPIN_CONTEXT_CHECK(struct bench_raise, bench);

static const struct spin_key keys[] = {
	SPIN_KEY(struct spin_bench_raise, key, "key"),
};

static const struct spin_event_ops event_ops = {
	.authorize = spin_authorize_always,
};

SPIN_EVENT_CALL(Bench_Raise);

static struct spin_event bench_event = {
	.name = "Bench.Raise",
	.interface = "Bench",
	.context = SPIN_CONTEXT_ATOMIC,
	.result_min = 0,
	.result_max = 1,
	.fold = SPIN_FOLD_FIRST,
	.ctx_size = sizeof(struct spin_bench_raise),
	.keys = keys,
	.key_count = ARRAY_SIZE(keys),
	.ops = &event_ops,
	.type = "Bench_Raise",
	.call = &SPIN_DIRECT_CALL(Bench_Raise),
};

SPIN_EVENT_TYPE(Bench_Raise, struct spin_bench_raise, bench_event);

/* ------------------------------------------------------------------ */
/* What is compared							*/

/*
 * One guard and handler, in C or behind trampolines, and their closure. A list
 * of them is what a subsystem without a dispatcher would have.
 */
struct step {
	bool (*guard_fn)(struct spin_bench_raise *bench);
	int (*handler)(struct spin_bench_raise *bench);
	u64 closure;
};

/**
 * struct run - one request
 * @args: what was asked for
 * @block: the raise
 * @steps: list of @args.steps, but for SPIN_BENCH_SPIN
 * @collected: how many trampolines were found so far
 * @samples: results
 * @result: of the last operation: keeps the compiler from leaving it out
 */
struct run {
	struct spin_bench_measure args;
	struct bench_raise block;
	struct step *steps;
	u32 collected;
	u32 *samples;
	int result;
};

static bool c_by_argument(struct spin_bench_raise *bench)
{
	return bench->argument == SPIN_BENCH_ARGUMENT;
}

static bool c_by_closure(struct spin_bench_raise *bench)
{
	return bench->key == bench->ctx.closure;
}

static int c_handler(struct spin_bench_raise *bench)
{
	return 0;
}

/*
 * Every raise begins with its arguments, no matter what dispatches it. The rest
 * of the block does not change, and was filled in before: see measure().
 */
static __always_inline struct spin_raise *fill(struct run *run, u64 key,
					       u64 argument)
{
	struct bench_raise *block = &run->block;

	block->raise.event = &bench_event;
	block->bench.key = key;
	block->bench.argument = argument;
	return &block->raise;
}

static __always_inline int raise_nothing(struct run *run, u64 key, u64 argument)
{
	return 0;
}

static __always_inline int raise_spin(struct run *run, u64 key, u64 argument)
{
	return SPIN_RAISE(bench_event, Bench_Raise, fill(run, key, argument), 0);
}

/* A raiser that has no block to use again makes one on its stack. */
static __always_inline int raise_block(struct run *run, u64 key, u64 argument)
{
	struct bench_raise block = {
		.raise.event = &bench_event,
		.bench = {
			.ctx.event_id = bench_event.id,
			.key = key,
			.argument = argument,
		},
	};

	return SPIN_RAISE(bench_event, Bench_Raise, &block.raise, 0);
}

/*
 * The least that a dispatcher without any protection does: no records, no
 * counters, no epochs. Results are folded as Bench.Raise folds them. @fired is
 * NULL, or told how many handlers ran.
 */
static __always_inline int run_steps(struct run *run, u32 *fired)
{
	struct spin_bench_raise *bench = &run->block.bench;
	const struct step *step = run->steps;
	const struct step *end = step + run->args.steps;
	int result = 0;

	preempt_disable();
	for (; step < end; step++) {
		bench->ctx.closure = step->closure;
		if (step->guard_fn && !step->guard_fn(bench))
			continue;
		if (fired)
			++*fired;
		result = step->handler(bench);
		if (result)
			break;
	}
	preempt_enable();
	return result;
}

static noinline int call_steps(struct run *run)
{
	return run_steps(run, NULL);
}

/* These are not measured: they show whether those that are ran what they should. */
static noinline int count_steps(struct run *run)
{
	fill(run, run->args.key, run->args.argument);
	run->args.fired = 0;
	return run_steps(run, &run->args.fired);
}

static __always_inline int raise_list(struct run *run, u64 key, u64 argument)
{
	fill(run, key, argument);
	return call_steps(run);
}

/* ------------------------------------------------------------------ */
/* Measuring								*/

/*
 * Define measure_NAME(): raise_NAME(), as often as asked. Interrupts are off for
 * each single operation, so that none is counted. The arguments are in
 * registers before, as a raiser's usually are; each function reads the counter
 * by the same instructions, so that measure_nothing() tells what these cost.
 */
#define DEFINE_MEASURE(NAME)						\
static noinline void measure_##NAME(struct run *run)			\
{									\
	u64 key, argument = run->args.argument;				\
	u32 i, before, after;						\
	int result;							\
									\
	for (i = 0; i < run->args.operations; i++) {			\
		key = run->args.key + i % run->args.keys;		\
		local_irq_disable();					\
		asm volatile("" : "+r" (key), "+r" (argument));		\
		before = rdtsc_ordered();				\
		asm volatile("" : "+r" (before) : : "memory");		\
		result = raise_##NAME(run, key, argument);		\
		asm volatile("" : "+r" (result) : : "memory");		\
		after = rdtsc_ordered();				\
		asm volatile("" : "+r" (after) : : "memory");		\
		local_irq_enable();					\
		run->samples[i] = after - before;			\
		run->result = result;					\
		if (!(i % 256))						\
			cond_resched();					\
	}								\
}

DEFINE_MEASURE(nothing)
DEFINE_MEASURE(spin)
DEFINE_MEASURE(block)
DEFINE_MEASURE(list)

static void measure_steps(struct run *run)
{
	measure_list(run);
	count_steps(run);
}

static int measure_c_list(struct run *run)
{
	static bool (* const guards[])(struct spin_bench_raise *bench) = {
		[SPIN_BENCH_BY_ARGUMENT] = c_by_argument,
		[SPIN_BENCH_BY_CLOSURE] = c_by_closure,
	};
	u32 i;

	for (i = 0; i < run->args.steps; i++) {
		run->steps[i].guard_fn = guards[run->args.guard];
		run->steps[i].handler = c_handler;
		run->steps[i].closure = i;
	}
	measure_steps(run);
	return 0;
}

/*
 * Called for each binding in order, under spin_mutex: the last one measures
 * right here, while none of them can go away.
 */
static int collect_trampoline(struct spin_binding *binding, void *arg)
{
	struct Bench_Raise *value = spin_binding_value(binding);
	struct run *run = arg;
	struct step *step = &run->steps[run->collected];

	step->guard_fn = value->guard_fn;
	step->handler = value->handler;
	step->closure = spin_binding_closure(binding);
	if (++run->collected < run->args.steps)
		return 0;
	measure_steps(run);
	return 1;
}

static int measure_trampoline(struct run *run)
{
	int ret;

	if (!run->args.steps) {
		measure_steps(run);
		return 0;
	}
	ret = spin_event_for_each_binding(&bench_event, collect_trampoline, run);
	if (ret < 0)
		return ret;
	return ret ? 0 : -EBUSY;
}

static int measure(struct run *run)
{
	run->block.bench.ctx.event_id = bench_event.id;
	switch (run->args.system) {
	case SPIN_BENCH_NOTHING:
		measure_nothing(run);
		return 0;
	case SPIN_BENCH_SPIN:
		measure_spin(run);
		return 0;
	case SPIN_BENCH_C_LIST:
		return measure_c_list(run);
	case SPIN_BENCH_TRAMPOLINE:
		return measure_trampoline(run);
	case SPIN_BENCH_SPIN_BLOCK:
		measure_block(run);
		return 0;
	}
	return -EINVAL;
}

/* ------------------------------------------------------------------ */
/* /dev/spin-bench							*/

static bool args_valid(const struct spin_bench_measure *args)
{
	return args->system <= SPIN_BENCH_SPIN_BLOCK &&
	       args->guard <= SPIN_BENCH_BY_CLOSURE &&
	       args->steps <= SPIN_BENCH_STEPS_MAX && args->operations &&
	       args->operations <= SPIN_BENCH_OPERATIONS_MAX && args->keys;
}

static int run_alloc(struct run *run)
{
	run->samples = kvcalloc(run->args.operations, sizeof(*run->samples),
				GFP_KERNEL);
	run->steps = kvcalloc(run->args.steps + 1, sizeof(*run->steps),
			      GFP_KERNEL);
	return run->samples && run->steps ? 0 : -ENOMEM;
}

static void run_free(struct run *run)
{
	kvfree(run->samples);
	kvfree(run->steps);
	kfree(run);
}

static int bench_measure(struct spin_bench_measure __user *user)
{
	struct run *run = kzalloc(sizeof(*run), GFP_KERNEL);
	int err = -EFAULT;

	if (!run)
		return -ENOMEM;
	if (copy_from_user(&run->args, user, sizeof(run->args)))
		goto out;
	err = -EINVAL;
	if (!args_valid(&run->args))
		goto out;
	err = run_alloc(run);
	if (err)
		goto out;
	err = measure(run);
	if (err)
		goto out;
	if (copy_to_user(u64_to_user_ptr(run->args.samples), run->samples,
			 array_size(run->args.operations,
				    sizeof(*run->samples))) ||
	    copy_to_user(user, &run->args, sizeof(run->args)))
		err = -EFAULT;
out:
	run_free(run);
	return err;
}

static long bench_ioctl(struct file *file, unsigned int command,
			unsigned long arg)
{
	if (command != SPIN_BENCH_MEASURE)
		return -ENOTTY;
	return bench_measure((void __user *)arg);
}

static const struct file_operations bench_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = bench_ioctl,
};

static struct miscdevice bench_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "spin-bench",
	.fops = &bench_fops,
	.mode = 0600,
};

static int bench_start(void)
{
	return misc_register(&bench_device);
}

static void bench_stop(void)
{
	misc_deregister(&bench_device);
}

static struct spin_service bench_service = {
	.interface = {
		.name = "Bench",
		.authorize = spin_interface_public,
	},
	.events = { &Bench_Raise_type },
	.start = bench_start,
	.stop = bench_stop,
};

static int __init spin_bench_init(void)
{
	return spin_service_register(&bench_service);
}

static void __exit spin_bench_exit(void)
{
	spin_service_unregister(&bench_service);
}

module_init(spin_bench_init);
module_exit(spin_bench_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("An event to measure SPIN's dispatcher with");
