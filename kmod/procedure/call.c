// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of procedures: the raise of a procedure's event by a handler of one that
 * imports it. Interface Proc; what may be called follows from the caller's
 * links, so it is there for all.
 *
 * The argument block is copied: what the caller has is the caller's, and may
 * change while it is read.
 */
#include <linux/nospec.h>
#include "../dispatch/binding.h"
#include "../dispatch/record.h"
#include "procedure.h"

#define CALL_COST	250	/* instructions, besides what the handlers take */

struct call_raise {
	SPIN_CONTEXT(struct spin_call, call);
};
SPIN_CONTEXT_CHECK(struct call_raise, call);

/* A call that hands capabilities over. */
struct long_raise {
	struct spin_arguments arguments;
	SPIN_CONTEXT(struct spin_call, call);
};
SPIN_CONTEXT_CHECK(struct long_raise, call);
static_assert(offsetof(struct long_raise, raise) ==
	      sizeof(struct spin_arguments));

static __always_inline struct spin_procedure_link *
find_link(const struct spin_raise *raise, u32 slot)
{
	const struct spin_extension *ext = raise->binding->ext;

	if (unlikely(slot > SPIN_PROCEDURES_MAX))
		return NULL;
	return ext->procedures[array_index_nospec(slot, SPIN_PROCEDURES_MAX + 1)];
}

/*
 * What is behind the arguments is cleared, for handlers can read it. Not by
 * memset() and memcpy(): for some words, those are dear.
 */
static __always_inline void call_fill(struct spin_call *call,
				      const struct spin_procedure *procedure,
				      const u64 *args, u32 size)
{
	const u64 *end = (const void *)args + size;
	u64 *to = call->arg;

	call->ctx.event_id = procedure->event.id;
	call->ctx.result = 0;
	call->ctx.reserved = 0;
	call->ctx.sealed = NULL;
	call->size = size;
	call->reserved = 0;
	static_assert(ARRAY_SIZE(call->arg) == 8);
	WRITE_ONCE(call->arg[1], 0);	/* there is at least one word */
	WRITE_ONCE(call->arg[2], 0);
	WRITE_ONCE(call->arg[3], 0);
	WRITE_ONCE(call->arg[4], 0);
	WRITE_ONCE(call->arg[5], 0);
	WRITE_ONCE(call->arg[6], 0);
	WRITE_ONCE(call->arg[7], 0);
	do {
		WRITE_ONCE(*to++, READ_ONCE(*args++));
	} while (args < end);
}

static noinline int call_unbound(const struct spin_procedure_link *link, int err)
{
	spin_stat_inc(link->procedure->event.stats, unhandled);
	return err;
}

/* The raise has begun. See SPIN_EVENT_CALL() for the order of things. */
static __always_inline int call_run(const struct spin_procedure_link *link,
				    struct spin_raise *raise)
{
	const struct spin_plan_head *head;
	struct spin_binding *direct;
	int result;

	/* Behind the epoch: see kmod/procedure/exporter.c. */
	result = READ_ONCE(link->error);
	if (unlikely(result))
		return call_unbound(link, result);
	head = rcu_dereference_sched(link->procedure->event.point.plan);
	/* Pairs with direct_update(): the rest was written before. */
	direct = smp_load_acquire(&head->direct);
	if (unlikely(!direct || head->guard_fn))
		return spin_plan_raise(head, raise);
	raise->binding = direct;
	spin_raise_ctx(raise)->closure = head->closure;
	if (static_branch_likely(&spin_counting)) {
		this_cpu_inc(head->event_stats->raised);
		this_cpu_inc(head->stats->run);
	}
	raise->fired = 1;
	result = (int)head->program(raise->args);
	if (unlikely(result < 0))
		result = spin_raise_result(raise, result);
	return result;
}

static __always_inline int call_atomic(const struct spin_procedure_link *link,
				       struct spin_raise *raise)
{
	int result;

	spin_section_begin();
	if (unlikely(!spin_raise_begin(raise))) {
		result = spin_raise_refused(raise);
	} else {
		result = call_run(link, raise);
		spin_raise_end(raise);
	}
	spin_section_end();
	return result;
}

static u32 *word_at(u64 *args, const struct spin_proc_member *member)
{
	return (void *)args + member->offset;
}

/*
 * Take what the caller names; the callee gets numbers of arguments instead. A
 * slot of 0 names none.
 */
static int capabilities_take(struct spin_ctx *ctx,
			     const struct spin_procedure *procedure,
			     struct long_raise *r)
{
	u32 n;
	int err;

	r->arguments.count = 0;
	for (n = 0; n < procedure->caps; n++) {
		u32 *word = word_at(r->call.arg, &procedure->cap[n]);

		if (!*word)
			continue;
		err = spin_arguments_set(ctx, &r->arguments, n, *word,
					 procedure->cap[n].kind);
		if (err) {
			spin_arguments_put(&r->arguments);
			return err;
		}
		*word = SPIN_SLOT_ARGUMENT + n;
	}
	return 0;
}

