/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a service builds on: events, contexts, interfaces of kernel functions,
 * and capabilities. A service includes this header and nothing else of the
 * core's, and any other kernel module may do what the services of spin.ko do:
 * see Documentation/kernel-api.rst.
 *
 * Words (SPIN's): an *event* is something the kernel announces; a *handler* is
 * a program run for it, if its *guard* says so; a *binding* installs a guard
 * and handler on an event; an *extension* is the set of bindings, imports and
 * capabilities that one object file brought; an *interface* is a named set of
 * kernel functions and events that an extension imports.
 */
#ifndef _SPIN_SPIN_H
#define _SPIN_SPIN_H

#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/jump_label_ratelimit.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/percpu-refcount.h>
#include <linux/preempt.h>
#include <linux/rcupdate_trace.h>
#include <linux/srcu.h>
#include <linux/static_call.h>
#include <linux/types.h>

#include <spin/kfuncs.h>
#include <uapi/linux/spin.h>

struct cred;
struct module;
struct spin_direct_call;
struct spin_domain;
struct spin_guard;
struct spin_plan_head;
struct spin_request;
struct spin_binding;
struct spin_event;
struct spin_extension;

#define SPIN_INTERFACES_MAX	256	/* in the whole system */

/**
 * struct spin_template - what the core keeps in every struct_ops value
 * @id: given when it is attached, never reused; spin_mutex
 * @event: the event the template is for
 * @progs: its programs, by member: guard, handler, more guards, post-guard;
 *	NULL if there is none
 * @prog_ids: by which they are known for the same; 0 if there is none
 * @udata: the value user space wrote, where the BPF core leaves program ids
 * @extension_id: extension whose loader wrote it
 * @ext: extension it is attached to, NULL while it is not; spin_mutex
 * @bindings: made from it; spin_mutex
 * @live: bindings made from it that are not gone; spin_mutex
 * @node: in the extension's list of templates; spin_mutex
 * @cost: worst case of one of its bindings, in instructions; 0: unbounded
 * @guard_cost: what its guards may take of that
 * @lean: its guard looks at nothing that is set for the binding
 * @uses: interfaces its programs call functions of, and that of its event
 *
 * The programs are held by the struct_ops map the value lies in, from the map
 * update that filled it to the end of the map; no reference is taken here.
 * What has no lock named is written once, by the map update, before the value
 * can be attached; @cost, @guard_cost, @lean and @uses by the attachment.
 */
struct spin_template {
	u64 id;
	struct spin_event *event;
	struct bpf_prog *progs[SPIN_PROGS_MAX];
	u32 prog_ids[SPIN_PROGS_MAX];
	const void *udata;
	u64 extension_id;
	struct spin_extension *ext;
	struct list_head bindings;
	u32 live;
	struct list_head node;
	u32 cost;
	u32 guard_cost;
	bool lean;
	DECLARE_BITMAP(uses, SPIN_INTERFACES_MAX);
};

#define SPIN_TEMPLATE_KERNEL	struct spin_template kernel;
#include <uapi/linux/spin_ext.h>

/* ------------------------------------------------------------------ */
/* Contexts								*/

/*
 * Hidden right before the context that programs see, so that every kernel
 * function finds its caller's binding, extension and rights from the context
 * it is given, and from nothing else. It is the record of the run, too: those
 * of a CPU (atomic events) or task (sleepable ones) form a stack by @outer.
 *
 * @event: set by the raiser
 * @binding: whose program runs
 * @outer: the raise that this one nests in, or interrupted; NULL if none
 * @epoch: sampled when the outermost raise began
 * @deadline: of a sleepable raise: until when it may take; 0: without limit. An
 *	atomic one has none: it is bounded by its length
 * @task: of a sleepable raise: the task that runs it
 * @caller: of a sleepable raise: the one this nests in, of the same task, or NULL
 * @level: of the context, as preempt_count() has it: raises of one level nest
 * @depth: how deep, from 1; 0: the raise was refused, and no handler was asked
 * @fired: handlers that ran and were not rejected
 * @result: what ended the raise
 * @spent: by a raise with a budget: at most so many instructions
 * @args: what programs are called with
 * @head: of the plan, while the guard of a direct call runs
 * @changed: a filter has changed an argument
 * @holding: of a sleepable raise: what spin_handler_take_up() takes is held for its
 *	handler, and for all raises that this makes
 *
 * All but @event is the dispatcher's: the raiser need not clear it.
 */
struct spin_raise {
	struct spin_event *event;
	struct spin_binding *binding;
	struct spin_raise *outer;
	u64 epoch;
	u64 deadline;
	struct task_struct *task;
	struct spin_raise *caller;
	u32 level;
	u32 depth;
	u32 fired;
	int result;
	u64 spent;
	u64 args[1];
	const struct spin_plan_head *head;
	u32 changed;
	u32 holding;
};

/*
 * A service embeds SPIN_CONTEXT in its own raise block:
 *
 *	struct udp_raise {
 *		struct sk_buff *skb;
 *		SPIN_CONTEXT(struct spin_udp_packet, pkt);
 *	};
 */
#define SPIN_CONTEXT(TYPE, NAME)	\
	struct spin_raise raise;	\
	TYPE NAME

#define SPIN_CONTEXT_CHECK(OUTER, NAME)					\
	static_assert(offsetof(OUTER, NAME) ==				\
		      offsetof(OUTER, raise) + sizeof(struct spin_raise))

/*
 * What a handler that may sleep holds while it runs: frames of its code and
 * elements of its maps stay, and so does the processor. Once for each task, however
 * deep its raises nest. It lets go of both where it may take long, for all updates
 * of BPF in the system wait for the one, and a processor that is to go off line for
 * the other. What its program points to stays all the same: see map_stays() in
 * program/checker.c.
 */
static inline void spin_handler_take_up(void)
{
	rcu_read_lock_trace();
	migrate_disable();
}

/*
 * For kernel functions that only handlers that may sleep call, around what may wait
 * for somebody. Nothing in between may be raised.
 */
static inline void spin_handler_let_go(void)
{
	migrate_enable();
	rcu_read_unlock_trace();
}

static inline struct spin_raise *spin_raise_of(struct spin_ctx *ctx)
{
	return (struct spin_raise *)ctx - 1;
}

static inline struct spin_ctx *spin_raise_ctx(struct spin_raise *raise)
{
	return (struct spin_ctx *)(raise + 1);
}

/* ------------------------------------------------------------------ */
/* Events								*/

/*
 * A program, compiled: bpf_prog.bpf_func without the second argument, which is
 * for programs that are interpreted. None of those is ever bound.
 */
typedef unsigned int (*spin_program_t)(const void *args);

/**
 * struct spin_point - where bindings hang: an event, or one name space's share
 * @plan: what a raise runs, never NULL; replaced as a whole under spin_mutex,
 *	read under RCU
 * @event: whose
 * @id: for listings
 * @front: bindings in order, but those that said Last; spin_mutex
 * @back: those that said Last, in order; spin_mutex
 * @reserved: holders of the two ends, NULL if they are free; spin_mutex
 * @intrinsic: the event's own handler as a binding, NULL: deregistered
 * @count: number of bindings on it; spin_mutex
 * @planned: number of bindings that are in the plan; spin_mutex
 * @unsettled: how many of these are of extensions that come or go; spin_mutex
 * @implemented: how many of these implement the procedure whose event it is;
 *	spin_mutex
 * @stale: the plan is to be made anew as a whole; spin_mutex
 * @srcu: of a sleepable event: raises at it are read-side sections of this. The
 *	event's, unless the service gave the point one of its own; else NULL
 */
struct spin_point {
	struct spin_plan_head __rcu *plan;
	struct spin_event *event;
	u64 id;
	struct list_head front;
	struct list_head back;
	struct spin_binding *reserved[2];
	struct spin_binding *intrinsic;
	u32 count;
	u32 planned;
	u32 unsettled;
	u32 implemented;
	bool stale;
	struct srcu_struct *srcu;
};

void spin_point_init(struct spin_point *point, struct spin_event *event);
void spin_point_exit(struct spin_point *point);
int __must_check spin_point_srcu_own(struct spin_point *point);
void spin_point_srcu_end(struct spin_point *point);

/**
 * struct spin_key - a field of the context that bindings can be found by
 * @name: for people
 * @offset: in the context
 * @size: 1, 2, 4 or 8 bytes
 */
struct spin_key {
	const char *name;
	u16 offset;
	u16 size;
};

#define SPIN_KEY(CTX, FIELD, NAME) \
	{ .name = NAME, .offset = offsetof(CTX, FIELD), \
	  .size = sizeof_field(CTX, FIELD) }

/**
 * struct spin_event_ops - how a service takes part in an event's life
 * @authorize: the event's authorizer, asked for each binding and whenever a
 *	template is attached: see struct spin_request. An event without it takes
 *	no handlers. (SPIN: authorizer)
 * @attach: a template of the event is attached to an extension: may give it
 *	another event, with the same ops, and a reference to that. Returns 0, or a
 *	negative errno with the reason in the verdict. For spin.ko's own events; may
 *	be NULL
 * @detach: the opposite: nothing is made from the template any more
 * @point: where the extension's bindings hang; NULL function: the event's own
 *	point. May return an ERR_PTR.
 * @put_point: a binding that @point was asked for is not made after all, and
 *	@bind was not called; or the core held the point to wait for its raises;
 *	may be NULL
 * @bind: a binding was made and is to be inserted: start what raises the
 *	event. On failure nothing may stay.
 * @activate: the binding is active from now on: its extension was committed,
 *	or it was installed into a committed one. Cannot fail.
 * @quiesce: the binding is to go: return when no raise of the service's own
 *	making can start or run for it. May be called more than once, and by
 *	two at a time, without any lock of spin's held (the BPF core's mutex for
 *	struct_ops may be). For events whose raises go by spin_point_raise() or
 *	spin_point_raise_sleepable() there is nothing to do.
 * @unbind: the binding is out of the plan and no handler of it runs: undo
 *	@bind.
 * @release: the last reference to the binding is gone: free its data
 * @intrinsic: the event's own handler, its implementation as SPIN has it: runs
 *	unconditionally, behind the bindings that said First and before all
 *	others, unless spin_event_deregister_intrinsic()
 * @fallback: default handler: runs when no other fired, and its result is the
 *	raise's
 * @abandoned: has the raise become pointless, so that loops of its handlers are
 *	to end? Asked at every turn, in process context; may be NULL. For raises
 *	by threads of the kernel, which nobody can kill, and for those that somebody
 *	waits for
 * @fold: result handler, for SPIN_FOLD_CUSTOM: the result so far (@first: there
 *	is none) and that of one more handler become one
 *
 * @authorize to @release may sleep; all but @quiesce and @release are called
 * under spin_mutex. @intrinsic, @fallback and @fold are called in the event's
 * context.
 */
struct spin_event_ops {
	int (*authorize)(struct spin_request *request);
	int (*attach)(struct spin_extension *ext,
		      struct spin_template *template);
	void (*detach)(struct spin_template *template);
	struct spin_point *(*point)(struct spin_event *event,
				    struct spin_extension *ext);
	void (*put_point)(struct spin_point *point);
	int (*bind)(struct spin_binding *binding);
	void (*activate)(struct spin_binding *binding);
	void (*quiesce)(struct spin_binding *binding);
	void (*unbind)(struct spin_binding *binding);
	void (*release)(struct spin_binding *binding);
	int (*intrinsic)(struct spin_raise *raise);
	int (*fallback)(struct spin_raise *raise);
	bool (*abandoned)(const struct spin_raise *raise);
	int (*fold)(struct spin_raise *raise, int so_far, int result, bool first);
};

/**
 * struct spin_event - an event
 * @name: "Interface.Event"
 * @interface: interface that must be imported to handle it
 * @context: where it is raised
 * @flags: SPIN_EVENT_SEALED, _NEEDS_RESULT, _PERIODIC
 * @result_min: smallest valid result of a handler
 * @result_max: largest valid result; an invalid one is counted and taken as 0
 * @singly: raised for each binding by itself, spin_binding_raise(), and never
 *	for all of them: it has no plan
 * @procedural: a procedure of an extension's: see kmod/procedure/procedure.h. Only
 *	spin.ko itself makes such
 * @holds: SPIN_CLASS_*: locks that the raiser may hold; functions that may take one
 *	of them are refused. With interrupts off it may hold any
 * @instead: of an event that @holds locks: the beginning of a sentence on what to call
 *	instead, for refusals, with what separates it from the rest; may be NULL
 * @arguments: its raises carry capabilities: a struct spin_arguments lies directly
 *	before the struct spin_raise
 * @bindings_max: how many it takes in all; 0: no limit
 * @fold: how results become one
 * @default_result: of a raise that no handler fired in, without @ops->fallback;
 *	with SPIN_EVENT_NEEDS_RESULT such a raise returns -ENOSYS instead
 * @refused_result: of a raise that is refused, so that no handler was asked: what is
 *	safe where a handler would have said no; 0: the default result. With
 *	SPIN_EVENT_NEEDS_RESULT it is -EDEADLK instead
 * @once: of an atomic event: a raise that a handler of the same event makes, in the
 *	same context, is refused
 * @cost_max: instructions a program that cannot sleep may take; 0: what the
 *	context allows
 * @ctx_size: bytes of its context
 * @keys: key fields, by bit of struct spin_match; may be NULL
 * @key_count: how many, at most SPIN_KEYS_MAX
 * @references: by-reference arguments, which filters may change; the service
 *	must not rely on these fields after the raise began
 * @reference_count: how many, at most SPIN_KEYS_MAX
 * @ops: the service's part
 * @type: name of its struct_ops type
 * @call: direct call of a single handler: &SPIN_DIRECT_CALL(TYPE), which
 *	SPIN_EVENT_CALL() defines; may be NULL
 * @btf: of the module that defines it; set when the type is registered
 * @id: set by registration
 * @node: in the list of events; spin_mutex
 * @point: where its bindings hang, unless @ops->point says otherwise
 * @bindings: number of bindings on all its points; spin_mutex
 * @planned: how many of these are in plans; spin_mutex
 * @handled: is anything but the intrinsic handler to be run? Raises are patched
 *	out of the code while not
 * @srcu: of a sleepable event: its raises are read-side sections, so that only
 *	those who change this event wait for handlers that sleep long; but at
 *	points with one of their own
 * @generation: changes of its plans; spin_mutex
 * @generation_seen: the same at the beginning of a grace period; spin_mutex
 * @patched: program @call is patched to; spin_mutex
 * @owner: module that defines it
 * @stats: raises and refusals, by CPU
 * @found: its interface, once somebody looked for that; spin_mutex
 *
 * The module that holds the structure is the event's authority: nobody can get
 * at it by the name.
 */
struct spin_event {
	const char *name;
	const char *interface;
	enum spin_event_context context;
	u32 flags;
	int result_min;
	int result_max;
	bool singly;
	bool procedural;
	u32 holds;
	const char *instead;
	bool arguments;
	u32 bindings_max;
	enum spin_fold fold;
	int default_result;
	int refused_result;
	bool once;
	u32 cost_max;
	u32 ctx_size;
	const struct spin_key *keys;
	u32 key_count;
	const struct spin_key *references;
	u32 reference_count;
	const struct spin_event_ops *ops;
	const char *type;
	const struct spin_direct_call *call;

	const struct btf *btf;
	u64 id;
	struct list_head node;
	struct spin_point point;
	u32 bindings;
	u32 planned;
	struct static_key_false_deferred handled;
	struct srcu_struct srcu;
	u64 generation;
	u64 generation_seen;
	spin_program_t patched;
	struct module *owner;
	struct spin_event_stats __percpu *stats;
	struct spin_interface *found;
};

int __must_check spin_event_deregister_intrinsic(struct spin_event *event);
int __must_check spin_event_register_intrinsic(struct spin_event *event);

/* SPIN: GetHandlers. Calls @fn for each binding in order, under spin_mutex. */
int spin_event_for_each_binding(struct spin_event *event,
				int (*fn)(struct spin_binding *binding,
					  void *arg), void *arg);

/* The struct_ops glue, one set for all events (program/template.c). */
int spin_template_init(struct spin_event *event, struct btf *btf);
bool spin_template_valid_access(int off, int size, enum bpf_access_type type,
				const struct bpf_prog *prog,
				struct bpf_insn_access_aux *info);
const struct bpf_func_proto *
spin_template_func_proto(const struct spin_event *event, enum bpf_func_id id,
			 const struct bpf_prog *prog);
int spin_template_check_member(const struct spin_event *event,
			       const struct btf_type *t,
			       const struct btf_member *member,
			       const struct bpf_prog *prog);
int spin_template_init_member(struct spin_event *event,
			      const struct btf_type *t,
			      const struct btf_member *member, void *kdata,
			      const void *udata);
int spin_template_validate(void *kdata);
int spin_template_reg(void *kdata, struct bpf_link *link);
void spin_template_unreg(void *kdata, struct bpf_link *link);

/**
 * struct spin_event_type - an event and its struct_ops type
 * @event: the event
 * @enroll: tell the BPF core of the type, at module init. There is no call to undo
 *	it: it ends with the module's BTF
 */
struct spin_event_type {
	struct spin_event *event;
	int (*enroll)(void);
};

/*
 * SPIN_EVENT_TYPE - define `TYPE_type`, a struct spin_event_type
 *
 * EVENT is the struct spin_event (a variable declared before). The stubs are
 * never called: they tell the BPF core which members are supported, and their
 * types.
 */
#define SPIN_EVENT_TYPE(TYPE, CTX, EVENT)				\
static bool TYPE##_stub_guard(CTX *ctx)					\
{									\
	return false;							\
}									\
static int TYPE##_stub_handler(CTX *ctx)				\
{									\
	return 0;							\
}									\
static struct TYPE TYPE##_stubs = {					\
	.guard_fn = TYPE##_stub_guard,					\
	.handler = TYPE##_stub_handler,					\
	.guard2_fn = TYPE##_stub_guard,					\
	.guard3_fn = TYPE##_stub_guard,					\
	.post_fn = TYPE##_stub_guard,					\
};									\
static const struct bpf_func_proto *					\
TYPE##_func_proto(enum bpf_func_id id, const struct bpf_prog *prog)	\
{									\
	return spin_template_func_proto(&EVENT, id, prog);		\
}									\
static int TYPE##_init(struct btf *btf)					\
{									\
	return spin_template_init(&EVENT, btf);				\
}									\
static int TYPE##_check_member(const struct btf_type *t,		\
			       const struct btf_member *member,		\
			       const struct bpf_prog *prog)		\
{									\
	return spin_template_check_member(&EVENT, t, member, prog);	\
}									\
static int TYPE##_init_member(const struct btf_type *t,			\
			      const struct btf_member *member,		\
			      void *kdata, const void *udata)		\
{									\
	return spin_template_init_member(&EVENT, t, member, kdata, udata); \
}									\
static const struct bpf_verifier_ops TYPE##_verifier_ops = {		\
	.get_func_proto = TYPE##_func_proto,				\
	.is_valid_access = spin_template_valid_access,			\
};									\
static struct bpf_struct_ops TYPE##_st_ops = {				\
	.verifier_ops = &TYPE##_verifier_ops,				\
	.init = TYPE##_init,						\
	.check_member = TYPE##_check_member,				\
	.init_member = TYPE##_init_member,				\
	.validate = spin_template_validate,				\
	.reg = spin_template_reg,					\
	.unreg = spin_template_unreg,					\
	.cfi_stubs = &TYPE##_stubs,					\
	.owner = THIS_MODULE,						\
	.name = #TYPE,							\
};									\
static int TYPE##_enroll(void)						\
{									\
	return register_bpf_struct_ops(&TYPE##_st_ops, TYPE);		\
}									\
static const struct spin_event_type __maybe_unused TYPE##_type = {	\
	.event = &EVENT,						\
	.enroll = TYPE##_enroll,					\
}

