/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is done when things have settled: plans lose their marks, and single handlers
 * are called directly. Under spin_mutex, but for the end of a work, init and exit, and
 * forget_all, which takes it.
 */
#ifndef _SPIN_SETTLE_H
#define _SPIN_SETTLE_H

#include "../extension/lock.h"

struct spin_event;
struct spin_extension;

void spin_settle_soon(void);
void spin_unsettle(struct spin_extension *ext);
void spin_settle_later(struct spin_extension *ext);
void spin_settle_end(struct spin_extension *ext);
void spin_settled_forget(struct spin_extension *ext);

void spin_direct_touch(struct spin_event *event);
void spin_direct_end(struct spin_event *event);
void spin_direct_forget_all(void);

int spin_settle_init(void);
void spin_settle_exit(void);

#endif /* _SPIN_SETTLE_H */
