/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a service of spin.ko builds on: events, contexts, interfaces of kernel
 * functions, and capabilities. A service includes this header and nothing else
 * of the core's.
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
#include <linux/list.h>
#include <linux/types.h>

struct pid;
struct spin_binding;
struct spin_event;
struct spin_extension;

/**
 * struct spin_template - what the core keeps in every struct_ops value
 * @event: the event the template is for
 * @guard: the guard's program, NULL if there is none
 * @handler: the handler's program
 * @guard_id: its id, by which it is known for the same, 0 if there is none
 * @handler_id: likewise
 * @udata: the value user space wrote, where the BPF core leaves program ids
 * @extension_id: extension whose loader wrote it
 * @binding: binding made from it, NULL until attached
 *
 * The programs are held by the struct_ops map the value lies in, from the map
 * update that filled it to the end of the map; no reference is taken here.
 * @binding is protected by spin_mutex, the rest is written once, by the map
 * update, before the value can be attached.
 */
struct spin_template {
	struct spin_event *event;
	struct bpf_prog *guard;
	struct bpf_prog *handler;
	u32 guard_id;
	u32 handler_id;
	const void *udata;
	u64 extension_id;
	struct spin_binding *binding;
};

#define SPIN_TEMPLATE_KERNEL	struct spin_template kernel;
#include <uapi/linux/spin_ext.h>

/* ------------------------------------------------------------------ */
/* Events								*/

/**
 * struct spin_point - where bindings hang: an event, or one name space's share
 * @plan: what a raise runs, NULL if nothing; replaced as a whole under
 *	spin_mutex, read under RCU
 * @bindings: all bindings in order; spin_mutex
 * @count: their number; spin_mutex
 * @cost: worst case of a raise that runs them all, in instructions; spin_mutex
 */
struct spin_point {
	struct spin_plan __rcu *plan;
	struct list_head bindings;
	u32 count;
	u64 cost;
};

void spin_point_init(struct spin_point *point);

/**
 * struct spin_event_ops - how a service takes part in an event's life
 * @authorize: may this extension handle the event? 0 or a negative errno with
 *	a sentence by spin_extension_refuse(). An event without it takes no
 *	handlers. (SPIN: authorizer)
 * @point: where the extension's bindings hang; NULL function: the event's own
 *	point. May return an ERR_PTR.
 * @bind: a binding was made and is to be inserted (inactive): start what
 *	raises the event. On failure nothing may stay.
 * @activate: its extension was committed. Cannot fail.
 * @quiesce: the binding is to go: return when no raise of the service's own
 *	making can start or run for it. May be called more than once, and by
 *	two at a time, without any lock of spin's held (the BPF core's mutex for
 *	struct_ops may be).
 * @unbind: the binding is out of the plan and no handler of it runs: undo
 *	@bind.
 *
 * @release: the last reference to the binding is gone: free its data
 *
 * All may sleep. All but @quiesce and @release are called under spin_mutex.
 */
struct spin_event_ops {
	int (*authorize)(struct spin_event *event, struct spin_extension *ext);
	struct spin_point *(*point)(struct spin_event *event,
				    struct spin_extension *ext);
	int (*bind)(struct spin_binding *binding);
	void (*activate)(struct spin_binding *binding);
	void (*quiesce)(struct spin_binding *binding);
	void (*unbind)(struct spin_binding *binding);
	void (*release)(struct spin_binding *binding);
};

/**
 * struct spin_event - an event
 * @name: "Interface.Event"
 * @interface: interface that must be imported to handle it
 * @context: where it is raised
 * @result_min: smallest valid result of a handler
 * @result_max: largest valid result; the first result that is not 0 ends the
 *	raise and is its result; an invalid one is counted and taken as 0
 * @periodic: its templates have a period
 * @ops: the service's part
 * @type: name of its struct_ops type
 * @id: set by registration
 * @node: in the list of events; spin_mutex
 * @point: where its bindings hang, unless @ops->point says otherwise
 * @bindings: number of bindings on all its points; spin_mutex
 * @stats: raises and refusals, by CPU
 */
struct spin_event {
	const char *name;
	const char *interface;
	enum spin_event_context context;
	int result_min;
	int result_max;
	bool periodic;
	const struct spin_event_ops *ops;
	const char *type;

	u64 id;
	struct list_head node;
	struct spin_point point;
	u32 bindings;
	struct spin_event_stats __percpu *stats;
};

int __must_check spin_event_register(struct spin_event *event);
void spin_event_unregister(struct spin_event *event);

/* The struct_ops glue, one set for all events (core/template.c). */
int spin_template_init(struct btf *btf);
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

/*
 * SPIN_EVENT_TYPE - define `TYPE_st_ops`, the struct_ops type of an event
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
};									\
static const struct bpf_func_proto *					\
TYPE##_func_proto(enum bpf_func_id id, const struct bpf_prog *prog)	\
{									\
	return spin_template_func_proto(&EVENT, id, prog);		\
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
	.init = spin_template_init,					\
	.check_member = TYPE##_check_member,				\
	.init_member = TYPE##_init_member,				\
	.validate = spin_template_validate,				\
	.reg = spin_template_reg,					\
	.unreg = spin_template_unreg,					\
	.cfi_stubs = &TYPE##_stubs,					\
	.owner = THIS_MODULE,						\
	.name = #TYPE,							\
}

/* ------------------------------------------------------------------ */
/* Raising								*/

/**
 * struct spin_raise - the hidden half of a context
 * @event: what is raised
 * @binding: whose guard or handler runs at the moment
 *
 * It lies right before the context that programs see, so that every kernel
 * function finds its caller's binding, extension and rights from the context
 * it is given, and from nothing else.
 */