/* ------------------------------------------------------------------ */
/* Raises								*/

/*
 * spin_point_raise - raise an atomic event: any context but NMI
 * spin_point_raise_sleepable - raise a sleepable event: process context
 * @point: where its bindings hang
 * @raise: the context, with @raise->event filled in
 *
 * Run the active bindings in order. A raise that nests deeper than 4 in its
 * context, or finds too little stack, is refused: it runs nothing and is counted.
 *
 * Return the result that the event's fold makes of those of the handlers; what
 * the default handler returns, or the default result, if no handler fired;
 * -ENOSYS if none did and the event needs a result. If the raise is refused:
 * @refused_result of the event, or -EDEADLK if the event needs a result.
 */
int spin_point_raise(struct spin_point *point, struct spin_raise *raise);
int spin_point_raise_sleepable(struct spin_point *point,
			       struct spin_raise *raise);

/**
 * struct spin_budget - what many raises that are made in one go may take together
 * @raises: how many there will be
 * @left: instructions that are left, of those that one raise may take
 */
struct spin_budget {
	u32 raises;
	s64 left;
};

void spin_budget_init(struct spin_budget *budget, u32 raises);
int spin_point_raise_within(struct spin_point *point, struct spin_raise *raise,
			    struct spin_budget *budget);

/* Raise for a single binding, which the caller must keep alive. */
int spin_binding_raise(struct spin_binding *binding, struct spin_raise *raise);

