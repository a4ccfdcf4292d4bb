/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bindings: how they are made from templates, come into plans and go out of them, and
 * are removed. Under spin_mutex, but for what waits (synchronize, remove, end), which
 * is called without it, in process context.
 */
#ifndef _SPIN_BINDING_H
#define _SPIN_BINDING_H

#include <linux/xarray.h>
#include "../dispatch/binding.h"

struct module;
struct spin_event;
struct spin_install;
struct spin_match;
struct spin_template;
struct work_struct;

extern struct xarray spin_bindings;	/* by id */

int spin_binding_cache_init(void);
void spin_binding_cache_exit(void);

s64 spin_binding_install(struct spin_extension *ext,
			 struct spin_template *template,
			 const struct spin_install *args, u32 count,
			 bool at_load);
void spin_binding_put(struct spin_binding *binding);
int spin_binding_remove_own(struct spin_extension *ext, u64 id);
int spin_binding_remove_range(u64 id, u32 count);
void spin_binding_remove_all(struct spin_extension *ext);
void spin_bindings_of_template_end(struct spin_template *template);
void spin_bindings_reap(struct work_struct *work);

int spin_binding_enable(u64 id, bool active);
void spin_bindings_throttle(struct spin_extension *ext);
int __must_check spin_bindings_unthrottle(struct spin_extension *ext);
void spin_bindings_synchronize(struct spin_extension *ext);

/* The commit: hold, wait if that says so, plan, release. */
bool spin_bindings_hold(struct spin_extension *ext);
void spin_bindings_release(struct spin_extension *ext);
int __must_check spin_bindings_plan(struct spin_extension *ext);

/* Some are not to run any more, and why, or that reason is gone. */
void spin_bindings_stop(struct list_head *some, u32 why);
int __must_check spin_bindings_start(struct list_head *some, u32 why);

/* Of procedures: their exporter lets them run, or not any more. */
static inline bool spin_binding_is_unserved(const struct spin_binding *binding)
{
	return binding->why & SPIN_INACTIVE_UNSERVED;
}

void spin_binding_close(struct spin_binding *binding);
bool spin_binding_recosts(const struct spin_binding *binding,
			  const struct spin_guard *imposed);
void spin_binding_impose_all(struct spin_binding *binding,
			     struct spin_guard *imposed);
struct spin_binding *spin_binding_new_guard(struct spin_template *template,
					    u64 closure);
void spin_binding_guard_put(struct spin_binding *binding);

void spin_binding_match(const struct spin_binding *binding,
			struct spin_match *match);
bool spin_binding_misplaced(const struct spin_binding *binding);
void spin_template_relative(const struct spin_template *template, bool attached);

int spin_intrinsic_install(struct spin_event *event);
int spin_intrinsic_remove(struct spin_event *event);

/* register.c: events, which have no bindings of extensions when they go */
int __must_check spin_event_register(struct spin_event *event,
				     struct module *owner);
void spin_event_unregister(struct spin_event *event);

/* share.c */
int spin_share_init(void);
void spin_share_exit(void);

#endif /* _SPIN_BINDING_H */
