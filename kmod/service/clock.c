// SPDX-License-Identifier: GPL-2.0
/*
 * Event Clock.Tick: periodic, for each binding by a thread of its own, so that
 * a handler that sleeps or takes long holds up nobody else.
 *
 * The thread is made when the binding is, waits until the extension is
 * committed, and is stopped by quiesce: kthread_stop() returns when the
 * handler has, and then nothing can raise the event for this binding.
 */
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include "../kfuncs.h"
#include "services.h"

#define PERIOD_MIN_US	100
#define PERIOD_MAX_US	(60 * USEC_PER_SEC)

struct tick_raise {
	SPIN_CONTEXT(struct spin_clock_tick, tick);
};
SPIN_CONTEXT_CHECK(struct tick_raise, tick);

/**
 * struct clock - the service's part of a binding
 * @mutex: makes a second stop wait for the first
 * @thread: NULL once stopped
 * @go: the binding has been activated: installed, and its extension committed
 */
struct clock {
	struct mutex mutex;
	struct task_struct *thread;
	bool go;
};

static struct spin_event tick_event;

/* Sleep until @due, or until the thread is to stop. */
static void wait_until(ktime_t due)
{
	while (!kthread_should_stop() && ktime_before(ktime_get(), due)) {
		set_current_state(TASK_IDLE);
		if (!kthread_should_stop())
			schedule_hrtimeout(&due, HRTIMER_MODE_ABS);
		__set_current_state(TASK_RUNNING);
	}
}

static void raise_tick(struct spin_binding *binding, u64 period_ns, u64 tick,
		       u64 missed)
{
	struct tick_raise r = {
		.raise.event = &tick_event,
		.tick = {
			.ctx.event_id = tick_event.id,
			.now_ns = ktime_get_ns(),
			.period_ns = period_ns,
			.tick = tick,
			.missed = missed,
		},
	};

	if (spin_binding_active(binding))
		spin_binding_raise(binding, &r.raise);
}

/* Asleep in a state of its own: a new thread's own one looks like a hung task. */
static void wait_for_commit(struct spin_binding *binding)
{
	const struct clock *clock = spin_binding_data(binding);

	for (;;) {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop() ||
		    (READ_ONCE(clock->go) && spin_binding_active(binding)))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static int clock_thread(void *data)
{
	struct spin_binding *binding = data;
	u64 period_ns = (u64)spin_binding_period_us(binding) * NSEC_PER_USEC;
	u64 tick = 0, missed;
	ktime_t due;

	wait_for_commit(binding);
	due = ktime_get();
	while (!kthread_should_stop()) {
		/* Late by whole periods: leave those out. */
		missed = div64_u64(ktime_sub(ktime_get(), due), period_ns);
		tick += missed;
		due = ktime_add_ns(due, missed * period_ns);
		raise_tick(binding, period_ns, tick, missed);
		tick++;
		due = ktime_add_ns(due, period_ns);
		wait_until(due);
		cond_resched();
	}
	return 0;
}

static int clock_authorize(struct spin_request *request)
{
	return 0;	/* whoever may load an extension may have a clock */
}

static int clock_bind(struct spin_binding *binding)
{
	u32 period_us = spin_binding_period_us(binding);
	struct task_struct *thread;
	struct clock *clock;

	if (period_us < PERIOD_MIN_US || period_us > PERIOD_MAX_US) {
		spin_extension_refuse(spin_binding_extension(binding),
				      "binding '%s': member period_us is %u; it must be between %u and %lu",
				      spin_binding_name(binding), period_us,
				      PERIOD_MIN_US, PERIOD_MAX_US);
		return -ERANGE;
	}
	clock = kzalloc(sizeof(*clock), GFP_KERNEL_ACCOUNT);
	if (!clock)
		return -ENOMEM;
	thread = kthread_create(clock_thread, binding, "spin/%s",
				spin_binding_name(binding));
	if (IS_ERR(thread)) {
		kfree(clock);
		return PTR_ERR(thread);
	}
	mutex_init(&clock->mutex);
	clock->thread = get_task_struct(thread);
	spin_binding_set_data(binding, clock);
	wake_up_process(thread);
	return 0;
}

static void clock_activate(struct spin_binding *binding)
{
	struct clock *clock = spin_binding_data(binding);

	WRITE_ONCE(clock->go, true);
	wake_up_process(clock->thread);
}

/* Two may come at once: an unload, and somebody who detaches the link. */
static void clock_quiesce(struct spin_binding *binding)
{
	struct clock *clock = spin_binding_data(binding);

	mutex_lock(&clock->mutex);
	if (clock->thread) {
		kthread_stop(clock->thread);
		put_task_struct(clock->thread);
		clock->thread = NULL;
	}
	mutex_unlock(&clock->mutex);
}

/* Both may still hold the binding, so the clock goes with the last of them. */
static void clock_release(struct spin_binding *binding)
{
	kfree(spin_binding_data(binding));
}

static const struct spin_event_ops clock_ops = {
	.authorize = clock_authorize,
	.bind = clock_bind,
	.activate = clock_activate,
	.quiesce = clock_quiesce,
	.release = clock_release,
};

static struct spin_event tick_event = {
	.name = "Clock.Tick",
	.interface = "Clock",
	.context = SPIN_CONTEXT_SLEEPABLE,
	.result_min = 0,
	.result_max = 0,
	.flags = SPIN_EVENT_PERIODIC,
	.singly = true,
	.bindings_max = 1024,	/* threads, in the whole system */
	.ctx_size = sizeof(struct spin_clock_tick),
	.ops = &clock_ops,
	.type = "Clock_Tick",
};

SPIN_EVENT_TYPE(Clock_Tick, struct spin_clock_tick, tick_event);

static struct spin_interface interface = {
	.name = "Clock",
	.authorize = spin_interface_public,
};

int __init spin_clock_init(void)
{
	int err;

	err = register_bpf_struct_ops(&Clock_Tick_st_ops, Clock_Tick);
	if (err)
		return err;
	err = spin_interface_register(&interface);
	if (err)
		return err;
	err = spin_event_register(&tick_event);
	if (err)
		spin_interface_unregister(&interface);
	return err;
}

void spin_clock_exit(void)
{
	spin_event_unregister(&tick_event);
	spin_interface_unregister(&interface);
}
