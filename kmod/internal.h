/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The framework's own structures: what its folders but service/ share. Services see
 * <spin/spin.h> only.
 *
 * Locking. spin_mutex protects the lists of events, interfaces, extensions and
 * bindings, the order of bindings on a point, and every state change of an
 * extension. The BPF core calls reg() and unreg() with its own system-wide
 * mutex held, and these take spin_mutex: therefore nothing that may end in
 * unreg() (detaching or putting a link) is called under spin_mutex.
 *
 * A raise takes no lock: it reads the plan of a point with preemption off, which
 * is an RCU read-side section (atomic events), or in a section of the point's
 * SRCU (sleepable events: struct spin_point). What it may have read is freed after a grace period of
 * either kind, and no grace period is waited for under spin_mutex: handlers that
 * sleep may take it, by kernel functions that install bindings.
 *
 * Order of locks: an extension's lock, spin_mutex, then those of the services
 * (in bind, activate and unbind) and the kernel's for patching its code.
 */
#ifndef _SPIN_INTERNAL_H
#define _SPIN_INTERNAL_H

#include <linux/bitmap.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <spin/spin.h>
#include "extension/refusal.h"

#define SPIN_CAPABILITIES	64	/* slots of an extension; 0 is never used */
#define SPIN_COST_MAX		4096	/* instructions a program that cannot sleep may take */
#define SPIN_COST_MAX_IRQS	1024	/* … with interrupts off */
#define SPIN_CONTEXT_MAX	512	/* bytes of a context */
#define SPIN_TEMPLATES_MAX	4096	/* of an extension */

extern struct mutex spin_mutex;
extern struct workqueue_struct *spin_workqueue;
extern struct workqueue_struct *spin_waiters;

/* ---- epochs ------------------------------------------------------- */

/*
 * Extensions come and go as sets of bindings. A raise samples the epoch once
 * and, while a set is coming or going, runs the steps whose set contains it, so
 * that one store makes a whole extension active, or inactive, or replaces it by
 * another, on all its events at one instant.
 */
struct spin_set {
	u64 from;	/* first epoch it is active in; U64_MAX: not yet */
	u64 to;		/* first epoch it is not any more; U64_MAX: open */
};

static inline bool spin_set_contains(const struct spin_set *set, u64 epoch)
{
	return READ_ONCE(set->from) <= epoch && epoch < READ_ONCE(set->to);
}

void spin_epoch_advance(struct spin_set *opened, struct spin_set *closed);

/* ---- extensions --------------------------------------------------- */

/**
 * struct spin_quota - what an extension uses, and how much it may
 * @used: by enum spin_quota_kind; of packets: how many ever
 * @limit: likewise; SPIN_QUOTA_NONE: none
 * @refused: charges that were refused
 * @paid_at: of packets: when the last will have been paid for, in nanoseconds
 *	of the monotonic clock
 * @raised: limits that whoever may raise them has raised: bits; spin_mutex
 * @warned: the second in which the last refusal of packets was put in words
 *
 * Limits are written under spin_mutex, all else atomically, and read without.
 */
struct spin_quota {
	atomic64_t used[SPIN_QUOTA_KINDS];
	u64 limit[SPIN_QUOTA_KINDS];
	atomic64_t refused[SPIN_QUOTA_KINDS];
	atomic64_t paid_at;
	u32 raised;
	atomic64_t warned;
};

/**
 * struct spin_share - the processor time of a limited extension's handlers
 * @time_ns: all of it, while it is limited; any context
 * @seen: the same when it was last looked at; spin_mutex
 * @at: when that was, 0: not since it is limited; spin_mutex
 * @debt: what it used too much, in nanoseconds; negative: what it may use at
 *	once; spin_mutex
 */
struct spin_share {
	atomic64_t time_ns;
	u64 seen;
	u64 at;
	s64 debt;
};

/**
 * struct spin_slot - by what a program names a capability
 * @cap: a reference is held; NULL: to be granted later. Written under spin_mutex,
 *	read under RCU
 * @kind: enum spin_cap_kind; constant once there is a name
 * @name: under which it is granted; likewise
 */
struct spin_slot {
	struct spin_capability __rcu *cap;
	u32 kind;
	char name[SPIN_NAME_LEN];
};