/* The caller's slots are still the caller's. */
static void copy_back(const struct spin_procedure *procedure, u64 *args,
		      struct spin_call *call)
{
	u32 i;

	if (!(procedure->prototype.flags & SPIN_PROC_VAR))
		return;
	for (i = 0; i < procedure->caps; i++)
		*word_at(call->arg, &procedure->cap[i]) =
			READ_ONCE(*word_at(args, &procedure->cap[i]));
	for (i = 0; i < call->size / sizeof(u64); i++)
		WRITE_ONCE(args[i], call->arg[i]);
}

/* All that is more than words copied to a handler that cannot sleep. */
static noinline int call_long(struct spin_ctx *ctx,
			      const struct spin_procedure_link *link,
			      u64 *args, u32 size, bool sleepable)
{
	struct spin_procedure *procedure = link->procedure;
	struct long_raise r __uninitialized;
	int result;

	if (size != procedure->prototype.size ||
	    sleepable != !!(procedure->prototype.flags & SPIN_PROC_SLEEPABLE))
		return -EINVAL;
	if (sleepable && spin_extension_is_leaving(link->ext))
		return -ESHUTDOWN;
	r.raise.event = &procedure->event;
	call_fill(&r.call, procedure, args, size);
	result = capabilities_take(ctx, procedure, &r);
	if (result)
		return result;
	if (sleepable)
		result = spin_point_raise_unless(&procedure->event.point,
						 &r.raise, &link->error);
	else
		result = call_atomic(link, &r.raise);
	spin_arguments_put(&r.arguments);
	copy_back(procedure, args, &r.call);
	return result;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_call(struct spin_ctx *ctx, u32 procedure, void *args,
			  u32 args__sz)
{
	const struct spin_procedure_link *link =
		find_link(spin_raise_of(ctx), procedure);
	struct call_raise r __uninitialized;

	if (unlikely(!link))
		return -ENOENT;
	if (unlikely(link->procedure->plain_size != args__sz))
		return call_long(ctx, link, args, args__sz, false);
	r.raise.event = &link->procedure->event;
	call_fill(&r.call, link->procedure, args, args__sz);
	return call_atomic(link, &r.raise);
}

__bpf_kfunc int spin_call_sleepable(struct spin_ctx *ctx, u32 procedure,
				    void *args, u32 args__sz)
{
	const struct spin_procedure_link *link =
		find_link(spin_raise_of(ctx), procedure);

	if (!link)
		return -ENOENT;
	return call_long(ctx, link, args, args__sz, true);
}

__bpf_kfunc int spin_call_store(struct spin_call *call, u32 offset, void *data,
				u32 data__sz)
{
	struct spin_procedure *procedure =
		spin_procedure_of(spin_raise_of(&call->ctx)->event);
	u32 i;

	if (!(procedure->prototype.flags & SPIN_PROC_VAR))
		return -EPERM;
	if (data__sz > call->size || offset > call->size - data__sz)
		return -EINVAL;
	for (i = 0; i < procedure->caps; i++)
		if (offset < procedure->cap[i].offset + sizeof(u32) &&
		    procedure->cap[i].offset < offset + data__sz)
			return -EINVAL;
	memcpy((void *)call->arg + offset, data, data__sz);
	return 0;
}

__bpf_kfunc_end_defs();

/* What handles a call that may sleep may take any lock. */
#define PROC_KFUNCS(F) \
	F(spin_call, KF_TRUSTED_ARGS, CALL_COST, SPIN_CLASS_SPINNING, 0) \
	F(spin_call_sleepable, KF_TRUSTED_ARGS | KF_SLEEPABLE, 0, SPIN_CLASS_ALL, 0) \
	F(spin_call_store, KF_TRUSTED_ARGS, 80, SPIN_CLASS_SPINNING, 0)

SPIN_KFUNC_TABLE(proc_kfuncs, PROC_KFUNCS);

/*
 * The slot may be anything when the program runs, so it is the dearest procedure
 * it could be: of those it imports, for what it exports it cannot call. (It could
 * implement nothing that calls, if it were charged for that.)
 */
static u32 call_cost(const struct spin_extension *ext,
		     const struct spin_kfunc *kfunc)
{
	u32 cost = 0, slot;

	if (kfunc->address != spin_call)
		return 0;
	for (slot = 1; slot <= ext->procedure_count; slot++) {
		const struct spin_procedure_link *link = ext->procedures[slot];

		if (!link->exports)
			cost = max(cost, link->procedure->prototype.cost_max);
	}
	return cost;
}

SPIN_SERVICE(spin_proc_service) = {
	.interface = {
		.name = "Proc",
		.kfuncs = { &proc_kfuncs },
		.always = true,
		.cost = call_cost,
	},
	.init = spin_procedures_init,
	.exit = spin_procedures_exit,
};
