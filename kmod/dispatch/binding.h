/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A binding, as a raise sees it. How bindings are made and removed is in binding/.
 *
 * What a raise looks at does not change while the binding is in a plan; the rest is
 * under spin_mutex.
 */
#ifndef _SPIN_DISPATCH_BINDING_H
#define _SPIN_DISPATCH_BINDING_H

#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/llist.h>
#include <linux/log2.h>
#include <spin/spin.h>
#include "../extension/extension.h"

struct spin_counter_block;

/* What makes a step more than one guard and a handler. */
#define STEP_GUARDS	(1U << 0)	/* imposed ones, or several */
#define STEP_POST	(1U << 1)
#define STEP_CANCEL	(1U << 2)
#define STEP_FILTER	(1U << 3)
#define STEP_MATCH	(1U << 4)	/* not indexed: too many kinds of keys */

/* A guard imposed on a binding by an authority. */
struct spin_guard {
	/* The next one; written under spin_mutex, read under RCU */
	struct spin_guard __rcu *next;
	/* C, of the authority's module, which outlives its events */
	spin_guard_fn fn;
	u64 closure;		/* its second argument */
	/*
	 * It is a program of a procedure's exporter instead, run by this
	 * binding of the exporter's, which hangs on no point; else NULL
	 */
	struct spin_binding *binding;
	union {
		/* Freed a grace period after it was taken off */
		struct rcu_head rcu;
		/* In the list of those that are to be freed so, if it has a @binding */
		struct llist_node taken_off;
	};
};

/*
 * Guards and a handler installed on an event.
 *
 * The first eight are what a raise looks at: one cache line.
 */
struct spin_binding {
	spin_program_t guard;	/* the first guard, NULL if there is none */
	spin_program_t handler;	/* what to run */
	u64 closure;		/* for its programs */
	struct spin_binding_stats __percpu *stats;	/* by CPU */
	u32 steps;		/* STEP_*, 0 for most */
	u32 cost;		/* worst case the checker found, 0 if unbounded */
	/* Reference held; NULL: the event's own handler */
	struct spin_extension *ext;
	/* Held by the module: events outlive bindings */
	struct spin_event *event;
	u64 rank;	/* bindings of a point run by increasing rank; spin_mutex */

	/* Guards of authorities; written under spin_mutex, read under RCU */
	struct spin_guard __rcu *imposed;
	/*
	 * Held by the struct_ops map, which ends after unreg(), which waits for
	 * the end of all bindings made from it
	 */
	struct spin_template *template;
	struct spin_point *point;	/* where it hangs */
	u64 id;			/* never reused */
	union {
		/*
		 * The value of the key field, if @fields names one: see
		 * spin_binding_keys()
		 */
		u64 key;
		u64 *keys;	/* else their values, in the order of the fields */
	};
	u32 fields;		/* indexed guard: bits of struct spin_match */
	u32 flags;		/* SPIN_BIND_* */
	u32 order;		/* enum spin_order */
	/* It is not to run: SPIN_INACTIVE_*; 0: it is. Written under spin_mutex */
	u32 why;
	bool back;		/* it is in the point's second list; spin_mutex */
	bool at_load;		/* made by the load of its extension */
	bool planned;		/* it is in the plan; spin_mutex */
	bool implementation;	/* of a procedure, by its exporter */
	/* Its plan is marked for it, see spin_plan_hold_mark(); spin_mutex */
	bool held;
	bool by_id;	/* what it is before or after was given by id, not by name */
	/* It was removed, and the reaper is to do the rest; spin_mutex */
	bool owed;
	/*
	 * It was removed, so that somebody waits for what runs it; written
	 * under spin_mutex
	 */
	bool removed;
	/*
	 * Held by the point's list until it is removed, by those who quiesce
	 * it, and by the reaper
	 */
	struct kref kref;
	struct list_head point_node;	/* in its point's list; spin_mutex */
	/* In its extension's list; spin_mutex */
	struct list_head extension_node;
	/* In its template's list, then in the reaper's; spin_mutex */
	struct list_head template_node;
	/* Among those that come into plans, or go, at once; spin_mutex */
	struct list_head change_node;
	struct spin_counter_block *counters;	/* block that @stats is in */
	void *data;		/* the service's */
};

extern struct spin_binding spin_binding_none;

/* The values that its match names, in the order of the fields. */
static inline const u64 *spin_binding_keys(const struct spin_binding *binding)
{
	return is_power_of_2(binding->fields) ? &binding->key : binding->keys;
}

static inline void spin_binding_get(struct spin_binding *binding)
{
	kref_get(&binding->kref);
}

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

/* The template's data members: all event types share the layout. */
static inline struct spin_template_value *
spin_template_value(const struct spin_template *template)
{
	return container_of(template, struct spin_template_value, kernel);
}

int spin_counters_get(struct spin_binding *binding);
void spin_counters_put(struct spin_binding *binding);

#endif /* _SPIN_DISPATCH_BINDING_H */
