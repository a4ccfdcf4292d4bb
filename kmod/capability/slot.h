/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The slots of an extension: by what its programs name capabilities. Written under
 * spin_mutex, read under RCU.
 */
#ifndef _SPIN_SLOT_H
#define _SPIN_SLOT_H

#include <linux/rcupdate.h>
#include "../extension/extension.h"

struct spin_capability;
struct spin_ioc_ext_grant;

int spin_capability_grant(struct spin_extension *ext,
			  const struct spin_ioc_ext_grant *args);
int spin_capability_inherit(struct spin_extension *ext, const char *name);
void spin_capability_release_all(struct spin_extension *ext);
u32 spin_slot_find(const struct spin_extension *ext, const char *name);

/* Under spin_mutex. */
static inline struct spin_capability *
spin_slot_capability(const struct spin_extension *ext, u32 slot)
{
	return rcu_dereference_protected(ext->caps[slot].cap,
					 lockdep_is_held(&spin_mutex));
}

#endif /* _SPIN_SLOT_H */
