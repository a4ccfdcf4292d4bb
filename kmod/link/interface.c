// SPDX-License-Identifier: GPL-2.0
/*
 * Interfaces: which kernel functions an extension may call follows from what
 * it imports.
 */
#include "../core/internal.h"

LIST_HEAD(spin_interfaces);

static u64 used_indices;

/**
 * spin_interface_register - make an interface importable
 * @interface: with its first part filled in; must live until it is
 *	unregistered
 *
 * Returns 0; -EEXIST: the name is taken; -ENOSPC: there are 64 already.
 */
int spin_interface_register(struct spin_interface *interface)
{
	int err = 0;

	mutex_lock(&spin_mutex);
	if (spin_interface_find(interface->name)) {
		err = -EEXIST;
	} else if (!~used_indices) {
		err = -ENOSPC;
	} else {
		interface->index = ffz(used_indices);
		used_indices |= BIT_ULL(interface->index);
		list_add_tail(&interface->node, &spin_interfaces);
	}
	mutex_unlock(&spin_mutex);
	return err;
}

/* At module exit: no extension is left that could have imported it. */
void spin_interface_unregister(struct spin_interface *interface)
{
	mutex_lock(&spin_mutex);
	list_del(&interface->node);
	used_indices &= ~BIT_ULL(interface->index);
	mutex_unlock(&spin_mutex);
}

struct spin_interface *spin_interface_find(const char *name)
{
	struct spin_interface *interface;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(interface, &spin_interfaces, node)
		if (!strcmp(interface->name, name))
			return interface;
	return NULL;
}

/* The kernel function at @address, and whose it is; NULL: none of ours. */
const struct spin_kfunc *spin_interface_kfunc(const void *address,
					      struct spin_interface **owner)
{
	struct spin_interface *interface;
	u32 i;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(interface, &spin_interfaces, node) {
		for (i = 0; i < interface->count; i++) {
			if (interface->kfuncs[i].address == address) {
				*owner = interface;
				return &interface->kfuncs[i];
			}
		}
	}
	return NULL;
}
