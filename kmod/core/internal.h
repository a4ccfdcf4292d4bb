/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The core's own structures: what core/, link/ and abi/ share. Services see
 * <spin/spin.h> only.
 *
 * Locking. spin_mutex protects the lists of events, interfaces, extensions and
 * bindings, the order of bindings on a point, and every state change of an
 * extension. The BPF core calls reg() and unreg() with its own system-wide
 * mutex held, and these take spin_mutex: therefore nothing that may end in
 * unreg() (detaching or putting a link) is called under spin_mutex.
 *
 * A raise takes no lock: it reads the plan of a point under RCU with
 * preemption off (atomic events), or holds off the end of its binding by being
 * the service's own thread (sleepable events).
 */
#ifndef _SPIN_INTERNAL_H
#define _SPIN_INTERNAL_H

#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <spin/spin.h>

#define SPIN_CAPABILITIES	32	/* slots of an extension; 0 is never used */
#define SPIN_BINDINGS_MAX	4096	/* of an extension */

extern struct mutex spin_mutex;

/* ---- epochs ------------------------------------------------------- */

/*
 * Bindings come and go as sets. A raise samples the epoch once and runs the
 * steps whose set contains it, so that one store makes a whole extension
 * active, on all its events, or inactive, at one instant.
 */
struct spin_set {
	u64 from;	/* first epoch it is active in; U64_MAX: not yet */
	u64 to;		/* first epoch it is not any more; U64_MAX: open */
};

extern u64 spin_epoch;

static inline bool spin_set_contains(const struct spin_set *set, u64 epoch)
{
	return READ_ONCE(set->from) <= epoch && epoch < READ_ONCE(set->to);
}

void spin_set_open(struct spin_set *set);
void spin_set_close(struct spin_set *set);

/* ---- extensions --------------------------------------------------- */

struct spin_verdict_text {
	u32 prog_id;
	u32 insn;
	char text[SPIN_TEXT_LEN];
};

/**
 * struct spin_extension - what one object file brought
 * @kref: held by the list until it is destroyed, by the loader's file, by each
 *	binding, and by walkers
 * @id: never reused
 * @name: unique among the extensions in the list
 * @node: in the list; spin_mutex
 * @state: enum spin_ext_state; changed under spin_mutex
 * @set: when its bindings are active
 * @bindings: struct spin_binding; spin_mutex
 * @binding_count: their number; spin_mutex
 * @links: struct spin_link, all it ever attached; spin_mutex
 * @link_count: their number; spin_mutex
 * @module_refs: references to the module its maps and programs hold
 * @lock: serialises the loader's requests; taken before spin_mutex
 * @imports: bit per interface; written under @lock and spin_mutex until the
 *	commit, constant afterwards
 * @entered: the thread that attaches templates to it; spin_mutex
 * @caps: by slot; likewise constant after the commit
 * @cap_count: number of slots used, without slot 0
 * @verdict: the last refusal; @verdict_lock
 * @verdict_lock: spin lock
 * @console: limits what it writes to the log
 * @cred: of the loader
 * @loader: process that loaded it
 * @comm: its command
 * @loaded_at_ns: CLOCK_BOOTTIME of the commit
 * @rcu: freed after a grace period: kernel functions read it under RCU
 */
struct spin_extension {
	struct kref kref;
	u64 id;
	char name[SPIN_NAME_LEN];
	struct list_head node;
	enum spin_ext_state state;
	struct spin_set set;
	struct list_head bindings;
	u32 binding_count;
	struct list_head links;
	u32 link_count;
	u32 module_refs;
	struct mutex lock;
	u64 imports;
	struct pid *entered;
	struct spin_capability *caps[SPIN_CAPABILITIES];
	u32 cap_count;
	struct spin_verdict_text verdict;
	spinlock_t verdict_lock;
	struct ratelimit_state console;
	const struct cred *cred;
	struct pid *loader;
	char comm[TASK_COMM_LEN];
	u64 loaded_at_ns;
	struct rcu_head rcu;
};

extern struct list_head spin_extensions;

bool spin_name_valid(const char *name);
struct spin_extension *spin_extension_create(const char *name);
struct spin_extension *spin_extension_find(const char *name);
struct spin_extension *spin_extension_entered(void);
int spin_extension_enter(struct spin_extension *ext);
void spin_extension_leave(struct spin_extension *ext);
int spin_extension_commit(struct spin_extension *ext);
void spin_extension_destroy(struct spin_extension *ext);
int spin_extension_wait_freed(u32 timeout_ms, const atomic_t *open_files);
void spin_extension_put(struct spin_extension *ext);

static inline void spin_extension_get(struct spin_extension *ext)
{
	kref_get(&ext->kref);
}

