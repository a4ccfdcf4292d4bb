/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The list of events, under spin_mutex. Those of services are registered in
 * binding/register.c, those of procedures come and go in procedure/procedure.c.
 */
#ifndef _SPIN_EVENT_H
#define _SPIN_EVENT_H

#include <linux/list.h>
#include <linux/types.h>
#include "../extension/lock.h"

struct btf;
struct module;
struct spin_event;

#define SPIN_COST_MAX		4096	/* instructions a program that cannot sleep may take */
#define SPIN_COST_MAX_IRQS	1024	/* … with interrupts off */
#define SPIN_CONTEXT_MAX	512	/* bytes of a context */

extern struct list_head spin_events;

int spin_event_start(struct spin_event *event, struct module *owner);
void spin_event_abandon(struct spin_event *event);
void spin_event_enlist(struct spin_event *event);
void spin_event_delist(struct spin_event *event);
void spin_event_free(struct spin_event *event);

u32 spin_event_cost_max(const struct spin_event *event);
bool spin_event_btf_known(const struct btf *btf);
u32 spin_event_modules(void);

#endif /* _SPIN_EVENT_H */