/**
 * struct spin_extension - what one object file brought
 * @kref: held by the list until it is destroyed, by the loader's file, by each
 *	binding, and by walkers
 * @free: what the last reference ends with: its creator's
 * @id: never reused
 * @name: unique among the extensions in the list
 * @node: in the list; written under spin_mutex, read under RCU
 * @state: enum spin_ext_state; changed under spin_mutex
 * @set: when its bindings are active
 * @settled: all raises that may have sampled an epoch before the last change of
 *	@set are over; spin_mutex
 * @settling: no change of @set since the wait began that will settle it
 * @unsettled_node: in the list of those that are to be settled; spin_mutex
 * @settle: waits for its sleepable raises, and settles it; holds a reference
 * @reaped: struct spin_binding that its handlers removed; spin_mutex
 * @reap: does the rest for these; holds a reference
 * @initializing: whose handler of Domain.Initialize runs, or NULL; written under
 *	spin_mutex
 * @replaces: the version whose place it is to take at its commit; spin_mutex
 * @replaced: somebody is about to take its place; spin_mutex
 * @breaks_callers: it may leave out, or change, procedures that others call
 * @templates: struct spin_template; spin_mutex
 * @template_count: their number; spin_mutex
 * @bindings: struct spin_binding; spin_mutex
 * @binding_count: their number; spin_mutex
 * @links: struct spin_link, all it ever attached; spin_mutex
 * @module_refs: references to the module its maps and programs hold
 * @lock: serialises the loader's requests; taken before spin_mutex
 * @imports: bit per interface; written under @lock and spin_mutex until the
 *	commit, constant afterwards
 * @unresolved: of these, those that were unresolved since; spin_mutex
 * @domain: its own, which has its name
 * @within: what it may import from only, NULL: what it likes; spin_mutex
 * @throttled: its handlers used too much of the processor: they are not run until
 *	that is paid for; written under spin_mutex
 * @committing: its loader has asked for the commit, which has not ended:
 *	no thread is taken to be in it; spin_mutex
 * @entered: the thread that attaches templates to it; spin_mutex
 * @caps: by slot
 * @cap_count: number of slots that have a name, without slot 0; spin_mutex,
 *	constant after the commit
 * @lineage: id of the first of the versions that replaced each other: what one
 *	of them holds, the next may use
 * @let_go: it holds no capability any more, nor will; spin_mutex
 * @procedures: that it calls or exports, by slot; written under @lock and
 *	spin_mutex until the commit
 * @procedure_count: how many
 * @refusal: the last one, for its loader and its owner
 * @console: limits what it writes to the log
 * @quota: what it uses
 * @share: its handlers' processor time, while that is limited
 * @map_memory: of @quota, for the maps of its programs; @lock
 * @owner: who may unload, change and grant it things, besides CAP_SYS_ADMIN
 * @cred: of the loader
 * @net_cookie: of the network name space it is loaded from
 * @loader: process that loaded it
 * @comm: its command
 * @loaded_at_ns: CLOCK_BOOTTIME of the commit
 * @rcu: freed after a grace period: kernel functions read it under RCU
 */
struct spin_extension {
	struct kref kref;
	void (*free)(struct kref *kref);
	u64 id;
	char name[SPIN_NAME_LEN];
	struct list_head node;
	enum spin_ext_state state;
	struct spin_set set;
	bool settled;
	bool settling;
	struct list_head unsettled_node;
	struct work_struct settle;
	struct list_head reaped;
	struct work_struct reap;
	struct spin_binding *initializing;
	struct spin_extension *replaces;
	bool replaced;
	bool breaks_callers;
	struct list_head templates;
	u32 template_count;
	struct list_head bindings;
	u32 binding_count;
	struct list_head links;
	u32 module_refs;
	struct mutex lock;
	DECLARE_BITMAP(imports, SPIN_INTERFACES_MAX);
	DECLARE_BITMAP(unresolved, SPIN_INTERFACES_MAX);
	struct spin_domain *domain;
	struct spin_domain *within;
	bool throttled;
	bool committing;
	struct pid *entered;
	struct spin_slot caps[SPIN_CAPABILITIES];
	u32 cap_count;
	u64 lineage;
	bool let_go;
	struct spin_procedure_link *procedures[SPIN_PROCEDURES_MAX + 1];
	u32 procedure_count;
	struct spin_refusal refusal;
	struct ratelimit_state console;
	struct spin_quota quota;
	struct spin_share share;
	u64 map_memory;
	kuid_t owner;
	const struct cred *cred;
	u64 net_cookie;
	struct pid *loader;
	char comm[TASK_COMM_LEN];
	u64 loaded_at_ns;
	struct rcu_head rcu;
};

