// SPDX-License-Identifier: GPL-2.0
/*
 * The dispatcher: raises. The beginning is in line, in <spin/raise.h>.
 *
 * A raise goes one of two ways. The short one runs the steps of a sequence one
 * after the other. The long one does all the rest: sets that come or go, steps
 * in several places, filters, folds, tracing and timing.
 */
#include <linux/filter.h>
#include <linux/rcupdate_trace.h>
#include <linux/sched/clock.h>
#include <linux/sched/task_stack.h>
#include "observe.h"
#include "plan.h"
#include "record.h"
#include "trace.h"

/* What a program says if there is none: a guard that says no. */
unsigned int spin_program_none(const void *args)
{
	return 0;
}
EXPORT_SYMBOL_GPL(spin_program_none);

static DEFINE_PER_CPU(struct spin_binding_stats, none_stats);

/* In place of a binding that had to go when there was no memory. */
struct spin_binding spin_binding_none = {
	.guard = spin_program_none,
	.handler = spin_program_none,
	.stats = &none_stats,
};

/* ---- results ---- */

static noinline void count_error(const struct spin_binding *binding)
{
	spin_stat_inc(binding->stats, errors);
}

/* A program's result, made valid. */
static int result_of(const struct spin_raise *raise, int result)
{
	const struct spin_event *event = raise->event;

	if (result >= event->result_min && result <= event->result_max) {
		if (result < 0)
			count_error(raise->binding);
		return result;
	}
	count_error(raise->binding);
	return 0;
}

static noinline int odd_result(struct spin_raise *raise, int result)
{
	result = result_of(raise, result);
	if (result && raise->event->fold == SPIN_FOLD_FIRST)
		spin_stat_inc(raise->binding->stats, cancelled);
	return result;
}

/*
 * The result, not zero, of the only handler. What is neither an error nor invalid
 * comes back soon.
 */
int spin_raise_result(struct spin_raise *raise, int result)
{
	const struct spin_event *event = raise->event;

	if (unlikely(result < 0 || result < event->result_min ||
		     result > event->result_max))
		return odd_result(raise, result);
	if (event->fold == SPIN_FOLD_FIRST)
		spin_stat_inc(raise->binding->stats, cancelled);
	return result;
}
EXPORT_SYMBOL_GPL(spin_raise_result);

/* No handler fired. */
static noinline int unhandled(struct spin_raise *raise)
{
	const struct spin_event *event = raise->event;

	spin_stat_inc(event->stats, unhandled);
	if (event->ops->fallback)
		return event->ops->fallback(raise);
	if (event->flags & SPIN_EVENT_NEEDS_RESULT)
		return -ENOSYS;
	return event->default_result;
}

/* The raise is not to be run: too deep, too little stack, or no budget. */
int spin_raise_refused(struct spin_raise *raise)
{
	const struct spin_event *event = raise->event;

	spin_stat_inc(event->stats, refused);
	raise->depth = 0;
	if (event->flags & SPIN_EVENT_NEEDS_RESULT)
		return -EDEADLK;
	return event->refused_result ?: event->default_result;
}
EXPORT_SYMBOL_GPL(spin_raise_refused);

/* ---- one step, at its shortest ---- */

static __always_inline unsigned int run(spin_program_t program,
					struct spin_raise *raise)
{
	return program(raise->args);
}

static __always_inline void step_begin(struct spin_raise *raise,
				       struct spin_binding *binding)
{
	raise->binding = binding;
	spin_raise_ctx(raise)->closure = binding->closure;
}

enum outcome {
	PASSED_OVER,	/* a guard said no */
	REJECTED,	/* a post-guard did */
	FIRED,
};

/*
 * Time on the processor: of a handler that sleeps, that of its task. Only
 * differences mean something, and only on one processor exactly.
 */
