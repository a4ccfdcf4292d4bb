/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of binding/ share. All under spin_mutex, but where it says
 * otherwise.
 */
#ifndef _SPIN_LIFE_H
#define _SPIN_LIFE_H

#include "binding.h"

/* binding.c */
struct spin_binding *spin_binding_new(struct spin_event *event,
				      struct spin_extension *ext);
u64 spin_binding_keys_memory(u32 fields);

/* order.c */
int __must_check spin_binding_place_check(struct spin_binding *binding,
					  u64 relative_id, u32 reserve,
					  struct spin_binding **relative);
void spin_binding_place(struct spin_binding *binding,
			struct spin_binding *relative, u32 reserve);

/* guard.c */
u32 spin_template_cost(const struct spin_template *template,
		       const struct spin_guard *imposed);
void spin_template_guarded_close(struct spin_template *template);

/* activate.c */
bool spin_binding_is_to_run(const struct spin_binding *binding);
void spin_binding_unplan(struct spin_binding *binding);
void spin_binding_release(struct spin_binding *binding);
void spin_binding_activate(struct spin_binding *binding);

/* remove.c */
void spin_binding_unlink_reaped(struct spin_binding *binding);
void spin_template_let_go(struct spin_template *template);	/* without it */

#endif /* _SPIN_LIFE_H */