/* Is anything to be run for the event? A branch patched into the code. */
#define spin_event_handled(EVENT) \
	static_branch_unlikely(&(EVENT).handled.key)

/*
 * SPIN_RAISE - raise an atomic event at its own point
 * @EVENT: the struct spin_event itself, a static object
 * @TYPE: its struct_ops type, whose SPIN_EVENT_CALL() is in this file
 * @RAISE: struct spin_raise *, as above
 * @IDLE: what to do, and the result, while nothing is installed: the event's
 *	original implementation, or just its default result
 *
 * Costs a patched-out branch while nothing is installed, and a direct call of
 * the handler while there is a single one without a guard.
 */
#define SPIN_RAISE(EVENT, TYPE, RAISE, IDLE)				\
	(spin_event_handled(EVENT) ?					\
	 TYPE##_raise(&(EVENT).point, RAISE) : (IDLE))

/* ------------------------------------------------------------------ */
/*
 * Bindings and extensions, as a service sees them. What these return, but for
 * the service's own data, is set before @bind and does not change.
 */

struct spin_extension *spin_binding_extension(const struct spin_binding *binding);
struct spin_point *spin_binding_point(const struct spin_binding *binding);
struct spin_event *spin_binding_event(const struct spin_binding *binding);
/* The struct_ops value it was made from; its members are trampolines. */
void *spin_binding_value(const struct spin_binding *binding);
u64 spin_binding_closure(const struct spin_binding *binding);
bool spin_binding_key(const struct spin_binding *binding, u32 field, u64 *value);
u32 spin_binding_period_us(const struct spin_binding *binding);
u64 spin_binding_id(const struct spin_binding *binding);
const char *spin_binding_name(const struct spin_binding *binding);
void *spin_binding_data(const struct spin_binding *binding);
void spin_binding_set_data(struct spin_binding *binding, void *data);
/* SPIN: IsInstalled, and active: is it to be run? Any context. */
bool spin_binding_active(const struct spin_binding *binding);

/* The extension on whose behalf a kernel function was called. */
static inline struct spin_extension *spin_ctx_extension(struct spin_ctx *ctx)
{
	return spin_binding_extension(spin_raise_of(ctx)->binding);
}

/*
 * Interface Dispatcher, for modules that offer it on contexts of their own: to
 * the verifier, a context of another module is no struct spin_ctx of spin.ko's,
 * so its handlers cannot call spin.ko's functions. See <spin/bpf/dispatcher.h>
 * for what they do; the first two and spin_get_handlers() for handlers that may
 * sleep only (KF_SLEEPABLE).
 */
s64 spin_install(struct spin_ctx *ctx, struct spin_install *args);
int spin_uninstall(struct spin_ctx *ctx, u64 id);
int spin_is_installed(struct spin_ctx *ctx, u64 id);
int spin_get_handlers(struct spin_ctx *ctx, u64 *ids, u32 ids__sz);
int spin_filter_set(struct spin_ctx *ctx, u32 argument, u64 value);

const char *spin_extension_name(const struct spin_extension *ext);
u64 spin_extension_id(const struct spin_extension *ext);
/* The network name space that it was loaded from, which may have ended. */
u64 spin_extension_net_cookie(const struct spin_extension *ext);
int spin_extension_was_active(const char *name, u64 epoch);
struct ratelimit_state *spin_extension_console(struct spin_extension *ext);
void spin_text_clean(char *to, size_t size, const char *from, size_t len);
__printf(2, 3)
void spin_extension_refuse(struct spin_extension *ext, const char *fmt, ...);

/* ------------------------------------------------------------------ */
/* Quotas								*/

/*
 * spin_quota_charge - use some of what an extension's domain may have
 * @ext: whose
 * @what: of which kind; SPIN_QUOTA_CPU is not for charging
 * @n: how much: bindings, bytes, objects, packets
 *
 * Packets are a rate: they are never given back, and a single charge may take
 * it into debt, after which nothing is granted until that is paid. Any context
 * but NMI; takes no lock unless it refuses.
 *
 * Return: 0, or -EDQUOT with a sentence in the verdict.
 */
int __must_check spin_quota_charge(struct spin_extension *ext,
				   enum spin_quota_kind what, u64 n);
/* Charge for what was used already: it is not refused. Any context. */
void spin_quota_force(struct spin_extension *ext, enum spin_quota_kind what,
		      u64 n);
/* Give back what was charged. Any context. */
void spin_quota_uncharge(struct spin_extension *ext, enum spin_quota_kind what,
			 u64 n);

/* ------------------------------------------------------------------ */
/* Authority								*/

enum spin_operation {
	SPIN_OP_ATTACH	= 1,	/* a template is attached to an extension */
	SPIN_OP_INSTALL	= 2,	/* a binding is made */
};

/**
 * struct spin_request - what an event's authorizer is asked
 * @operation: what is to be done
 * @event: the event
 * @ext: requester's extension (SPIN: its domain)
 * @cred: credentials of the requester: of the loader, also if a handler of
 *	the extension asks
 * @template: name of the template
 * @key: what the requester shows for itself (SPIN: Auth.Key)
 * @order: order wanted; the authorizer may change it
 * @flags: SPIN_BIND_*; the authorizer may change them
 * @match: indexed guard wanted; NULL when attaching
 * @closure: closure wanted
 * @period_us: of a periodic event: period wanted, in microseconds
 * @cost: worst case in instructions; 0: it can sleep. When attaching, 0: not
 *	known yet
 * @cost_max: the authorizer may lower it: a template that may take more is
 *	refused
 * @reserve: the authorizer may set SPIN_END_FIRST or SPIN_END_LAST: nothing is
 *	put before, or behind, this binding any more
 * @imposed: see spin_request_impose()
 *
 * An authorizer returns 0, or a negative errno with a sentence by
 * spin_request_refuse().
 */
struct spin_request {
	enum spin_operation operation;
	struct spin_event *event;
	struct spin_extension *ext;
	const struct cred *cred;
	const char *template;
	u64 key;
	u32 order;
	u32 flags;
	const struct spin_match *match;
	u64 closure;
	u32 period_us;
	u32 cost;
	u32 cost_max;
	u32 reserve;
	struct spin_guard *imposed;
};

#define SPIN_END_FIRST	(1U << 0)
#define SPIN_END_LAST	(1U << 1)

/* Authorizers: everybody (SPIN: AuthAlways), nobody (AuthNever). */
int spin_authorize_always(struct spin_request *request);
int spin_authorize_never(struct spin_request *request);

/*
 * A guard imposed by an authority: runs before the binding's own, in the
 * event's context; must not change anything. Only the authority can take it
 * away.
 */
typedef bool (*spin_guard_fn)(struct spin_raise *raise, u64 closure);

/*
 * An authorizer calls it for the binding that it is asked about. Returns 0 or
 * -ENOMEM.
 */
int __must_check spin_request_impose(struct spin_request *request,
				     spin_guard_fn fn, u64 closure);
/* By the authority, on a binding that is there. Process context. */
int __must_check spin_binding_impose(struct spin_event *event, u64 binding_id,
				     spin_guard_fn fn, u64 closure);
int __must_check spin_binding_unimpose(struct spin_event *event,
				       u64 binding_id, spin_guard_fn fn,
				       u64 closure);

/*
 * Refuse a request: the sentence gets the event and its authority in front.
 * Returns @err.
 */
__printf(3, 4)
int spin_request_refuse(struct spin_request *request, int err,
			const char *fmt, ...);

/* ------------------------------------------------------------------ */
/* Interfaces								*/

#define SPIN_KFUNC_TABLES_MAX	4	/* of an interface */

/**
 * struct spin_interface - a named set of kernel functions
 * @name: what extensions import
 * @kfuncs: its functions, in as many tables; what is left is NULL
 * @always: linked to every extension without being imported
 * @authorize: may this extension import it? 0, or a negative errno with a
 *	sentence by spin_extension_refuse(); NULL: nobody may
 * @cost: what a call of one of its functions takes besides what that lists, for
 *	the checker: of what it calls in its turn. Under spin_mutex; may be NULL
 * @index: set by registration
 * @domain: its domain, which has its name; set by registration
 * @node: in the list of interfaces; spin_mutex
 *
 * A module with MODULE_ALIAS("spin-interface-NAME") is loaded when an extension
 * imports NAME and nobody exports it.
 */
struct spin_interface {
	const char *name;
	const struct spin_kfunc_table *kfuncs[SPIN_KFUNC_TABLES_MAX];
	bool always;
	int (*authorize)(const struct spin_interface *interface,
			 struct spin_extension *ext);
	u32 (*cost)(const struct spin_extension *ext,
		    const struct spin_kfunc *kfunc);

	u32 index;
	struct spin_domain *domain;
	struct list_head node;
};

/* Everybody who may load extensions may import it. */
int spin_interface_public(const struct spin_interface *interface,
			  struct spin_extension *ext);

/* ------------------------------------------------------------------ */
/* Capabilities								*/

struct spin_capability;

/**
 * struct spin_capability_type - what a service has to do with a kind of capability
 * @kind: enum spin_cap_kind; its row in SPIN_KINDS() says the rest
 * @pointer: for kinds that programs have pointers to: SPIN_POINTER_IDS(); else NULL
 * @grant: take the thing the user names; sets capability->what, ->object and
 *	->flags. On failure nothing may stay and spin_extension_refuse() has the
 *	reason. Process context, the extension's lock is held.
 * @release: give it back: no use of it is under way, and none can begin. Process
 *	context, without locks; may sleep. Called once, with what @grant was given
 */
struct spin_capability_type {
	enum spin_cap_kind kind;
	const u32 *pointer;
	int (*grant)(struct spin_extension *ext,
		     const struct spin_ioc_ext_grant *args,
		     struct spin_capability *capability);
	void (*release)(struct spin_capability *capability);
};

/**
 * struct spin_capability - the right of one extension to use one object
 * @sealed: NULL; all that programs see of it, see capability/pointer.h
 * @uses: operations under way; killed when it is revoked
 * @type: its kind; not to be looked at any more when it is revoked
 * @object: the service's; to be touched during a use only
 * @count: counters, by CPU; shared by all capabilities for the object
 * @kind: enum spin_cap_kind
 * @rights: SPIN_RIGHT_*; only ever lose bits; under the tree's lock
 * @known: SPIN_RIGHT_* that mean something for its kind
 * @revoked: not to be used any more; set once, under the tree's lock
 * @flags: SPIN_CAP_*; set atomically; those of a derived one are its root's
 * @holder: extension that may use it; a reference is held
 * @root: the one that owns the object: that was granted, or made by
 *	spin_capability_create(); may be this one
 * @kref: held by slots, by pointers in maps, by arguments of calls, and by each
 *	one derived from it
 * @id: never reused
 * @name: it was granted under
 * @what: of the root: description, for people
 * @parent: what it is derived from, or was found by; NULL: it was granted. A
 *	reference is held
 * @children: derived from it, and not cut off; the tree's lock
 * @sibling: in @parent's @children, or in the list of those whose children are to
 *	be cut off
 * @pending: 1 while uses of it have not ended, and 1 for each one derived from it
 *	that has any left, itself or below; the tree's lock, as for all below
 * @owed: taken off @pending soon
 * @slots: slots that hold it: of its extension's versions; spin_mutex
 * @live: of a root: capabilities for its object whose uses have not ended
 * @claims: of a root: threads that will look whether @object can be given back
 * @pass: the last walk that took rights away from it
 * @killed: @uses was killed
 * @cut: it was revoked with all below it, or that is under way
 * @ended: @uses was killed, and no use is under way
 * @unheld: the last reference is gone
 * @released: of a root: @object was given back, or the thread that set this
 *	will do it
 * @sweep: in the list of those to be looked after
 * @dead: in the list of those whose last reference is gone
 * @rcu: freed after a grace period: slots are read under RCU
 *
 * Capabilities form trees: the root is what the user granted, the others were
 * derived, with no more rights than their parent has. To revoke one is to revoke
 * all that was derived from it.
 */
struct spin_capability {
	const void *sealed;
	struct percpu_ref uses;
	const struct spin_capability_type *type;
	void *object;
	struct spin_counters __percpu *count;
	u32 kind;
	u32 rights;
	bool revoked;
	unsigned long flags;
	struct spin_extension *holder;
	struct spin_capability *root;

	struct kref kref;
	u32 known;
	u64 id;
	char name[SPIN_NAME_LEN];
	char what[64];
	struct spin_capability *parent;
	struct list_head children;
	struct list_head sibling;
	u32 pending;
	u32 owed;
	u32 slots;
	u32 live;
	u32 claims;
	u64 pass;
	bool killed;
	bool cut;
	bool ended;
	bool unheld;
	bool released;
	struct list_head sweep;
	struct llist_node dead;
	struct rcu_head rcu;
};

struct spin_counters {
	u64 value[SPIN_COUNT_MAX];
};

/* Add N to counter WHICH (enum spin_cap_counter) of a capability. Any context. */
#define spin_count_add(CAP, WHICH, N) \
	this_cpu_add((CAP)->count->value[WHICH], N)

/*
 * spin_capability_use - begin to use the capability a handler names
 * @ctx: the handler's context
 * @slot: 1 to 63: a slot of its extension; SPIN_SLOT_ARGUMENT + n: the n-th
 *	capability among the arguments of the call being served. The high 16 bits
 *	are ignored
 * @kind: it must be of this kind; 0: any
 * @rights: SPIN_RIGHT_* that the operation needs
 *
 * Any context but NMI; the use may sleep if the context may. Returns it, to be
 * given to spin_capability_done(); or ERR_PTR: -ENOENT the slot is empty, -EBADF
 * it is of another kind, -EACCES it lacks a right, -EKEYREVOKED it was revoked,
 * -ESHUTDOWN the extension is being unloaded.
 */
struct spin_capability *__must_check
spin_capability_use(struct spin_ctx *ctx, u32 slot, enum spin_cap_kind kind,
		    u32 rights);
/*
 * spin_capability_use_held - the same, for one that a program has a pointer to
 *
 * -EPERM: it is held by another extension than the context's: a pointer that
 * came by way of a map both have. The caller must keep it alive.
 */
struct spin_capability *__must_check
spin_capability_use_held(struct spin_ctx *ctx, struct spin_capability *capability,
			 enum spin_cap_kind kind, u32 rights);

/* The use is over: its @object must not be touched any more. Any context. */
static inline void spin_capability_done(struct spin_capability *capability)
{
	percpu_ref_put(&capability->uses);
}

/* References; they do not keep the object. Put: any context but NMI. */
static inline struct spin_capability *
spin_capability_get(struct spin_capability *capability)
{
	kref_get(&capability->kref);
	return capability;
}

void spin_capability_put(struct spin_capability *capability);

/*
 * spin_capability_derive - a capability for another holder, or with less rights
 * @parent: what it is derived from; the caller has a reference or a use
 * @holder: extension that may use it
 * @rights: SPIN_RIGHT_* it gets, if @parent has them
 * @gfp: GFP_ATOMIC where one must not sleep
 *
 * Any context but NMI. Returns it with a reference, or ERR_PTR: -EKEYREVOKED
 * @parent was revoked, -EDQUOT @holder has too many objects, -ENOMEM.
 */
struct spin_capability *__must_check
spin_capability_derive(struct spin_capability *parent,
		       struct spin_extension *holder, u32 rights, gfp_t gfp);

/*
 * spin_capability_create - a new object, found by way of @parent
 *
 * For files opened in a directory and the like: @parent is in use, and to revoke
 * it is to revoke this. Takes @object, which the release of @kind gives back,
 * unless it fails. Process context. Returns it with a reference, or ERR_PTR:
 * -EKEYREVOKED, -EDQUOT, -ENOMEM.
 */
struct spin_capability *__must_check
spin_capability_create(struct spin_capability *parent,
		       struct spin_extension *holder, enum spin_cap_kind kind,
		       void *object, const char *what, u32 rights);

/*
 * spin_capability_revoke - take it back from every holder
 * @capability: and all that was derived from it; the caller has a reference
 * @timeout_ms: how long to wait for uses under way
 *
 * From the moment this is called no use of them can begin. If it was a root, the
 * object is given back when the last use has ended, which is waited for.
 * Process context, without locks. Returns 0; -ETIMEDOUT or -EINTR (killed): uses
 * are still under way, and what is left to do is done when they end.
 */
int spin_capability_revoke(struct spin_capability *capability, u32 timeout_ms);

/**
 * struct spin_arguments - the capabilities among the arguments of a call
 * @count: how many items are used
 * @item: @cap: a reference is held; may be NULL. @rights: what the callee may do
 *	with it, at most
 *
 * Lies directly before the struct spin_raise of events that have @arguments.
 */
struct spin_arguments {
	u32 count;
	struct {
		struct spin_capability *cap;
		u32 rights;
	} item[SPIN_ARGUMENTS_MAX];
};

/* Those of a raise, or NULL. */
static inline struct spin_arguments *
spin_raise_arguments(struct spin_raise *raise)
{
	return raise->event->arguments ? (struct spin_arguments *)raise - 1 :
					 NULL;
}

/*
 * spin_arguments_set - add what a caller names to the arguments of its call
 * @ctx: the caller's context
 * @arguments: to be filled, from 0 up
 * @n: which argument
 * @slot: of the caller; the high 16 bits may be a mask of rights to narrow to
 *	(SPIN_PASS())
 * @kind: it must be of this kind; 0: any
 *
 * Any context but NMI. Needs SPIN_RIGHT_PASS. Returns 0 or an errno as
 * spin_capability_use() does; -E2BIG: @n is too large; -EINVAL: the mask has a right
 * that the capability's kind does not.
 */
int __must_check spin_arguments_set(struct spin_ctx *ctx,
				    struct spin_arguments *arguments, u32 n,
				    u32 slot, enum spin_cap_kind kind);
/* The call is over. Any context but NMI. */
void spin_arguments_put(struct spin_arguments *arguments);

/*
 * spin_extension_holds - was such a thing granted to an extension?
 * @ext: which, held by the caller's binding or request
 * @kind: enum spin_cap_kind
 * @rights: SPIN_RIGHT_* it must have
 * @match: is it that one? Called under RCU, must not sleep; @object may have been
 *	given back, so this is for kinds whose object is a number
 * @arg: second argument of @match
 *
 * For consent: what only has to be held, not used. What was revoked is not held.
 * Any context but NMI.
 */
bool spin_extension_holds(const struct spin_extension *ext,
			  enum spin_cap_kind kind, u32 rights,
			  bool (*match)(const struct spin_capability *capability,
					u64 arg), u64 arg);

/* ------------------------------------------------------------------ */
/* Services								*/

#define SPIN_SERVICE_KINDS_MAX	4
#define SPIN_SERVICE_EVENTS_MAX	16

/**
 * struct spin_service - an interface, with all that belongs to it
 * @interface: what extensions import, with its kernel functions
 * @kinds: kinds of capability; what is left is NULL
 * @events: its events; what is left is NULL
 * @init: the first step, before anything can be asked of the service
 * @start: the last step: what raises the events begins
 * @stop: undoes @start: when it returns, nothing raises the events any more
 * @exit: undoes @init: nothing can be asked of the service any more
 *
 * Each of the functions may be NULL.
 */
struct spin_service {
	struct spin_interface interface;
	const struct spin_capability_type *kinds[SPIN_SERVICE_KINDS_MAX];
	const struct spin_event_type *events[SPIN_SERVICE_EVENTS_MAX];
	int (*init)(void);
	int (*start)(void);
	void (*stop)(void);
	void (*exit)(void);
};

/* Define one that another file registers, which declares it for itself. */
#define SPIN_SERVICE(NAME)		\
	extern struct spin_service NAME;	\
	struct spin_service NAME

#define spin_service_register(SERVICE) \
	__spin_service_register(SERVICE, THIS_MODULE)
int __must_check __spin_service_register(struct spin_service *service,
					 struct module *owner);
void spin_service_unregister(struct spin_service *service);

#include <spin/raise.h>

#endif /* _SPIN_SPIN_H */
