/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The epoch, which is advanced under spin_mutex, and the records of raises that sleep:
 * a stack for each task, in process context.
 */
#ifndef _SPIN_RECORD_H
#define _SPIN_RECORD_H

#include <linux/types.h>
#include "../extension/lock.h"

struct spin_binding;
struct spin_point;
struct spin_raise;
struct spin_set;

void spin_epoch_advance(struct spin_set *opened, struct spin_set *closed);

bool spin_task_raise_begin(struct spin_raise *raise);
void spin_task_raise_end(struct spin_raise *raise);
const struct spin_raise *spin_task_raise_top(void);

int spin_run_init(void);

/* raise.c: for authorizers that are handlers themselves */
int spin_binding_raise_atomic(struct spin_binding *binding,
			      struct spin_raise *raise);
int spin_point_raise_unless(struct spin_point *point, struct spin_raise *raise,
			    const int *error);

#endif /* _SPIN_RECORD_H */