extern struct list_head spin_extensions;

int spin_extensions_init(void);
void spin_extensions_exit(void);
bool spin_name_reserved(const char *name);

bool spin_name_valid(const char *name);
int __must_check spin_name_qualify(const char *name, char *qualified);
int __must_check spin_name_qualify_for(kuid_t who, const char *name,
				       char *qualified);
struct spin_extension *spin_extension_lookup(kuid_t who, const char *name);
int __must_check spin_extension_full_name(char *name);
bool spin_extension_permitted(const struct spin_extension *ext);
struct spin_extension *spin_extension_create(const char *name, bool replace);
struct spin_extension *spin_extension_find(const char *name);
struct spin_extension *spin_extension_entered(void);
int spin_extension_enter(struct spin_extension *ext);
void spin_extension_leave(struct spin_extension *ext);
int spin_extension_commit(struct spin_extension *ext,
			  struct spin_extension **replaced);
void spin_extension_destroy(struct spin_extension *ext);
int spin_extension_wait_freed(u32 timeout_ms, const atomic_t *open_files);
void spin_extension_put(struct spin_extension *ext);

/* Is it being unloaded, or replaced? What still runs is to come to its end. */
static inline bool spin_extension_is_leaving(const struct spin_extension *ext)
{
	return READ_ONCE(ext->set.to) != U64_MAX;
}

static inline void spin_extension_get(struct spin_extension *ext)
{
	kref_get(&ext->kref);
}

__printf(4, 5)
void spin_extension_refuse_at(struct spin_extension *ext, u32 prog_id, u32 insn,
			      const char *fmt, ...);

/* ---- Domain.Initialize ---------------------------------------------- */

int spin_initialize_init(void);
int spin_initialize_check_btf(void);
void spin_initialize_exit(void);
int spin_initialize_run(struct spin_extension *ext);

/* ---- interface Dispatcher -------------------------------------------- */

int spin_dispatcher_init(void);
void spin_dispatcher_exit(void);

/* ---- bindings ------------------------------------------------------ */

/* What makes a step more than one guard and a handler. */
#define STEP_GUARDS	(1U << 0)	/* imposed ones, or several */
#define STEP_POST	(1U << 1)
#define STEP_CANCEL	(1U << 2)
#define STEP_FILTER	(1U << 3)
#define STEP_MATCH	(1U << 4)	/* not indexed: too many kinds of keys */

/**
 * struct spin_guard - a guard imposed on a binding by an authority
 * @next: the next one; written under spin_mutex, read under RCU
 * @fn: C, of the authority's module, which outlives its events
 * @closure: its second argument
 * @binding: it is a program of a procedure's exporter instead, run by this
 *	binding of the exporter's, which hangs on no point; else NULL
 * @rcu: freed a grace period after it was taken off
 * @taken_off: in the list of those that are to be freed so, if it has a @binding
 */
struct spin_guard {
	struct spin_guard __rcu *next;
	spin_guard_fn fn;
	u64 closure;
	struct spin_binding *binding;
	union {
		struct rcu_head rcu;
		struct llist_node taken_off;
	};
};

