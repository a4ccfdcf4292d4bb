/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an extension is. How it comes and goes is in load/; what it has is of the
 * folders in between, by pointers that these fill in.
 *
 * The list, names and states are under spin_mutex; what is read without it says so
 * at the member. References are put in any context but NMI; an extension is freed a
 * grace period of RCU after the last.
 */
#ifndef _SPIN_EXTENSION_H
#define _SPIN_EXTENSION_H

#include <linux/bitmap.h>
#include <linux/cred.h>
#include <linux/ctype.h>
#include <linux/kref.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <spin/spin.h>
#include "lock.h"
#include "quota.h"
#include "refusal.h"

struct spin_binding;
struct spin_domain;
struct spin_procedure_link;

#define SPIN_CAPABILITIES	64	/* slots of an extension; 0 is never used */

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

/* By what a program names a capability. */
struct spin_slot {
	/*
	 * A reference is held; NULL: to be granted later. Written under
	 * spin_mutex, read under RCU
	 */
	struct spin_capability __rcu *cap;
	u32 kind;		/* enum spin_cap_kind; constant once there is a name */
	/* Under which it is granted; constant once there is one */
	char name[SPIN_NAME_LEN];
};

/* What one object file brought. */
struct spin_extension {
	/*
	 * Held by the list until it is destroyed, by the loader's file, by each
	 * binding, and by walkers
	 */
	struct kref kref;
	/* What the last reference ends with: its creator's */
	void (*free)(struct kref *kref);
	u64 id;			/* never reused */
	char name[SPIN_NAME_LEN];	/* unique among the extensions in the list */
	/* In the list; written under spin_mutex, read under RCU */
	struct list_head node;
	/* enum spin_ext_state; changed under spin_mutex */
	enum spin_ext_state state;
	struct spin_set set;	/* when its bindings are active */
	/*
	 * All raises that may have sampled an epoch before the last change of
	 * @set are over; spin_mutex
	 */
	bool settled;
	bool settling;	/* no change of @set since the wait began that will settle it */
	/* In the list of those that are to be settled; spin_mutex */
	struct list_head unsettled_node;
	/* Waits for its sleepable raises, and settles it; holds a reference */
	struct work_struct settle;
	/* struct spin_binding that its handlers removed; spin_mutex */
	struct list_head reaped;
	struct work_struct reap;	/* does the rest for these; holds a reference */
	/* Whose handler of Domain.Initialize runs, or NULL; written under spin_mutex */
	struct spin_binding *initializing;
	/* The version whose place it is to take at its commit; spin_mutex */
	struct spin_extension *replaces;
	bool replaced;		/* somebody is about to take its place; spin_mutex */
	/* It may leave out, or change, procedures that others call */
	bool breaks_callers;
	struct list_head templates;	/* struct spin_template; spin_mutex */
	u32 template_count;	/* their number; spin_mutex */
	struct list_head bindings;	/* struct spin_binding; spin_mutex */
	u32 binding_count;	/* their number; spin_mutex */
	struct list_head links;	/* struct spin_link, all it ever attached; spin_mutex */
	/* References to the module its maps and programs hold */
	u32 module_refs;
	/* Serialises the loader's requests; taken before spin_mutex */
	struct mutex lock;
	/*
	 * A bit per interface; written under @lock and spin_mutex until the
	 * commit, constant afterwards
	 */
	DECLARE_BITMAP(imports, SPIN_INTERFACES_MAX);
	/* Of these, those that were unresolved since; spin_mutex */
	DECLARE_BITMAP(unresolved, SPIN_INTERFACES_MAX);
	struct spin_domain *domain;	/* its own, which has its name */
	/* What it may import from only, NULL: what it likes; spin_mutex */
	struct spin_domain *within;
	/*
	 * Its handlers used too much of the processor: they are not run until
	 * that is paid for; written under spin_mutex
	 */
	bool throttled;
	/*
	 * Its loader has asked for the commit, which has not ended: no thread
	 * is taken to be in it; spin_mutex
	 */
	bool committing;
	/* The thread that attaches templates to it; spin_mutex */
	struct pid *entered;
	struct spin_slot caps[SPIN_CAPABILITIES];	/* by slot */
	/*
	 * Number of slots that have a name, without slot 0; spin_mutex,
	 * constant after the commit
	 */
	u32 cap_count;
	/*
	 * Id of the first of the versions that replaced each other: what one of
	 * them holds, the next may use
	 */
	u64 lineage;
	bool let_go;	/* it holds no capability any more, nor will; spin_mutex */
	/*
	 * That it calls or exports, by slot; written under @lock and spin_mutex
	 * until the commit
	 */
	struct spin_procedure_link *procedures[SPIN_PROCEDURES_MAX + 1];
	u32 procedure_count;	/* how many */
	struct spin_refusal refusal;	/* the last one, for its loader and its owner */
	struct ratelimit_state console;	/* limits what it writes to the log */
	struct spin_quota quota;	/* what it uses */
	/* Its handlers' processor time, while that is limited */
	struct spin_share share;
	u64 map_memory;		/* of @quota, for the maps of its programs; @lock */
	/* Users who may unload, change and grant it things, besides CAP_SYS_ADMIN */
	kuid_t owner;
	const struct cred *cred;	/* of the loader */
	u64 net_cookie;		/* of the network name space it is loaded from */
	struct pid *loader;	/* process that loaded it */
	char comm[TASK_COMM_LEN];	/* its command */
	u64 loaded_at_ns;	/* CLOCK_BOOTTIME of the commit */
	/* Freed after a grace period: kernel functions read it under RCU */
	struct rcu_head rcu;
};

int spin_extensions_init(void);
void spin_extensions_exit(void);

void spin_extension_put(struct spin_extension *ext);

static inline void spin_extension_get(struct spin_extension *ext)
{
	kref_get(&ext->kref);
}

/* Is it being unloaded, or replaced? What still runs is to come to its end. */
static inline bool spin_extension_is_leaving(const struct spin_extension *ext)
{
	return READ_ONCE(ext->set.to) != U64_MAX;
}

__printf(4, 5)
void spin_extension_refuse_at(struct spin_extension *ext, u32 prog_id, u32 insn,
			      const char *fmt, ...);

#endif /* _SPIN_EXTENSION_H */
