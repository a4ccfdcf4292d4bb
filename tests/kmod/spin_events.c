// SPDX-License-Identifier: GPL-2.0
/*
 * spin_events - events of another module than spin.ko, of every kind there is.
 *
 * It builds on <spin/spin.h> alone and raises each of its events when a program
 * asks it to by /dev/spin-events: see spin_events.h, which says what each event
 * is like. The notes of its handlers are kept in order and handed to the
 * caller that asked for the raise, so that a test can compare what ran with
 * what was to run.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/btf_ids.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/math64.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/route.h>
#include <spin/spin.h>
#include "spin_events.h"

/* Trusted arguments became the default. */
#ifndef KF_TRUSTED_ARGS
#define KF_TRUSTED_ARGS	0
#endif

/* What handlers noted; of one raise and those nested in it. */
struct events_log {
	u32 count;
	u32 max;
	u64 *notes;
};

struct events_raise {
	struct events_log *log;
	s64 sum;		/* Average: of the results so far, */
	s64 results;		/* and how many there were */
	SPIN_CONTEXT(struct events_call, call);
};
SPIN_CONTEXT_CHECK(struct events_raise, call);

static struct events_raise *raise_of(struct spin_raise *raise)
{
	return container_of(raise, struct events_raise, raise);
}

static struct events_raise *raise_of_call(struct events_call *call)
{
	return container_of(call, struct events_raise, call);
}

static int note(struct events_raise *r, u64 value)
{
	struct events_log *log = r->log;
	u32 at = log->count++;

	if (at >= log->max)
		return -ENOSPC;
	log->notes[at] = value;
	return 0;
}

/* ---- the module's own part in its events ---- */

static bool only_a(struct spin_raise *raise, u64 closure)
{
	return raise_of(raise)->call.a == closure;
}

static bool only_odd(struct spin_raise *raise, u64 closure)
{
	return raise_of(raise)->call.value & 1;
}

static int impose_two(struct spin_request *request)
{
	int err;

	err = spin_request_impose(request, only_a, request->closure);
	return err ?: spin_request_impose(request, only_odd, 0);
}

static bool hold;
module_param(hold, bool, 0644);
MODULE_PARM_DESC(hold, "let authorizers wait, with SPIN's lock held, until it is N");

static bool held;
module_param(held, bool, 0444);
MODULE_PARM_DESC(held, "one does");

static void hold_while_told(void)
{
	while (READ_ONCE(hold) && !fatal_signal_pending(current)) {
		WRITE_ONCE(held, true);
		msleep(20);
	}
	WRITE_ONCE(held, false);
}

/* The authorizer of most events: what is allowed depends on the key. */
static int by_key(struct spin_request *request)
{
	hold_while_told();
	if (request->key == EVENTS_GRANT_CHEAP)
		request->cost_max = 8;
	if (request->operation != SPIN_OP_INSTALL)
		return 0;
	switch (request->key) {
	case EVENTS_GRANT_ONLY_A:
		return spin_request_impose(request, only_a, request->closure);
	case EVENTS_GRANT_TWO:
		return impose_two(request);
	case EVENTS_GRANT_LAST:
		request->order = SPIN_ORDER_LAST;
		return 0;
	case EVENTS_GRANT_TAKE_FIRST:
		request->order = SPIN_ORDER_FIRST;
		request->reserve = SPIN_END_FIRST;
		return 0;
	case EVENTS_GRANT_TAKE_LAST:
		request->order = SPIN_ORDER_LAST;
		request->reserve = SPIN_END_LAST;
		return 0;
	case EVENTS_GRANT_NO_CANCEL:
		request->flags &= ~SPIN_BIND_CANCEL;
		return 0;
	default:
		return 0;
	}
}

static int needs_key(struct spin_request *request)
{
	if (request->operation == SPIN_OP_INSTALL &&
	    request->key == EVENTS_GRANT_NONE)
		return spin_request_refuse(request, -EACCES,
					   "key 0 opens nothing; show another");
	return by_key(request);
}

static int intrinsic(struct spin_raise *raise)
{
	note(raise_of(raise), EVENTS_INTRINSIC_NOTE);
	return 1;
}

static int fallback(struct spin_raise *raise)
{
	struct events_raise *r = raise_of(raise);

	note(r, EVENTS_DEFAULT_NOTE);
	return 1000 + (int)r->call.value;
}