/**
 * struct spin_binding - guards and a handler installed on an event
 * @guard: the first guard, NULL if there is none
 * @handler: what to run
 * @closure: for its programs
 * @stats: by CPU
 * @steps: STEP_*, 0 for most
 * @cost: worst case the checker found, 0 if unbounded
 * @ext: reference held; NULL: the event's own handler
 * @event: held by the module: events outlive bindings
 * @rank: bindings of a point run by increasing rank; spin_mutex
 *
 * @imposed: guards of authorities; written under spin_mutex, read under RCU
 * @template: held by the struct_ops map, which ends after unreg(), which waits
 *	for the end of all bindings made from it
 * @point: where it hangs
 * @id: never reused
 * @fields: indexed guard: bits of struct spin_match
 * @key: the value of the key field, if @fields names one: see spin_binding_keys()
 * @keys: else their values, in the order of the fields
 * @flags: SPIN_BIND_*
 * @order: enum spin_order
 * @back: it is in the point's second list; spin_mutex
 * @at_load: made by the load of its extension
 * @enabled: not switched off; spin_mutex
 * @planned: it is in the plan; spin_mutex
 * @implementation: of a procedure, by its exporter
 * @unserved: its procedure has no exporter, or one that does not let it; spin_mutex
 * @held: its plan is marked for it, see spin_plan_hold_mark(); spin_mutex
 * @unlinked: it uses an interface that was unresolved: not to run; spin_mutex
 * @by_id: what it is before or after was given by id, not by name
 * @owed: it was removed, and the reaper is to do the rest; spin_mutex
 * @removed: it was removed, so that somebody waits for what runs it; written
 *	under spin_mutex
 * @kref: held by the point's list until it is removed, by whoever quiesces it,
 *	and by the reaper
 * @point_node: in its point's list; spin_mutex
 * @extension_node: in its extension's list; spin_mutex
 * @template_node: in its template's list, then in the reaper's; spin_mutex
 * @counters: block that @stats is in
 * @data: the service's
 *
 * The first eight are what a raise looks at: one cache line.
 */
struct spin_binding {
	spin_program_t guard;
	spin_program_t handler;
	u64 closure;
	struct spin_binding_stats __percpu *stats;
	u32 steps;
	u32 cost;
	struct spin_extension *ext;
	struct spin_event *event;
	u64 rank;

	struct spin_guard __rcu *imposed;
	struct spin_template *template;
	struct spin_point *point;
	u64 id;
	union {
		u64 key;
		u64 *keys;
	};
	u32 fields;
	u32 flags;
	u32 order;
	bool back;
	bool at_load;
	bool enabled;
	bool planned;
	bool implementation;
	bool unserved;
	bool held;
	bool by_id;
	bool owed;
	bool removed;
	bool unlinked;
	struct kref kref;
	struct list_head point_node;
	struct list_head extension_node;
	struct list_head template_node;
	struct spin_counter_block *counters;
	void *data;
};

/* The values that its match names, in the order of the fields. */
static inline const u64 *spin_binding_keys(const struct spin_binding *binding)
{
	return is_power_of_2(binding->fields) ? &binding->key : binding->keys;
}

int spin_counters_get(struct spin_binding *binding);
void spin_counters_put(struct spin_binding *binding);

void spin_binding_match(const struct spin_binding *binding,
			struct spin_match *match);
int spin_binding_serve(struct spin_binding *binding);
void spin_binding_unserve(struct spin_binding *binding);
void spin_binding_close(struct spin_binding *binding);
bool spin_binding_recosts(const struct spin_binding *binding,
			  const struct spin_guard *imposed);
void spin_binding_impose_all(struct spin_binding *binding,
			     struct spin_guard *imposed);
struct spin_binding *spin_binding_new_guard(struct spin_template *template,
					    u64 closure);
void spin_binding_guard_put(struct spin_binding *binding);
int spin_binding_raise_atomic(struct spin_binding *binding,
			      struct spin_raise *raise);
int spin_point_raise_unless(struct spin_point *point, struct spin_raise *raise,
			    const int *error);

struct spin_link {
	struct list_head node;
	struct bpf_link *link;
};

/* Members of a template that are programs, as in SPIN_TEMPLATE. */
enum spin_member {
	SPIN_MEMBER_GUARD	= 0,
	SPIN_MEMBER_HANDLER	= 1,
	SPIN_MEMBER_GUARD2	= 2,
	SPIN_MEMBER_GUARD3	= 3,
	SPIN_MEMBER_POST	= 4,
};

static inline struct bpf_prog *spin_binding_prog(const struct spin_binding *binding,
						 enum spin_member member)
{
	return binding->template ? binding->template->progs[member] : NULL;
}

/* Compiled, as has been checked: its second argument is of no use. */
static inline spin_program_t spin_prog_func(const struct bpf_prog *prog)
{
	return prog ? (spin_program_t)(void *)prog->bpf_func : NULL;
}