static u64 processor_time(bool sleepable)
{
	unsigned long flags;
	u64 time;

	if (!sleepable)
		return local_clock();
	local_irq_save(flags);
	time = current->se.sum_exec_runtime + local_clock() -
	       current->se.exec_start;
	local_irq_restore(flags);
	return time;
}

/* Is its extension's share of the processor limited? */
static bool is_shared(const struct spin_binding *binding)
{
	return binding->ext &&
	       READ_ONCE(binding->ext->quota.limit[SPIN_QUOTA_CPU]) !=
	       SPIN_QUOTA_NONE;
}

static enum outcome step_run_long(struct spin_binding *binding,
				  struct spin_raise *raise, bool sleepable,
				  int *result);

/*
 * What the long way has besides, in a plan that goes the short one. True: the
 * raise has its result.
 */
static noinline bool step_ends_raise(struct spin_binding *binding,
				     struct spin_raise *raise)
{
	int result;

	if (step_run_long(binding, raise, false, &result) != FIRED)
		return false;
	raise->fired++;
	raise->result = result;
	if (!(binding->flags & SPIN_BIND_CANCEL) &&
	    (!result || raise->event->fold != SPIN_FOLD_FIRST))
		return result;	/* the only one, if results are folded */
	spin_stat_inc(binding->stats, cancelled);
	return true;
}

/* A result that is not 0: is it one? */
static noinline bool result_ends_raise(struct spin_raise *raise, int result)
{
	raise->result = result_of(raise, result);
	if (raise->result && raise->event->fold == SPIN_FOLD_FIRST)
		spin_stat_inc(raise->binding->stats, cancelled);
	return raise->result;
}

/* The single binding's guard said no, in a raise that would call directly. */
int spin_raise_passed_over(struct spin_raise *raise)
{
	spin_stat_inc(raise->head->event_stats, raised);
	spin_stat_inc(raise->head->stats, guard_false);
	return unhandled(raise);
}
EXPORT_SYMBOL_GPL(spin_raise_passed_over);

/* Run a handler, and, where @count is true, count that. */
static __always_inline int handler_run_counted(struct spin_binding *binding,
					       struct spin_raise *raise,
					       bool count)
{
	if (count)
		this_cpu_inc(binding->stats->run);
	raise->fired++;
	return (int)run(binding->handler, raise);
}

static __always_inline bool handler_ends_raise(struct spin_binding *binding,
					       struct spin_raise *raise,
					       bool count)
{
	int result = handler_run_counted(binding, raise, count);

	return unlikely(result) && result_ends_raise(raise, result);
}

/*
 * A step whose guard is not lean: its binding and closure are to be there when
 * the guard runs.
 */
static noinline bool guarded_ends_raise(struct spin_binding *binding,
					struct spin_raise *raise)
{
	if (!(u8)run(binding->guard, raise)) {
		spin_stat_inc(binding->stats, guard_false);
		return false;
	}
	return handler_ends_raise(binding, raise,
				  static_branch_likely(&spin_counting));
}

static __always_inline bool item_ends_raise(const struct spin_item *item,
					    struct spin_raise *raise, bool count)
{
	struct spin_binding *binding = READ_ONCE(item->binding);

	/* Not READ_ONCE(): compared in memory, that is one instruction less. */
	if (unlikely(data_race(binding->steps)))
		return step_ends_raise(binding, raise);
	step_begin(raise, binding);
	if (binding->guard)
		return guarded_ends_raise(binding, raise);
	return handler_ends_raise(binding, raise, count);
}

static __always_inline bool chunk_ends_raise(const struct spin_chunk *chunk,
					     struct spin_raise *raise,
					     bool count)
{
	const struct spin_item *item = chunk->items;
	const struct spin_item *end = item + chunk->count;

	do {
		spin_program_t guard = READ_ONCE(item->guard);
		struct spin_binding *binding;

		if (unlikely(!guard)) {
			if (item_ends_raise(item, raise, count))
				return true;
			continue;
		}
		if (!(u8)run(guard, raise)) {
			if (count)
				this_cpu_inc(READ_ONCE(item->stats)->guard_false);
			continue;
		}
		binding = READ_ONCE(item->binding);
		step_begin(raise, binding);
		if (handler_ends_raise(binding, raise, count))
			return true;
	} while (++item < end);
	return false;
}

