/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Finding extensions: by the name that a user gives, or as what a thread has entered.
 * Process context; under spin_mutex, but for names alone, full_name, enter and leave.
 */
#ifndef _SPIN_LOOKUP_H
#define _SPIN_LOOKUP_H

#include <linux/uidgid.h>
#include "extension.h"

extern struct list_head spin_extensions;

bool spin_name_valid(const char *name);
bool spin_name_reserved(const char *name);
int __must_check spin_name_qualify(const char *name, char *qualified);
int __must_check spin_name_qualify_for(kuid_t who, const char *name,
				       char *qualified);

struct spin_extension *spin_extension_lookup(kuid_t who, const char *name);
struct spin_extension *spin_extension_find(const char *name);
int __must_check spin_extension_full_name(char *name);
bool spin_extension_permitted(const struct spin_extension *ext);

struct spin_extension *spin_extension_entered(void);
int spin_extension_enter(struct spin_extension *ext);
void spin_extension_leave(struct spin_extension *ext);

#endif /* _SPIN_LOOKUP_H */