struct spin_raise {
	struct spin_event *event;
	struct spin_binding *binding;
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

static inline struct spin_raise *spin_raise_of(struct spin_ctx *ctx)
{
	return (struct spin_raise *)ctx - 1;
}

static inline struct spin_ctx *spin_raise_ctx(struct spin_raise *raise)
{
	return (struct spin_ctx *)(raise + 1);
}

int spin_point_raise(struct spin_point *point, struct spin_raise *raise);
int spin_binding_raise(struct spin_binding *binding, struct spin_raise *raise);

/* ------------------------------------------------------------------ */
/*
 * Bindings and extensions, as a service sees them. What these return, but for
 * the service's own data, is set before @bind and does not change.
 */

struct spin_extension *spin_binding_extension(const struct spin_binding *binding);
u32 spin_binding_period_us(const struct spin_binding *binding);
u64 spin_binding_id(const struct spin_binding *binding);
const char *spin_binding_name(const struct spin_binding *binding);
void *spin_binding_data(const struct spin_binding *binding);
void spin_binding_set_data(struct spin_binding *binding, void *data);
/* Is its extension committed, and not being unloaded? Any context. */
bool spin_binding_active(const struct spin_binding *binding);

/* The extension on whose behalf a kernel function was called. */
static inline struct spin_extension *spin_ctx_extension(struct spin_ctx *ctx)
{
	return spin_binding_extension(spin_raise_of(ctx)->binding);
}

const char *spin_extension_name(const struct spin_extension *ext);
struct ratelimit_state *spin_extension_console(struct spin_extension *ext);
void spin_text_clean(char *to, size_t size, const char *from, size_t len);
__printf(2, 3)
void spin_extension_refuse(struct spin_extension *ext, const char *fmt, ...);

/* ------------------------------------------------------------------ */
/* Interfaces								*/

/* How a kernel function may be used. */
#define SPIN_KFUNC_GUARD	(1U << 0)	/* functional: a guard may call it */

/**
 * struct spin_kfunc - a kernel function of an interface
 * @address: of the function
 * @name: its name
 * @cost: listed worst case, in instructions, for the checker
 * @flags: SPIN_KFUNC_*
 *
 * Where it may be called follows from its first argument, a context, and from
 * its being sleepable: the verifier sees to both.
 */
struct spin_kfunc {
	const void *address;
	const char *name;
	u32 cost;
	u32 flags;
};

#define SPIN_KFUNC(NAME, COST, FLAGS) \
	{ .address = NAME, .name = #NAME, .cost = COST, .flags = FLAGS }

/**
 * struct spin_interface - a named set of kernel functions
 * @name: what extensions import
 * @kfuncs: its functions
 * @count: how many
 * @always: linked to every extension without being imported
 * @index: set by registration
 * @node: in the list of interfaces; spin_mutex
 */
struct spin_interface {
	const char *name;
	const struct spin_kfunc *kfuncs;
	u32 count;
	bool always;

	u32 index;
	struct list_head node;
};

int __must_check spin_interface_register(struct spin_interface *interface);
void spin_interface_unregister(struct spin_interface *interface);

/* ------------------------------------------------------------------ */
/* Capabilities								*/

struct spin_capability;

/**
 * struct spin_capability_type - a kind of capability
 * @kind: enum spin_cap_kind
 * @name: for messages
 * @grant: take the thing the user names; sets capability->what and ->flags.
 *	On failure nothing may stay and spin_extension_refuse() has the reason.
 * @release: give it back; may sleep; no handler of the extension runs
 */
struct spin_capability_type {
	enum spin_cap_kind kind;
	const char *name;
	int (*grant)(struct spin_extension *ext,
		     const struct spin_ioc_ext_grant *args,
		     struct spin_capability *capability);
	void (*release)(struct spin_capability *capability);
};

/* At module init: 0; -EEXIST: there is one of this kind; -EINVAL: its kind. */
int __must_check spin_capability_register(const struct spin_capability_type *type);
/* At module exit: no extension is left that could hold one. */
void spin_capability_unregister(const struct spin_capability_type *type);

/**
 * struct spin_capability - what an extension was granted
 * @type: its kind
 * @name: name it was granted under
 * @what: description, for people
 * @object: the service's object; set by grant
 * @flags: SPIN_CAP_*; set atomically
 * @count: counters, by CPU
 *
 * Owned by its extension from the grant until no handler of the extension can
 * run any more; a capability of a committed extension does not change.
 */
struct spin_capability {
	const struct spin_capability_type *type;
	char name[SPIN_NAME_LEN];
	char what[64];
	void *object;
	unsigned long flags;
	struct spin_counters __percpu *count;
};

struct spin_counters {
	u64 value[SPIN_COUNT_MAX];
};

/* Add N to counter WHICH (enum spin_cap_counter) of a capability. Any context. */
#define spin_count_add(CAP, WHICH, N) \
	this_cpu_add((CAP)->count->value[WHICH], N)

/*
 * spin_ctx_capability - the capability a handler names by its slot
 *
 * Any context. Returns it; ERR_PTR(-ENOENT) if the slot is empty,
 * ERR_PTR(-EBADF) if it is of another kind, ERR_PTR(-ESHUTDOWN) if the
 * extension is being unloaded. Valid until the calling handler
 * returns.
 */
struct spin_capability *spin_ctx_capability(struct spin_ctx *ctx, u32 slot,
					    enum spin_cap_kind kind);

#endif /* _SPIN_SPIN_H */