/*
 * What follows is there twice, for raises that are counted and such as are not:
 * to ask in each step would cost as much as to count.
 */
#define RUN_COUNTED(FN, WHAT, RAISE)			\
	(static_branch_likely(&spin_counting) ?		\
	 FN(WHAT, RAISE, true) : FN(WHAT, RAISE, false))

static __always_inline int chunks_run(const struct spin_sequence *sequence,
				      struct spin_raise *raise, bool count)
{
	u32 c = 0;

	/* Neither a sequence nor a chunk is empty. */
	do {
		if (chunk_ends_raise(sequence->chunks[c], raise, count))
			return raise->result;
	} while (++c < sequence->chunk_count);
	return likely(raise->fired) ? 0 : unhandled(raise);
}

static noinline int sequence_run(const struct spin_sequence *sequence,
				 struct spin_raise *raise)
{
	return RUN_COUNTED(chunks_run, sequence, raise);
}

static __always_inline int one_chunk_run(const struct spin_chunk *chunk,
					 struct spin_raise *raise, bool count)
{
	if (chunk_ends_raise(chunk, raise, count))
		return raise->result;
	return likely(raise->fired) ? 0 : unhandled(raise);
}

static noinline int chunk_run(const struct spin_chunk *chunk,
			      struct spin_raise *raise)
{
	return RUN_COUNTED(one_chunk_run, chunk, raise);
}

/* There is more to the only step than a handler. */
static noinline int single_run_all(const struct spin_item *item,
				   struct spin_raise *raise)
{
	if (item_ends_raise(item, raise, static_branch_likely(&spin_counting)))
		return raise->result;
	return raise->fired ? 0 : unhandled(raise);
}

static __always_inline int single_run(const struct spin_item *item,
				      struct spin_raise *raise, bool count)
{
	struct spin_binding *binding = READ_ONCE(item->binding);
	int result;

	/* In memory, as above. */
	if (unlikely(data_race(binding->steps) || binding->guard))
		return single_run_all(item, raise);
	step_begin(raise, binding);
	result = handler_run_counted(binding, raise, count);
	/* The first result counts: others go the long way (PLAN_FOLDED). */
	return result ? spin_raise_result(raise, result) : 0;
}

/* The bindings that the key of the context leads to: the common case in line. */
static __always_inline const struct spin_sequence *
find(const struct spin_index *index, const void *ctx)
{
	const struct spin_entry *entry;
	u64 value;
	u32 slot;

	if (unlikely(index->field_count != 1))
		return spin_index_find(index, ctx);
	value = spin_key_value(ctx, index->field[0].offset,
			       index->field[0].size);
	slot = spin_index_slot(index, value * index->field[0].factor);
	entry = rcu_dereference_raw(index->slots[slot]);
	for (; entry; entry = rcu_dereference_raw(entry->next))
		if (likely(entry->value[0] == value))
			return rcu_dereference_raw(entry->sequence);
	return NULL;
}

/* ---- one step, with everything ---- */

static bool match_holds(const struct spin_binding *binding,
			const struct spin_raise *raise)
{
	const u64 *wanted = spin_binding_keys(binding);
	const void *ctx = raise + 1;
	unsigned long fields = binding->fields;
	u32 i;

	for_each_set_bit(i, &fields, SPIN_KEYS_MAX) {
		const struct spin_key *key = &binding->event->keys[i];
		u64 value = 0;

		memcpy(&value, ctx + key->offset, key->size);
		if (value != *wanted++)
			return false;
	}
	return true;
}