/* SPIN's own example of a result handler. */
static int average(struct spin_raise *raise, int so_far, int result, bool first)
{
	struct events_raise *r = raise_of(raise);

	if (first)
		r->sum = r->results = 0;
	r->sum += result;
	r->results++;
	return div64_s64(r->sum, r->results);
}

static const struct spin_event_ops by_key_ops = { .authorize = by_key };
static const struct spin_event_ops needs_key_ops = { .authorize = needs_key };
static const struct spin_event_ops closed_ops = {};
static const struct spin_event_ops average_ops = {
	.authorize = by_key,
	.fold = average,
};
static const struct spin_event_ops intrinsic_ops = {
	.authorize = by_key,
	.intrinsic = intrinsic,
};
static const struct spin_event_ops default_ops = {
	.authorize = by_key,
	.fallback = fallback,
};

/* ---- the events ---- */

static const struct spin_key keys[] = {
	SPIN_KEY(struct events_call, a, "a"),
	SPIN_KEY(struct events_call, b, "b"),
	SPIN_KEY(struct events_call, c, "c"),
	SPIN_KEY(struct events_call, d, "d"),
	SPIN_KEY(struct events_call, value, "value"),
};

static const struct spin_key references[] = {
	[EVENTS_REF_A] = SPIN_KEY(struct events_call, a, "a"),
	[EVENTS_REF_C] = SPIN_KEY(struct events_call, c, "c"),
	[EVENTS_REF_VALUE] = SPIN_KEY(struct events_call, value, "value"),
};

/* What a raise comes to while nothing is installed, or taken away. */
static int idle(struct spin_raise *raise)
{
	const struct spin_event *event = raise->event;

	if (event->ops->intrinsic)
		return event->ops->intrinsic(raise);
	if (event->ops->fallback)
		return event->ops->fallback(raise);
	return event->flags & SPIN_EVENT_NEEDS_RESULT ? -ENOSYS :
							event->default_result;
}

