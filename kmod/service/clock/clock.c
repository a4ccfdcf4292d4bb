// SPDX-License-Identifier: GPL-2.0
/*
 * Event Clock.Tick: periodic, for each binding by a thread of its own, so that
 * a handler that sleeps or takes long holds up nobody else.
 *
 * The thread is made when the binding is, waits until the extension is
 * committed, and is stopped by quiesce: kthread_stop() returns when the
 * handler has, and then nothing can raise the event for this binding.
 *
 * Everyone may have ticks of a millisecond and more. For more of them an extension
 * must hold a capability Clock, as long as it has them: when it is taken away,
 * what ticked faster goes on at one millisecond.
 */
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <spin/spin.h>

#define PERIOD_MIN_US	100
#define PERIOD_MAX_US	(60 * USEC_PER_SEC)
#define PERIOD_PUBLIC_US 1000	/* the shortest without a capability */

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

/* ---- the capability: its object is the shortest period, in microseconds ---- */

static int clock_grant(struct spin_extension *ext,
		       const struct spin_ioc_ext_grant *args,
		       struct spin_capability *capability)
{
	if (args->value < PERIOD_MIN_US || args->value > PERIOD_MAX_US) {
		spin_extension_refuse(ext, "capability '%s': a period of %llu us; it must be between %u and %lu",
				      args->name, args->value, PERIOD_MIN_US,
				      PERIOD_MAX_US);
		return -ERANGE;
	}
	capability->object = (void *)(unsigned long)args->value;
	snprintf(capability->what, sizeof(capability->what), "%llu us",
		 args->value);
	return 0;
}

static void clock_ungrant(struct spin_capability *capability)
{
}

static const struct spin_capability_type clock_type = {
	.kind = SPIN_CAP_CLOCK,
	.grant = clock_grant,
	.release = clock_ungrant,
};

static bool allows(const struct spin_capability *capability, u64 period_us)
{
	return (unsigned long)capability->object <= period_us;
}

static bool may_have(const struct spin_extension *ext, u32 period_us)
{
	return period_us >= PERIOD_PUBLIC_US ||
	       spin_extension_holds(ext, SPIN_CAP_CLOCK, 0, allows, period_us);
}

/* The period it is to tick at now. */
static u64 period_now_ns(const struct spin_binding *binding)
{
	u32 period_us = spin_binding_period_us(binding);

	if (!may_have(spin_binding_extension(binding), period_us))
		period_us = PERIOD_PUBLIC_US;
	return (u64)period_us * NSEC_PER_USEC;
}

/* ---- the event ---- */

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
	u64 tick = 0, missed, period_ns;
	ktime_t due;

	wait_for_commit(binding);
	due = ktime_get();
	while (!kthread_should_stop()) {
		period_ns = period_now_ns(binding);
		/* Late by whole periods: leave those out. */
		missed = div64_u64(ktime_sub(ktime_get(), due), period_ns);
		tick += missed;
		due = ktime_add_ns(due, missed * period_ns);
		raise_tick(binding, period_ns, tick, missed);
		tick++;
		due = ktime_add_ns(due, period_ns);
		wait_until(due);
		/* One that is always late never slept: RCU tasks would wait for it. */
		cond_resched_tasks_rcu_qs();
	}
	return 0;
}

/* What is no period at all is told when it is bound. */
static int clock_authorize(struct spin_request *request)
{
	if (request->operation != SPIN_OP_INSTALL ||
	    request->period_us < PERIOD_MIN_US ||
	    may_have(request->ext, request->period_us))
		return 0;
	return spin_request_refuse(request, -EACCES,
				   "a period of %u us is shorter than everyone may have, %u us: declare a capability of type spin_clock_t, and have it granted by --grant NAME=clock:%uus",
				   request->period_us, PERIOD_PUBLIC_US,
				   request->period_us);
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

SPIN_SERVICE(spin_clock_service) = {
	.interface = {
		.name = "Clock",
		.authorize = spin_interface_public,
	},
	.kinds = { &clock_type },
	.events = { &Clock_Tick_type },
};