/* The kernel's own code, or a program that cannot sleep. */
static bool guard_run(spin_program_t guard, struct spin_raise *raise,
		      bool sleepable)
{
	bool pass;

	if (!guard)
		return true;
	if (!sleepable)
		return (u8)run(guard, raise);
	migrate_disable();
	rcu_read_lock();
	pass = (u8)run(guard, raise);
	rcu_read_unlock();
	migrate_enable();
	return pass;
}

static spin_program_t prog_func(const struct spin_binding *binding,
				enum spin_member member)
{
	return spin_prog_func(spin_binding_prog(binding, member));
}

/* A program of the exporter's: it runs as the exporter's, on its account. */
static bool imposed_program_run(const struct spin_guard *guard,
				struct spin_raise *raise)
{
	struct spin_binding *binding = raise->binding;
	bool pass;

	step_begin(raise, guard->binding);
	pass = (u8)run(guard->binding->guard, raise);
	step_begin(raise, binding);
	if (!pass)
		spin_stat_inc(guard->binding->stats, guard_false);
	return pass;
}

/* Under RCU: guards that are taken off are freed a grace period later. */
static bool imposed_run(const struct spin_binding *binding,
			struct spin_raise *raise)
{
	const struct spin_guard *guard;
	bool pass = true;

	for (guard = rcu_dereference_raw(binding->imposed); guard && pass;
	     guard = rcu_dereference_raw(guard->next))
		pass = guard->binding ? imposed_program_run(guard, raise) :
					guard->fn(raise, guard->closure);
	return pass;
}

static bool imposed_hold(const struct spin_binding *binding,
			 struct spin_raise *raise, bool sleepable)
{
	bool pass;

	if (!sleepable)
		return imposed_run(binding, raise);
	migrate_disable();
	rcu_read_lock();
	pass = imposed_run(binding, raise);
	rcu_read_unlock();
	migrate_enable();
	return pass;
}

/* What says yes: a program, an imposed one, or fields that are compared. */
static bool has_guards(const struct spin_binding *binding)
{
	return binding->guard ||
	       READ_ONCE(binding->steps) & (STEP_GUARDS | STEP_MATCH);
}

static bool guards_hold(const struct spin_binding *binding,
			struct spin_raise *raise, bool sleepable)
{
	u32 steps = READ_ONCE(binding->steps);

	if (steps & STEP_MATCH && !match_holds(binding, raise))
		return false;
	if (steps & STEP_GUARDS && !imposed_hold(binding, raise, sleepable))
		return false;
	if (!guard_run(binding->guard, raise, sleepable))
		return false;
	if (!(steps & STEP_GUARDS))
		return true;
	return guard_run(prog_func(binding, SPIN_MEMBER_GUARD2), raise,
			 sleepable) &&
	       guard_run(prog_func(binding, SPIN_MEMBER_GUARD3), raise,
			 sleepable);
}

/* Does a handler hold it that this raise is made by, or inside of? */
static bool is_held(const struct spin_raise *raise)
{
	for (raise = raise->caller; raise; raise = raise->caller)
		if (raise->holding)
			return true;
	return false;
}

static int handler_run_sleepable(const struct spin_binding *binding,
				 struct spin_raise *raise)
{
	int result;

	if (is_held(raise))	/* once: whoever lets go of it lets go of all */
		return run(binding->handler, raise);
	spin_handler_take_up();
	raise->holding = true;
	result = run(binding->handler, raise);
	raise->holding = false;
	spin_handler_let_go();
	return result;
}

static int handler_run(const struct spin_binding *binding,
		       struct spin_raise *raise, bool sleepable)
{
	const struct bpf_prog *prog = spin_binding_prog(binding,
							SPIN_MEMBER_HANDLER);
	int result;

	if (!sleepable || !prog)	/* none: the event's own, in C */
		return run(binding->handler, raise);
	if (prog->sleepable)
		return handler_run_sleepable(binding, raise);
	migrate_disable();
	rcu_read_lock();
	result = run(binding->handler, raise);
	rcu_read_unlock();
	migrate_enable();
	return result;
}