extern struct xarray spin_bindings;	/* by id */
int spin_binding_cache_init(void);
void spin_binding_cache_exit(void);
int spin_template_attach(struct spin_extension *ext,
			 struct spin_template *template,
			 struct bpf_link *bpf_link);
void spin_template_detach(struct spin_template *template);
struct spin_template *spin_template_by_slot(const struct spin_extension *ext,
					    u32 slot);
struct spin_template *spin_template_by_name(const struct spin_extension *ext,
					    const char *name);
s64 spin_binding_install(struct spin_extension *ext,
			 struct spin_template *template,
			 const struct spin_install *args, u32 count,
			 bool at_load);
int spin_binding_remove_own(struct spin_extension *ext, u64 id);
int spin_binding_remove_range(u64 id, u32 count);
int spin_binding_enable(u64 id, bool active);
int __must_check spin_bindings_run_again(struct spin_extension *ext);
void spin_bindings_throttle(struct spin_extension *ext);
int __must_check spin_bindings_unthrottle(struct spin_extension *ext);
void spin_bindings_reap(struct work_struct *work);
void spin_bindings_synchronize(struct spin_extension *ext);
bool spin_bindings_hold(struct spin_extension *ext);
void spin_bindings_release(struct spin_extension *ext);
int __must_check spin_bindings_plan(struct spin_extension *ext);
void spin_bindings_unplan(struct spin_extension *ext);
int __must_check spin_point_plan(struct spin_point *point);
void spin_point_unplan(struct spin_point *point);
void spin_bindings_of_template_end(struct spin_template *template);
void spin_binding_remove_all(struct spin_extension *ext);
u32 spin_template_module_refs(const struct spin_template *template);
void spin_binding_put(struct spin_binding *binding);
int spin_intrinsic_install(struct spin_event *event);
int spin_intrinsic_remove(struct spin_event *event);
void spin_plan_hold_handled(struct spin_event *event, bool hold);

static inline void spin_binding_get(struct spin_binding *binding)
{
	kref_get(&binding->kref);
}

/* The template's data members: all event types share the layout. */
static inline struct Clock_Tick *
spin_template_value(const struct spin_template *template)
{
	return container_of(template, struct Clock_Tick, kernel);
}

/* ---- order --------------------------------------------------------- */

void spin_point_insert_original(struct spin_point *point,
				struct spin_binding *binding);
void spin_point_insert_behind(struct spin_point *point,
			      struct spin_binding *binding,
			      struct spin_binding *other);

/**
 * struct spin_neighbours - who says by name that a binding is next to them
 * @before: the nearest of those that are to be before it, or NULL
 * @behind: of those that are to be behind it
 */
struct spin_neighbours {
	struct spin_binding *before;
	struct spin_binding *behind;
};

void spin_point_settle(struct spin_point *point, struct spin_binding *binding,
		       const struct spin_neighbours *neighbours);
bool spin_point_at_end(const struct spin_binding *binding);
void spin_template_relative(const struct spin_template *template, bool attached);
bool spin_binding_misplaced(const struct spin_binding *binding);
bool spin_point_beyond_end(const struct spin_point *point, u32 order,
			   const struct spin_binding *relative);
void spin_point_insert(struct spin_point *point, struct spin_binding *binding,
		       struct spin_binding *relative);
void spin_point_delete(struct spin_point *point, struct spin_binding *binding);

#define spin_point_for_each(POINT, BINDING, LIST)			\
	for ((LIST) = &(POINT)->front; (LIST);				\
	     (LIST) = (LIST) == &(POINT)->front ? &(POINT)->back : NULL) \
		list_for_each_entry(BINDING, LIST, point_node)

/* ---- plans --------------------------------------------------------- */

#define SPIN_CHUNK_MAX		63	/* with its head: two kilobytes */
#define SPIN_INDEXES_MAX	4	/* kinds of keys found by hash, per point */
#define SPIN_POINT_COST_MAX	1000000	/* instructions one raise may take */
#define SPIN_POINT_COST_MAX_IRQS 65536	/* … with interrupts off */
#define SPIN_STEP_COST		64	/* of the dispatcher itself, for each step */

