/* SPDX-License-Identifier: GPL-2.0 */
/* Who may bind what: events' authorizers, and the guards they impose. */
#ifndef _SPIN_AUTHORITY_H
#define _SPIN_AUTHORITY_H

#include <linux/compiler_attributes.h>
#include <linux/types.h>

struct spin_guard;
struct spin_request;
struct spin_template;

extern struct spin_guard spin_guard_closed;

int spin_authority_ask(struct spin_request *request);
int __must_check spin_request_impose_program(struct spin_request *request,
					     struct spin_template *template,
					     u64 closure);
void spin_guards_free(struct spin_guard *guards);

#endif /* _SPIN_AUTHORITY_H */