static bool post_holds(const struct spin_binding *binding,
		       struct spin_raise *raise, bool sleepable, int result)
{
	struct spin_ctx *ctx = spin_raise_ctx(raise);
	bool pass;

	ctx->result = result;
	pass = guard_run(prog_func(binding, SPIN_MEMBER_POST), raise, sleepable);
	ctx->result = 0;
	return pass;
}

static enum outcome step_run(struct spin_binding *binding,
			     struct spin_raise *raise, bool sleepable,
			     int *result)
{
	bool pass;

	step_begin(raise, binding);
	pass = guards_hold(binding, raise, sleepable);
	if (has_guards(binding))
		trace_spin_guard(binding, pass);
	if (!pass) {
		spin_stat_inc(binding->stats, guard_false);
		return PASSED_OVER;
	}
	spin_stat_inc(binding->stats, run);
	*result = result_of(raise, handler_run(binding, raise, sleepable));
	trace_spin_handler(binding, *result);
	if (binding->steps & STEP_POST &&
	    !post_holds(binding, raise, sleepable, *result)) {
		spin_stat_inc(binding->stats, rejected);
		return REJECTED;
	}
	return FIRED;
}

static enum outcome step_run_long(struct spin_binding *binding,
				  struct spin_raise *raise, bool sleepable,
				  int *result)
{
	enum outcome outcome;
	bool shared;
	u64 begin, passed, time = 0;

	if (!static_branch_unlikely(&spin_timing))
		return step_run(binding, raise, sleepable, result);
	shared = is_shared(binding);
	if (shared)
		time = processor_time(sleepable);
	begin = local_clock();
	outcome = step_run(binding, raise, sleepable, result);
	passed = local_clock() - begin;
	this_cpu_add(binding->stats->time_ns, passed);
	/* Within bounds: a kernel function may have moved it in between. */
	if (shared)
		atomic64_add(clamp_t(s64, processor_time(sleepable) - time, 0,
				     passed),
			     &binding->ext->share.time_ns);
	this_cpu_inc(binding->stats->timed);
	return outcome;
}

/* ---- all steps, wherever they are ---- */

struct cursor {
	const struct spin_sequence *sequence;
	u32 chunk;
	u32 item;
};

/* The places of a plan: what is plain, and one for each kind of key. */
struct walk {
	struct cursor cursors[1 + SPIN_INDEXES_MAX];
	u32 count;
};

static const struct spin_item *cursor_item(const struct cursor *cursor)
{
	const struct spin_sequence *sequence = cursor->sequence;

	if (!sequence)
		return NULL;
	if (!sequence->chunk_count)
		return cursor->chunk ? NULL : &sequence->single;
	if (cursor->chunk >= sequence->chunk_count)
		return NULL;
	return &cursor->sequence->chunks[cursor->chunk]->items[cursor->item];
}

static void cursor_next(struct cursor *cursor)
{
	if (cursor->sequence->chunk_count &&
	    ++cursor->item < cursor->sequence->chunks[cursor->chunk]->count)
		return;
	cursor->chunk++;
	cursor->item = 0;
}

static void walk_begin(struct walk *walk, const struct spin_plan *plan,
		       const struct spin_raise *raise)
{
	u32 i;

	walk->cursors[0] = (struct cursor){ .sequence = plan->plain };
	walk->count = 1 + plan->index_count;
	for (i = 0; i < plan->index_count; i++)
		walk->cursors[1 + i] = (struct cursor){
			.sequence = spin_index_find(plan->index[i], raise + 1),
		};
}

