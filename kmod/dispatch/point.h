/* SPDX-License-Identifier: GPL-2.0 */
/* The order of the bindings on a point. All under spin_mutex. */
#ifndef _SPIN_POINT_H
#define _SPIN_POINT_H

#include <linux/types.h>
#include "../extension/lock.h"

struct spin_binding;
struct spin_point;

/* Who says by name that a binding is next to them. */
struct spin_neighbours {
	/* The nearest of those that are to be before it, or NULL */
	struct spin_binding *before;
	struct spin_binding *behind;	/* of those that are to be behind it */
};

void spin_point_insert(struct spin_point *point, struct spin_binding *binding,
		       struct spin_binding *relative);
void spin_point_insert_behind(struct spin_point *point,
			      struct spin_binding *binding,
			      struct spin_binding *other);
void spin_point_insert_original(struct spin_point *point,
				struct spin_binding *binding);
void spin_point_delete(struct spin_point *point, struct spin_binding *binding);
void spin_point_settle(struct spin_point *point, struct spin_binding *binding,
		       const struct spin_neighbours *neighbours);
bool spin_point_at_end(const struct spin_binding *binding);
bool spin_point_beyond_end(const struct spin_point *point, u32 order,
			   const struct spin_binding *relative);

#define spin_point_for_each(POINT, BINDING, LIST)			\
	for ((LIST) = &(POINT)->front; (LIST);				\
	     (LIST) = (LIST) == &(POINT)->front ? &(POINT)->back : NULL) \
		list_for_each_entry(BINDING, LIST, point_node)

#endif /* _SPIN_POINT_H */