/* What a step may add to a raise; nothing is bounded where a handler sleeps. */
static inline u32 spin_step_cost(const struct spin_binding *binding)
{
	return binding->cost ? binding->cost + SPIN_STEP_COST : 0;
}

/**
 * struct spin_piece - what every part of a plan begins with
 * @rcu: freed a grace period after it was replaced; until then @rcu.next links
 *	the parts that an edit made or will replace
 * @bytes: what it takes of memory; 0: raises that use it do not sleep
 */
struct spin_piece {
	struct rcu_head rcu;
	u32 bytes;
};

/**
 * struct spin_item - a step in a sequence
 * @guard: if the step is but a lean guard (see spin_checker_check()) and a
 *	handler: the guard; else NULL
 * @stats: of the binding
 * @binding: whose step it is
 * @rank: of the binding
 */
struct spin_item {
	spin_program_t guard;
	struct spin_binding_stats __percpu *stats;
	struct spin_binding *binding;
	u64 rank;
};

/**
 * struct spin_chunk - some steps, in order; immutable, see spin_plan_blank()
 * @piece: for its end
 * @count: of steps, at least one
 * @items: the steps
 */
struct spin_chunk {
	struct spin_piece piece;
	u32 count;
	struct spin_item items[] __counted_by(count);
};

/**
 * struct spin_sequence - steps in order; immutable
 * @piece: for its end
 * @count: of steps, at least one
 * @chunk_count: of chunks, none of which is empty; 0: there is one step, @single
 * @single: the only step
 * @chunks: shared with the sequence before and after, but for one or two
 */
struct spin_sequence {
	struct spin_piece piece;
	u32 count;
	u32 chunk_count;
	union {
		struct spin_item single;
		DECLARE_FLEX_ARRAY(struct spin_chunk *, chunks);
	};
};

/**
 * struct spin_entry - the bindings that have one key
 * @piece: for its end
 * @next: in the slot of the index
 * @sequence: the bindings; replaced by one store; NULL: not in the index yet
 * @cost: of all of them; spin_mutex
 * @coming_cost: of those in @coming; spin_mutex
 * @coming: what an edit will replace @sequence by, NULL: the entry goes; spin_mutex
 * @changed: the next that the edit changes; spin_mutex
 * @value: the key, by field of the index
 */
struct spin_entry {
	struct spin_piece piece;
	struct spin_entry __rcu *next;
	struct spin_sequence __rcu *sequence;
	u32 cost;
	u32 coming_cost;
	struct spin_sequence *coming;
	struct spin_entry *changed;
	u64 value[];
};

/**
 * struct spin_index_field - a key field of an index
 * @factor: of it in the hash; random, so that nobody can choose keys that all get
 *	into one slot
 * @offset: in the context
 * @size: in bytes
 */
struct spin_index_field {
	u64 factor;
	u16 offset;
	u16 size;
};

/**
 * struct spin_index - bindings with the same key fields, by key
 * @piece: for its end
 * @fields: bits of struct spin_match
 * @field_count: how many
 * @bits: log2 of the number of slots
 * @slot_count: number of slots
 * @field: these fields; what a raise needs for the first is beside the counts
 * @entry_count: of keys; spin_mutex
 * @cost_max: at least the cost of the dearest entry; spin_mutex
 * @cost_loose: that one may have become cheaper; spin_mutex
 * @changed: entries that an edit is about to change; spin_mutex
 * @slots: chains of entries
 */
struct spin_index {
	struct spin_piece piece;
	u32 fields;
	u32 field_count;
	u32 bits;
	u32 slot_count;
	struct spin_index_field field[SPIN_KEYS_MAX];
	u32 entry_count;
	u64 cost_max;
	bool cost_loose;
	struct spin_entry *changed;
	struct spin_entry __rcu *slots[];
};

/* How a plan is to be run; what is not zero goes the long way. */
#define PLAN_CHECKED	(1U << 0)	/* steps of some sets may not be active */
#define PLAN_MERGED	(1U << 1)	/* steps are in more than one place */
#define PLAN_FILTERED	(1U << 2)	/* there are filters */
#define PLAN_FOLDED	(1U << 3)	/* not the first result counts */
#define PLAN_UNSERVED	(1U << 4)	/* of a procedure: nobody implements it */