/* The step of the smallest rank, moving on; NULL: that was all. */
static const struct spin_item *walk_next(struct walk *walk)
{
	const struct spin_item *item, *next = NULL;
	struct cursor *from = NULL;
	u32 i;

	for (i = 0; i < walk->count; i++) {
		item = cursor_item(&walk->cursors[i]);
		if (item && (!next || item->rank < next->rank)) {
			next = item;
			from = &walk->cursors[i];
		}
	}
	if (next)
		cursor_next(from);
	return next;
}

/* A filter has changed keys: look them up again, and go on behind @rank. */
static void walk_again(struct walk *walk, const struct spin_plan *plan,
		       const struct spin_raise *raise, u64 rank)
{
	const struct spin_item *item;
	u32 i;

	walk_begin(walk, plan, raise);
	for (i = 0; i < walk->count; i++)
		while ((item = cursor_item(&walk->cursors[i])) &&
		       item->rank <= rank)
			cursor_next(&walk->cursors[i]);
}

static int fold(struct spin_raise *raise, int so_far, int result, bool first)
{
	const struct spin_event *event = raise->event;

	if (event->fold == SPIN_FOLD_CUSTOM)
		return event->ops->fold(raise, so_far, result, first);
	if (first)
		return result;
	switch (event->fold) {
	case SPIN_FOLD_OR:
		return so_far | result;
	case SPIN_FOLD_AND:
		return so_far & result;
	default:
		return result;
	}
}

static bool is_active(const struct spin_binding *binding,
		      const struct spin_raise *raise)
{
	return !binding->ext ||
	       spin_set_contains(&binding->ext->set, raise->epoch);
}

/*
 * Is there somebody who implements the procedure, in the epoch of the raise? While
 * an exporter comes or goes, handlers of others run if, and only if, its own one
 * does. (That it is not in the plan at all, the plan says: PLAN_UNSERVED.)
 */
static noinline bool is_served(const struct spin_plan *plan,
			       const struct spin_raise *raise)
{
	const struct spin_item *item;
	struct walk walk;

	walk_begin(&walk, plan, raise);
	while ((item = walk_next(&walk))) {
		struct spin_binding *binding = READ_ONCE(item->binding);

		if (binding->implementation && is_active(binding, raise))
			return true;
	}
	return false;
}

/* Of a step that was gone through, at most. */
static u32 step_spent(const struct spin_binding *binding, enum outcome outcome)
{
	const struct spin_template *template = binding->template;
	u32 cost = spin_step_cost(binding);

	if (outcome != PASSED_OVER || !cost || !template)
		return cost;
	return cost - (template->cost - template->guard_cost);
}

static __always_inline int walk_run(const struct spin_plan *plan,
				    struct spin_raise *raise, bool sleepable)
{
	u32 flags = READ_ONCE(plan->flags);
	bool checked = flags & PLAN_CHECKED;
	const struct spin_item *item;
	struct walk walk;
	int total = 0;

	if (flags & PLAN_UNSERVED ||
	    (checked && raise->event->procedural && !is_served(plan, raise)))
		return unhandled(raise);
	walk_begin(&walk, plan, raise);
	while ((item = walk_next(&walk))) {
		struct spin_binding *binding = READ_ONCE(item->binding);
		enum outcome outcome;
		int result = 0;

		if (binding == &spin_binding_none ||
		    (checked && !is_active(binding, raise)))
			continue;
		raise->changed = false;
		outcome = step_run_long(binding, raise, sleepable, &result);
		raise->spent += step_spent(binding, outcome);
		if (raise->changed)
			walk_again(&walk, plan, raise, item->rank);
		if (outcome != FIRED)
			continue;
		total = fold(raise, total, result, !raise->fired++);
		if (binding->flags & SPIN_BIND_CANCEL ||
		    (raise->event->fold == SPIN_FOLD_FIRST && result)) {
			spin_stat_inc(binding->stats, cancelled);
			break;
		}
	}
	return raise->fired ? total : unhandled(raise);
}