#define DEFINE_EVENT(NAME, CONTEXT, OPS, ...)				\
static struct spin_event NAME##_event = {				\
	.name = "Events." #NAME,					\
	.interface = "Events",						\
	.context = CONTEXT,						\
	.result_min = EVENTS_RESULT_MIN,				\
	.result_max = EVENTS_RESULT_MAX,				\
	.ctx_size = sizeof(struct events_call),				\
	.keys = keys,							\
	.key_count = ARRAY_SIZE(keys),					\
	.references = references,					\
	.reference_count = ARRAY_SIZE(references),			\
	.ops = &OPS,							\
	.type = "Events_" #NAME,					\
	__VA_ARGS__							\
};									\
SPIN_EVENT_TYPE(Events_##NAME, struct events_call, NAME##_event)

#define DEFINE_ATOMIC(NAME, CONTEXT, OPS, ...)				\
SPIN_EVENT_CALL(Events_##NAME);						\
DEFINE_EVENT(NAME, CONTEXT, OPS, .call = &SPIN_DIRECT_CALL(Events_##NAME),	\
	     __VA_ARGS__);						\
static int raise_##NAME(struct spin_raise *raise)			\
{									\
	return SPIN_RAISE(NAME##_event, Events_##NAME, raise,		\
			  idle(raise));					\
}

#define DEFINE_SLEEPABLE(NAME, OPS, ...)				\
DEFINE_EVENT(NAME, SPIN_CONTEXT_SLEEPABLE, OPS, __VA_ARGS__);		\
static int raise_##NAME(struct spin_raise *raise)			\
{									\
	if (!spin_event_handled(NAME##_event))				\
		return idle(raise);					\
	return spin_point_raise_sleepable(&NAME##_event.point, raise);	\
}

DEFINE_ATOMIC(Softirq, SPIN_CONTEXT_SOFTIRQ, by_key_ops)
DEFINE_ATOMIC(Atomic, SPIN_CONTEXT_ATOMIC, by_key_ops)
DEFINE_ATOMIC(IrqsOff, SPIN_CONTEXT_IRQS_OFF, by_key_ops,
	      .fold = SPIN_FOLD_OR, .default_result = -7)
DEFINE_SLEEPABLE(Sleepable, by_key_ops, .fold = SPIN_FOLD_LAST)
DEFINE_ATOMIC(And, SPIN_CONTEXT_ATOMIC, by_key_ops, .fold = SPIN_FOLD_AND,
	      .once = true, .refused_result = EVENTS_REFUSED_RESULT)
DEFINE_ATOMIC(Average, SPIN_CONTEXT_ATOMIC, average_ops,
	      .fold = SPIN_FOLD_CUSTOM)
DEFINE_ATOMIC(Intrinsic, SPIN_CONTEXT_ATOMIC, intrinsic_ops,
	      .fold = SPIN_FOLD_OR, .flags = SPIN_EVENT_NEEDS_RESULT)
DEFINE_ATOMIC(Default, SPIN_CONTEXT_ATOMIC, default_ops,
	      .fold = SPIN_FOLD_LAST)
DEFINE_ATOMIC(Needed, SPIN_CONTEXT_ATOMIC, by_key_ops,
	      .flags = SPIN_EVENT_NEEDS_RESULT)
DEFINE_SLEEPABLE(Quiet, by_key_ops, .flags = SPIN_EVENT_NEEDS_RESULT)
DEFINE_ATOMIC(Guarded, SPIN_CONTEXT_ATOMIC, needs_key_ops)
DEFINE_ATOMIC(Inner, SPIN_CONTEXT_ATOMIC, by_key_ops, .fold = SPIN_FOLD_OR)
DEFINE_ATOMIC(Sealed, SPIN_CONTEXT_ATOMIC, by_key_ops,
	      .flags = SPIN_EVENT_SEALED)
DEFINE_ATOMIC(Closed, SPIN_CONTEXT_ATOMIC, closed_ops)

static const struct {
	struct spin_event *event;
	int (*raise)(struct spin_raise *raise);
} events[] = {
#define ENTRY(NAME) [EVENTS_##NAME] = { &NAME##_event, raise_##NAME },
	EVENTS_LIST(ENTRY)
#undef ENTRY
};

/* ---- raises, each in its event's context ---- */

struct softirq_raise {
	struct tasklet_struct tasklet;
	struct completion done;
	struct spin_raise *raise;
	int result;
};

static void run_tasklet(struct tasklet_struct *tasklet)
{
	struct softirq_raise *s = container_of(tasklet, struct softirq_raise,
					       tasklet);

	s->result = raise_Softirq(s->raise);
	complete(&s->done);
}

static int raise_in_softirq(struct spin_raise *raise)
{
	struct softirq_raise s = { .raise = raise };

	tasklet_setup(&s.tasklet, run_tasklet);
	init_completion(&s.done);
	tasklet_schedule(&s.tasklet);
	wait_for_completion(&s.done);
	tasklet_kill(&s.tasklet);
	return s.result;
}

static int raise_event(u32 number, struct spin_raise *raise)
{
	unsigned long flags;
	int result;

	switch (events[number].event->context) {
	case SPIN_CONTEXT_SOFTIRQ:
		return raise_in_softirq(raise);
	case SPIN_CONTEXT_IRQS_OFF:
		local_irq_save(flags);
		result = events[number].raise(raise);
		local_irq_restore(flags);
		return result;
	default:
		return events[number].raise(raise);
	}
}

/* ---- interface Events: what handlers may call ---- */

/* The headers of a datagram of one byte; zero: it has no checksum. */
static void datagram_fill(struct sk_buff *skb, u32 port)
{
	struct udphdr *udp;
	struct iphdr *ip;

	skb_put_zero(skb, 1);
	udp = skb_push(skb, sizeof(*udp));
	*udp = (struct udphdr) {
		.source = htons(9),
		.dest = htons(port),
		.len = htons(skb->len),
	};
	skb_reset_transport_header(skb);
	ip = skb_push(skb, sizeof(*ip));
	*ip = (struct iphdr) {
		.version = 4,
		.ihl = sizeof(*ip) / 4,
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.saddr = htonl(INADDR_LOOPBACK),
		.daddr = htonl(INADDR_LOOPBACK),
	};
	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_IP);
}

__bpf_kfunc_start_defs();

__bpf_kfunc int events_note(struct events_call *call, u64 value)
{
	return note(raise_of_call(call), value);
}

__bpf_kfunc int events_is_odd(struct events_call *call)
{
	return call->value & 1;
}

__bpf_kfunc int events_raise(struct events_call *call, u64 value)
{
	struct events_raise inner = {
		.log = raise_of_call(call)->log,
		.raise.event = &Inner_event,
		.call = *call,
	};

	inner.call.ctx = (struct spin_ctx){ .event_id = Inner_event.id };
	inner.call.value = value;
	return raise_Inner(&inner.raise);
}

__bpf_kfunc int events_raise_again(struct events_call *call, u64 value)
{
	struct events_raise *outer = raise_of_call(call);
	struct events_raise again = {
		.log = outer->log,
		.raise.event = outer->raise.event,
		.call = *call,
	};

	again.call.ctx = (struct spin_ctx){
		.event_id = outer->raise.event->id,
	};
	again.call.value = value;
	if (outer->raise.event->context != SPIN_CONTEXT_ATOMIC)
		return -EOPNOTSUPP;
	return spin_point_raise(&outer->raise.event->point, &again.raise);
}

/* By handlers of any event, to this machine: 0, or why it is not sent. */
__bpf_kfunc int events_datagram(u32 port)
{
	struct flowi4 fl4 = {
		.saddr = htonl(INADDR_LOOPBACK),
		.daddr = htonl(INADDR_LOOPBACK),
		.flowi4_proto = IPPROTO_UDP,
	};
	struct rtable *rt = ip_route_output_key(&init_net, &fl4);
	struct sk_buff *skb;

	if (IS_ERR(rt))
		return PTR_ERR(rt);
	skb = alloc_skb(LL_MAX_HEADER + 64, GFP_ATOMIC);
	if (!skb) {
		ip_rt_put(rt);
		return -ENOMEM;
	}
	skb_reserve(skb, LL_MAX_HEADER + 40);
	datagram_fill(skb, port);
	skb_dst_set(skb, &rt->dst);
	return ip_local_out(&init_net, NULL, skb);
}

/*
 * The verifier takes our context for another type than spin.ko's struct
 * spin_ctx, which it begins with: for it, types of two modules never are the
 * same. So the functions of interface Dispatcher are offered again, on ours.
 */
__bpf_kfunc int events_filter_set(struct events_call *call, u32 argument,
				  u64 value)
{
	return spin_filter_set(&call->ctx, argument, value);
}

__bpf_kfunc s64 events_install(struct events_call *call,
			       struct spin_install *args)
{
	return spin_install(&call->ctx, args);
}

__bpf_kfunc int events_uninstall(struct events_call *call, u64 id)
{
	return spin_uninstall(&call->ctx, id);
}

__bpf_kfunc int events_is_installed(struct events_call *call, u64 id)
{
	return spin_is_installed(&call->ctx, id);
}

__bpf_kfunc int events_get_handlers(struct events_call *call, u64 *ids,
				    u32 ids__sz)
{
	return spin_get_handlers(&call->ctx, ids, ids__sz);
}

__bpf_kfunc_end_defs();

#define EVENTS_KFUNCS(F) \
	F(events_note, KF_TRUSTED_ARGS, 20, SPIN_CLASS_NONE, 0) \
	F(events_is_odd, KF_TRUSTED_ARGS, 5, SPIN_CLASS_NONE, SPIN_KFUNC_GUARD) \
	/* More than this, as the handlers of the other event are. */ \
	F(events_raise, KF_TRUSTED_ARGS, 1000, SPIN_CLASS_SPINNING, 0) \
	F(events_raise_again, KF_TRUSTED_ARGS, 1000, SPIN_CLASS_SPINNING, 0) \
	F(events_datagram, 0, 1000, SPIN_CLASS_SPINNING, 0) \
	F(events_filter_set, KF_TRUSTED_ARGS, 60, SPIN_CLASS_NONE, 0) \
	F(events_install, KF_TRUSTED_ARGS | KF_SLEEPABLE, 5000, SPIN_CLASS_ALL, 0) \
	F(events_uninstall, KF_TRUSTED_ARGS | KF_SLEEPABLE, 5000, SPIN_CLASS_ALL, 0) \
	F(events_is_installed, KF_TRUSTED_ARGS, 200, SPIN_CLASS_SPINNING, 0) \
	F(events_get_handlers, KF_TRUSTED_ARGS | KF_SLEEPABLE, 5000, SPIN_CLASS_ALL, 0)

SPIN_KFUNC_TABLE(events_kfuncs, EVENTS_KFUNCS);

/* ---- /dev/spin-events ---- */

static int copy_block(void *block, const void __user *arg, size_t size)
{
	u32 event;

	if (copy_from_user(block, arg, size))
		return -EFAULT;
	event = *(const u32 *)block;	/* they all begin with it */
	return event < EVENTS_COUNT ? 0 : -EINVAL;
}

static int do_raise(struct events_ioc_raise *args, struct events_log *log)
{
	struct spin_event *event = events[args->event].event;
	struct events_raise r = {
		.log = log,
		.raise.event = event,
		.call = {
			.ctx.event_id = event->id,
			.a = args->a,
			.b = args->b,
			.c = args->c,
			.d = args->d,
			.value = args->value,
		},
	};

	args->result = raise_event(args->event, &r.raise);
	args->a = r.call.a;
	args->b = r.call.b;
	args->c = r.call.c;
	args->d = r.call.d;
	args->value = r.call.value;
	args->log_count = log->count;
	return 0;
}

static long ioctl_raise(void __user *arg)
{
	struct events_ioc_raise args;
	struct events_log log = {};
	long err;

	err = copy_block(&args, arg, sizeof(args));
	if (err)
		return err;
	if (args.log_max > EVENTS_LOG_MAX)
		return -EINVAL;
	log.max = args.log_max;
	log.notes = kvcalloc(log.max, sizeof(u64), GFP_KERNEL);
	if (log.max && !log.notes)
		return -ENOMEM;
	do_raise(&args, &log);
	if (copy_to_user(u64_to_user_ptr(args.log), log.notes,
			 min(log.count, log.max) * sizeof(u64)) ||
	    copy_to_user(arg, &args, sizeof(args)))
		err = -EFAULT;
	kvfree(log.notes);
	return err;
}

static long ioctl_intrinsic(void __user *arg)
{
	struct events_ioc_set args;
	struct spin_event *event;
	long err;

	err = copy_block(&args, arg, sizeof(args));
	if (err)
		return err;
	event = events[args.event].event;
	return args.on ? spin_event_register_intrinsic(event) :
			 spin_event_deregister_intrinsic(event);
}

static long ioctl_impose(void __user *arg)
{
	struct events_ioc_set args;
	struct spin_event *event;
	long err;

	err = copy_block(&args, arg, sizeof(args));
	if (err)
		return err;
	event = events[args.event].event;
	return args.on ?
	       spin_binding_impose(event, args.binding, only_a, args.a) :
	       spin_binding_unimpose(event, args.binding, only_a, args.a);
}

struct handlers {
	u64 *ids;
	u32 count;
	u32 max;
};

static int add_handler(struct spin_binding *binding, void *arg)
{
	struct handlers *handlers = arg;

	if (handlers->count < handlers->max)
		handlers->ids[handlers->count] = spin_binding_id(binding);
	handlers->count++;
	return 0;
}

static long ioctl_handlers(void __user *arg)
{
	struct events_ioc_handlers args;
	struct handlers handlers = {};
	long err;

	err = copy_block(&args, arg, sizeof(args));
	if (err)
		return err;
	if (args.max > EVENTS_LOG_MAX)
		return -EINVAL;
	handlers.max = args.max;
	handlers.ids = kvcalloc(args.max, sizeof(u64), GFP_KERNEL);
	if (args.max && !handlers.ids)
		return -ENOMEM;
	err = spin_event_for_each_binding(events[args.event].event, add_handler,
					  &handlers);
	args.count = handlers.count;
	if (!err &&
	    (copy_to_user(u64_to_user_ptr(args.ids), handlers.ids,
			  min(handlers.count, handlers.max) * sizeof(u64)) ||
	     copy_to_user(arg, &args, sizeof(args))))
		err = -EFAULT;
	kvfree(handlers.ids);
	return err;
}

static long events_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *block = (void __user *)arg;

	switch (cmd) {
	case EVENTS_IOC_RAISE:
		return ioctl_raise(block);
	case EVENTS_IOC_INTRINSIC:
		return ioctl_intrinsic(block);
	case EVENTS_IOC_IMPOSE:
		return ioctl_impose(block);
	case EVENTS_IOC_HANDLERS:
		return ioctl_handlers(block);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations events_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = events_ioctl,
};

static struct miscdevice events_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "spin-events",
	.fops = &events_fops,
	.mode = 0600,
};

/* ---- begin and end ---- */

static int events_start(void)
{
	return misc_register(&events_device);
}

static void events_stop(void)
{
	misc_deregister(&events_device);
}

static struct spin_service events_service = {
	.interface = {
		.name = "Events",
		.authorize = spin_interface_public,
		.kfuncs = { &events_kfuncs },
	},
	.events = {
#define ENTRY(NAME) &Events_##NAME##_type,
		EVENTS_LIST(ENTRY)
#undef ENTRY
	},
	.start = events_start,
	.stop = events_stop,
};

static int __init events_init(void)
{
	return spin_service_register(&events_service);
}

static void __exit events_exit(void)
{
	spin_service_unregister(&events_service);
}

module_init(events_init);
module_exit(events_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Events of every kind, for the tests of spin.ko");