/**
 * struct spin_plan - what a raise runs
 * @piece: for its end
 * @head: what a raise looks at first; published
 * @event: whose
 * @flags: PLAN_*; PLAN_CHECKED may be set and cleared while it is published, and
 *	PLAN_UNSERVED be set
 * @filters: number of filters; spin_mutex
 * @plain: the steps without an index; NULL if there are none
 * @plain_cost: their cost; spin_mutex
 * @index_count: how many indexes there are
 * @index: the others, by kind of key
 */
struct spin_plan {
	struct spin_piece piece;
	struct spin_plan_head head;
	struct spin_event *event;
	u32 flags;
	u32 filters;
	const struct spin_sequence *plain;
	u64 plain_cost;
	u32 index_count;
	struct spin_index *index[SPIN_INDEXES_MAX];
};

/* The plan of a point with nothing to run. */
extern const struct spin_plan_head spin_plan_none;

static inline const struct spin_plan *
spin_plan_of(const struct spin_plan_head *head)
{
	return head == &spin_plan_none ? NULL :
	       container_of(head, struct spin_plan, head);
}

int __must_check spin_plan_insert(struct spin_binding **bindings, u32 count);
void spin_plan_remove(struct spin_binding **bindings, u32 count);
void spin_plan_free(struct spin_point *point);
void spin_plan_mark(struct spin_point *point);
bool spin_plan_hold_mark(struct spin_point *point,
			 const struct spin_binding *binding, bool hold);
void spin_plan_forget_direct(struct spin_point *point);
void spin_plan_not_lean(struct spin_point *point, struct spin_binding *binding);
void spin_direct_forget_all(void);
void spin_point_synchronize(struct spin_point *point);

/* The value of a key field. */
static __always_inline u64 spin_key_value(const void *ctx, u32 offset, u32 size)
{
	if (likely(size == 8))
		return *(const u64 *)(ctx + offset);
	if (size == 4)
		return *(const u32 *)(ctx + offset);
	if (size == 2)
		return *(const u16 *)(ctx + offset);
	return *(const u8 *)(ctx + offset);
}

/*
 * The slot is in the top bits of a hash (multiply-shift, which spreads any keys
 * if the factors are random). Not by a shift that varies: kernels may check it.
 */
static __always_inline u32 spin_index_slot(const struct spin_index *index,
					   u64 hash)
{
	return ((hash >> 32) * index->slot_count) >> 32;
}

const struct spin_sequence *spin_index_find(const struct spin_index *index,
					    const void *ctx);
extern struct spin_binding spin_binding_none;

bool spin_task_raise_begin(struct spin_raise *raise);
void spin_task_raise_end(struct spin_raise *raise);
const struct spin_raise *spin_task_raise_top(void);
int spin_run_init(void);

/* ---- settling ------------------------------------------------------- */

void spin_settle_soon(void);
int spin_settle_init(void);
void spin_settle_exit(void);
void spin_direct_touch(struct spin_event *event);
void spin_direct_end(struct spin_event *event);
void spin_unsettle(struct spin_extension *ext);
void spin_settle_later(struct spin_extension *ext);
void spin_settle_end(struct spin_extension *ext);
void spin_settled_forget(struct spin_extension *ext);

/* ---- observation ---------------------------------------------------- */

DECLARE_STATIC_KEY_FALSE(spin_timing);
int spin_timing_get(void);
void spin_timing_put(void);

/* ---- authority ------------------------------------------------------ */

int spin_authority_ask(struct spin_request *request);
void spin_guards_free(struct spin_guard *guards);
extern struct spin_guard spin_guard_closed;
int __must_check spin_request_impose_program(struct spin_request *request,
					     struct spin_template *template,
					     u64 closure);

/* ---- events, interfaces, checker ----------------------------------- */

extern struct list_head spin_events;

int spin_event_start(struct spin_event *event, struct module *owner);
void spin_event_abandon(struct spin_event *event);
void spin_event_enlist(struct spin_event *event);
void spin_event_delist(struct spin_event *event);
void spin_event_free(struct spin_event *event);
u32 spin_event_cost_max(const struct spin_event *event);