/* Later steps see what filters change; the raiser does not. */
static noinline int walk_run_filtered(const struct spin_plan *plan,
				      struct spin_raise *raise, bool sleepable)
{
	const struct spin_key *argument = raise->event->references;
	const u32 count = raise->event->reference_count;
	void *ctx = spin_raise_ctx(raise);
	u64 saved[SPIN_KEYS_MAX];
	int result;
	u32 i;

	/* There are no others that a filter can change: spin_filter_set(). */
	for (i = 0; i < count; i++)
		memcpy(&saved[i], ctx + argument[i].offset, argument[i].size);
	result = sleepable ? walk_run(plan, raise, true) :
			     walk_run(plan, raise, false);
	for (i = 0; i < count; i++)
		memcpy(ctx + argument[i].offset, &saved[i], argument[i].size);
	return result;
}

static noinline int plan_run_long(const struct spin_plan *plan,
				  struct spin_raise *raise, bool sleepable)
{
	int result;

	raise->spent = 0;
	if (plan->flags & PLAN_FILTERED)
		result = walk_run_filtered(plan, raise, sleepable);
	else
		result = sleepable ? walk_run(plan, raise, true) :
				     walk_run(plan, raise, false);
	trace_spin_raise(raise, result);
	return result;
}

/**
 * spin_plan_raise - run a plan
 * @head: of the plan
 * @raise: begun by spin_raise_begin(), before the plan was read
 */
int spin_plan_raise(const struct spin_plan_head *head, struct spin_raise *raise)
{
	const struct spin_sequence *sequence;
	const struct spin_plan *plan;

	if (unlikely(head == &spin_plan_none))
		return unhandled(raise);
	spin_stat_inc(head->event_stats, raised);
	plan = container_of(head, struct spin_plan, head);
	/* In memory, as above. */
	if (unlikely(data_race(plan->flags)) ||
	    static_branch_unlikely(&spin_observed))
		return plan_run_long(plan, raise, false);
	sequence = plan->plain;
	if (!sequence) {
		sequence = find(plan->index[0], raise + 1);
		if (!sequence)
			return unhandled(raise);
	}
	if (!sequence->chunk_count)
		return RUN_COUNTED(single_run, &sequence->single, raise);
	return sequence->chunk_count == 1 ?
	       chunk_run(sequence->chunks[0], raise) :
	       sequence_run(sequence, raise);
}
EXPORT_SYMBOL_GPL(spin_plan_raise);

int spin_point_raise(struct spin_point *point, struct spin_raise *raise)
{
	return __spin_point_raise(point, raise);
}
EXPORT_SYMBOL_GPL(spin_point_raise);

/**
 * spin_budget_init - what raises may take that are made in one go
 * @budget: to be initialised: together, as much as one raise may
 * @raises: how many there will be
 */
void spin_budget_init(struct spin_budget *budget, u32 raises)
{
	budget->raises = raises;
	budget->left = SPIN_POINT_COST_MAX;
}
EXPORT_SYMBOL_GPL(spin_budget_init);

/* Could so many raises take more than one may? Under RCU: it may be changing. */
static bool exceeds_budget(const struct spin_plan *plan, u32 raises)
{
	u64 most = READ_ONCE(plan->plain_cost);
	u32 i;

	for (i = 0; i < plan->index_count; i++)
		most += READ_ONCE(plan->index[i]->cost_max);
	return most * raises > SPIN_POINT_COST_MAX;
}

/* As spin_plan_raise(), but goes by what the steps that are run may take. */
static int plan_raise_within(const struct spin_plan_head *head,
			     struct spin_raise *raise,
			     struct spin_budget *budget)
{
	const struct spin_plan *plan;
	int result;

	if (head == &spin_plan_none)
		return unhandled(raise);
	plan = container_of(head, struct spin_plan, head);
	if (!exceeds_budget(plan, budget->raises))
		return spin_plan_raise(head, raise);
	if (budget->left <= 0)
		return spin_raise_refused(raise);
	spin_stat_inc(head->event_stats, raised);
	result = plan_run_long(plan, raise, false);
	budget->left -= raise->spent;
	return result;
}

