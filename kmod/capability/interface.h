/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an extension may import: what the domain it is confined to exports, and what it
 * was granted.
 */
#ifndef _SPIN_CAPABILITY_INTERFACE_H
#define _SPIN_CAPABILITY_INTERFACE_H

#include <linux/types.h>

struct spin_capability_type;
struct spin_extension;
struct spin_interface;

int spin_interface_import(struct spin_extension *ext, const char *name);
int spin_interface_authorize(struct spin_interface *interface,
			     struct spin_extension *ext);
int spin_extension_may_name(struct spin_extension *ext, const char *interface);
bool spin_extension_was_granted(const struct spin_extension *ext,
				const char *interface);

extern const struct spin_capability_type spin_interface_type;

#endif /* _SPIN_CAPABILITY_INTERFACE_H */