extern struct list_head spin_interfaces;
const struct spin_kfunc *spin_interface_kfunc(const void *address,
					      struct spin_interface **owner);
struct spin_interface *spin_interface_find(const char *name);
int spin_interface_import(struct spin_extension *ext, const char *name);
int spin_interface_authorize(struct spin_interface *interface,
			     struct spin_extension *ext);
int spin_extension_may_name(struct spin_extension *ext, const char *interface);

static inline bool spin_extension_imports(const struct spin_extension *ext,
					  const struct spin_interface *interface)
{
	return interface->always || (test_bit(interface->index, ext->imports) &&
				     !test_bit(interface->index, ext->unresolved));
}

int spin_checker_check(struct spin_extension *ext, struct spin_event *event,
		       struct bpf_prog *prog, bool guard, u32 cost_max,
		       u32 *cost, unsigned long *uses);
bool spin_checker_lean(const struct bpf_prog *prog);
int spin_cycle_find(const struct bpf_insn *insns, u32 len, u32 *at);
bool spin_checker_helper_allowed(const struct spin_event *event,
				 enum bpf_func_id id, bool guard);

bool spin_event_btf_known(const struct btf *btf);
u32 spin_event_modules(void);

/* ---- quotas ----------------------------------------------------------- */

void spin_quota_init(struct spin_quota *quota);
void spin_quota_end(const struct spin_extension *ext);
int spin_quota_set(struct spin_extension *ext, u32 what, u64 limit);
void spin_quota_take_over(struct spin_extension *ext,
			  const struct spin_extension *old);
const char *spin_quota_name(u32 what);
int spin_quota_charge_maps(struct spin_extension *ext);
void spin_share_changed(void);

/**
 * struct spin_share_ops - what share.c has others do, which know bindings
 * @time: take the time of handlers, or not any more. Process context, without
 *	locks. Returns 0 or a negative errno
 * @throttle: let no binding of an extension run. Under spin_mutex
 * @unthrottle: the opposite. Under spin_mutex. Returns 0; a negative errno: there
 *	is no room in a plan yet
 */
struct spin_share_ops {
	int (*time)(bool on);
	void (*throttle)(struct spin_extension *ext);
	int (*unthrottle)(struct spin_extension *ext);
};

void spin_share_start(const struct spin_share_ops *ops);
void spin_share_stop(void);
int spin_share_init(void);
void spin_share_exit(void);

/* ---- capabilities -------------------------------------------------- */

/* capability/tree.c: the objects, and trees of them */
const struct spin_capability_type *spin_capability_type(u32 kind);
struct spin_capability *spin_capability_new(struct spin_extension *ext,
					    const struct spin_capability_type *type,
					    const char *name);
void spin_capability_new_drop(struct spin_capability *capability);
int spin_capability_publish(struct spin_capability *capability, u32 rights);
void spin_capability_end(struct spin_capability *capability);
void spin_capability_end_wait(struct spin_capability *capability);
void spin_capability_end_lineage(u64 lineage);
void spin_capability_narrow(struct spin_capability *capability, u32 rights);
struct spin_capability *spin_capability_by_id(u64 id);
struct spin_capability *spin_capability_after(u64 id);
void spin_capability_sum(const struct spin_capability *capability, u64 *sums);
int spin_capability_init(void);
void spin_capability_exit(void);

struct spin_capability *
spin_capability_reference(struct spin_ctx *ctx, u32 slot,
			  enum spin_cap_kind kind, u32 rights, u32 *given);

/* capability/slot.c: the slots of an extension */
int spin_capability_grant(struct spin_extension *ext,
			  const struct spin_ioc_ext_grant *args);
int spin_capability_inherit(struct spin_extension *ext, const char *name);
void spin_capability_release_all(struct spin_extension *ext);
u32 spin_slot_find(const struct spin_extension *ext, const char *name);

/* Under spin_mutex. */
static inline struct spin_capability *
spin_slot_capability(const struct spin_extension *ext, u32 slot)
{
	return rcu_dereference_protected(ext->caps[slot].cap,
					 lockdep_is_held(&spin_mutex));
}

/* ---- procedures ---------------------------------------------------- */

struct spin_procedure_link;

#include "procedure/procedure.h"

#endif /* _SPIN_INTERNAL_H */