/**
 * spin_point_raise_within - raise an atomic event, one of many in one go
 * @point: where its bindings hang
 * @raise: the context, with @raise->event filled in
 * @budget: of all these raises; once it is spent, raises are refused
 *
 * The bound of a raise is one of a stay in the kernel; so it has to be of all
 * raises that one packet, say, makes. If the point's bindings could not exceed it
 * were all of them run each time, nothing is reckoned. Else each raise is
 * charged the bindings whose guards said yes, and the other guards.
 *
 * As spin_point_raise() in all else.
 */
int spin_point_raise_within(struct spin_point *point, struct spin_raise *raise,
			    struct spin_budget *budget)
{
	int result;

	spin_section_begin();
	if (spin_raise_begin(raise)) {
		result = plan_raise_within(rcu_dereference_sched(point->plan),
					   raise, budget);
		spin_raise_end(raise);
	} else {
		result = spin_raise_refused(raise);
	}
	spin_section_end();
	return result;
}
EXPORT_SYMBOL_GPL(spin_point_raise_within);

/* *@error is looked at when the epoch has been sampled. */
int spin_point_raise_unless(struct spin_point *point, struct spin_raise *raise,
			    const int *error)
{
	const struct spin_plan_head *head;
	int result, section, err;

	might_sleep();
	/* The epoch is sampled inside, too: see spin_extension_destroy(). */
	section = srcu_read_lock(point->srcu);
	if (!spin_task_raise_begin(raise)) {
		result = spin_raise_refused(raise);
		goto out;
	}
	head = srcu_dereference(point->plan, point->srcu);
	err = READ_ONCE(*error);
	if (unlikely(err)) {
		result = err;
		spin_stat_inc(raise->event->stats, unhandled);
	} else if (head != &spin_plan_none) {
		spin_stat_inc(head->event_stats, raised);
		result = plan_run_long(spin_plan_of(head), raise, true);
	} else {
		result = unhandled(raise);
	}
	spin_task_raise_end(raise);
out:
	srcu_read_unlock(point->srcu, section);
	return result;
}

int spin_point_raise_sleepable(struct spin_point *point,
			       struct spin_raise *raise)
{
	static const int no_error;

	return spin_point_raise_unless(point, raise, &no_error);
}
EXPORT_SYMBOL_GPL(spin_point_raise_sleepable);

/**
 * spin_binding_raise_atomic - spin_binding_raise(), of an event that is atomic
 * @binding: which
 * @raise: the context
 *
 * Returns the handler's result; 0 also if its guards said no: @raise->fired tells.
 */
int spin_binding_raise_atomic(struct spin_binding *binding,
			      struct spin_raise *raise)
{
	int result = 0;

	spin_section_begin();
	if (!spin_raise_begin(raise)) {
		result = spin_raise_refused(raise);
		goto out;
	}
	spin_stat_inc(raise->event->stats, raised);
	if (step_run_long(binding, raise, false, &result) == FIRED)
		raise->fired++;
	else
		result = 0;
	trace_spin_raise(raise, result);
	spin_raise_end(raise);
out:
	spin_section_end();
	return result;
}

/*
 * The service's own thread raises for one binding: it has seen to it that the
 * binding is active, and that it ends only when the thread has.
 */
int spin_binding_raise(struct spin_binding *binding, struct spin_raise *raise)
{
	int result = 0;

	might_sleep();
	if (!spin_task_raise_begin(raise))
		return spin_raise_refused(raise);
	spin_stat_inc(raise->event->stats, raised);
	if (step_run_long(binding, raise, true, &result) == FIRED)
		raise->fired++;
	else
		result = 0;
	trace_spin_raise(raise, result);
	spin_task_raise_end(raise);
	return result;
}
EXPORT_SYMBOL_GPL(spin_binding_raise);