__printf(4, 5)
void spin_extension_refuse_at(struct spin_extension *ext, u32 prog_id, u32 insn,
			      const char *fmt, ...);

/* ---- Domain.Initialize ---------------------------------------------- */

extern struct spin_event spin_initialize_event;
int spin_initialize_init(void);
void spin_initialize_exit(void);
int spin_initialize_run(struct spin_extension *ext);

/* ---- bindings ------------------------------------------------------ */

struct spin_binding_stats {
	u64 guard_true;
	u64 guard_false;
	u64 run;
	u64 errors;
};

struct spin_event_stats {
	u64 raised;
	u64 refused;
};

/**
 * struct spin_binding - a guard and handler installed on an event
 * @kref: held by the template until unreg() and by whoever quiesces it
 * @id: never reused
 * @name: for people
 * @order: enum spin_order
 * @period_us: for Clock.Tick
 * @cost: worst case the checker found, 0 if unbounded
 * @extension_node: in its extension's list; spin_mutex
 * @point_node: in its point's list; spin_mutex
 * @event: held by the module: events outlive bindings
 * @point: where it hangs
 * @ext: reference held
 * @guard: held by the struct_ops map, which ends after unreg()
 * @handler: likewise
 * @template: likewise
 * @stats: by CPU
 * @data: the service's
 */
struct spin_binding {
	struct kref kref;
	u64 id;
	char name[SPIN_NAME_LEN];
	u32 order;
	u32 period_us;
	u32 cost;
	struct list_head extension_node;
	struct list_head point_node;
	struct spin_event *event;
	struct spin_point *point;
	struct spin_extension *ext;
	struct bpf_prog *guard;
	struct bpf_prog *handler;
	struct spin_template *template;
	struct spin_binding_stats __percpu *stats;
	void *data;
};

struct spin_link {
	struct list_head node;
	struct bpf_link *link;
};

int spin_binding_cache_init(void);
void spin_binding_cache_exit(void);
int spin_binding_install(struct spin_extension *ext, struct spin_event *event,
			 struct spin_template *template, const char *name,
			 u32 order, u32 period_us, struct bpf_link *link);
u32 spin_binding_module_refs(const struct spin_binding *binding);
void spin_binding_remove(struct spin_template *template);
void spin_binding_put(struct spin_binding *binding);

static inline void spin_binding_get(struct spin_binding *binding)
{
	kref_get(&binding->kref);
}

/* ---- plans --------------------------------------------------------- */

typedef unsigned int (*spin_program_t)(const void *ctx,
				       const struct bpf_insn *insn);

struct spin_step {
	spin_program_t guard;
	const struct bpf_insn *guard_insn;
	spin_program_t handler;
	const struct bpf_insn *handler_insn;
	const struct spin_set *set;
	struct spin_binding *binding;
	struct spin_binding_stats __percpu *stats;
};

/**
 * struct spin_plan - what a raise runs, in order; once published only the sets
 *	of its steps may change, see plan_blank()
 * @rcu: freed a grace period after it was replaced
 * @event: whose
 * @count: number of steps
 * @steps: the steps
 */
struct spin_plan {
	struct rcu_head rcu;
	struct spin_event *event;
	u32 count;
	struct spin_step steps[] __counted_by(count);
};

struct spin_plan *spin_plan_alloc(struct spin_event *event, u32 count);
void spin_plan_publish(struct spin_point *point, struct spin_plan *plan);

/* ---- events, interfaces, checker ----------------------------------- */

extern struct list_head spin_events;

extern struct list_head spin_interfaces;
const struct spin_kfunc *spin_interface_kfunc(const void *address,
					      struct spin_interface **owner);
struct spin_interface *spin_interface_find(const char *name);

static inline bool spin_extension_imports(const struct spin_extension *ext,
					  const struct spin_interface *interface)
{
	return interface->always || ext->imports & BIT_ULL(interface->index);
}

int spin_checker_check(struct spin_extension *ext, struct spin_event *event,
		       struct bpf_prog *prog, bool guard, u32 *cost);
int spin_cycle_find(const struct bpf_insn *insns, u32 len, u32 *at);
bool spin_checker_helper_allowed(enum bpf_func_id id, bool guard);

const struct btf *spin_template_btf(void);
int spin_template_check_btf(void);

/* ---- capabilities -------------------------------------------------- */

int spin_capability_grant(struct spin_extension *ext,
			  const struct spin_ioc_ext_grant *args);
void spin_capability_release_all(struct spin_extension *ext);
void spin_capability_sum(const struct spin_capability *capability, u64 *sums);

#endif /* _SPIN_INTERNAL_H */
