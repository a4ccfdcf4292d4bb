// SPDX-License-Identifier: GPL-2.0
/*
 * Interfaces: which kernel functions an extension may call follows from what
 * it imports.
 */
#include <linux/bpf.h>
#include "../dispatch/event.h"
#include "../extension/lookup.h"
#include "domain.h"
#include "interface.h"

LIST_HEAD(spin_interfaces);

/* An authorizer: those who may load extensions may import the interface. */
int spin_interface_public(const struct spin_interface *interface,
			  struct spin_extension *ext)
{
	return 0;
}
EXPORT_SYMBOL_GPL(spin_interface_public);

static DECLARE_BITMAP(used_indices, SPIN_INTERFACES_MAX);	/* spin_mutex */

/**
 * spin_interface_register - make an interface importable
 * @interface: with its first part filled in; must live until it is
 *	unregistered
 *
 * Returns 0; -EEXIST: the name is taken, by an interface, domain or extension;
 * -ENOMEM; -ENOSPC: there are 256 already.
 */
int spin_interface_register(struct spin_interface *interface)
{
	u32 index;
	int err = 0;

	mutex_lock(&spin_mutex);
	index = find_first_zero_bit(used_indices, SPIN_INTERFACES_MAX);
	if (spin_interface_find(interface->name))
		err = -EEXIST;
	else if (index == SPIN_INTERFACES_MAX)
		err = -ENOSPC;
	else
		err = spin_domain_of_interface(interface);
	if (!err) {
		interface->index = index;
		__set_bit(index, used_indices);
		list_add_tail(&interface->node, &spin_interfaces);
	}
	mutex_unlock(&spin_mutex);
	return err;
}

/**
 * spin_interface_unregister - take an interface away
 * @interface: registered; no program that calls its functions, and no template
 *	of its events, is left, because they hold the module
 *
 * Extensions may have imported it without using it: they do not import the next
 * one that gets its index.
 */
void spin_interface_unregister(struct spin_interface *interface)
{
	struct spin_extension *ext;
	struct spin_event *event;

	mutex_lock(&spin_mutex);
	list_for_each_entry(event, &spin_events, node)
		if (event->found == interface)
			event->found = NULL;
	spin_domain_of_interface_end(interface);
	list_del(&interface->node);
	__clear_bit(interface->index, used_indices);
	list_for_each_entry(ext, &spin_extensions, node) {
		clear_bit(interface->index, ext->imports);
		clear_bit(interface->index, ext->unresolved);
	}
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

static const struct spin_kfunc *find_kfunc(const struct spin_interface *interface,
					   const void *address)
{
	const struct spin_kfunc_table *const *table;
	u32 i;

	spin_interface_for_each_table(interface, table)
		for (i = 0; i < (*table)->count; i++)
			if ((*table)->kfuncs[i].address == address)
				return &(*table)->kfuncs[i];
	return NULL;
}

/* The kernel function at @address, and whose it is; NULL: none of ours. */
const struct spin_kfunc *spin_interface_kfunc(const void *address,
					      struct spin_interface **owner)
{
	const struct spin_kfunc *kfunc;
	struct spin_interface *interface;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(interface, &spin_interfaces, node) {
		kfunc = find_kfunc(interface, address);
		if (kfunc) {
			*owner = interface;
			return kfunc;
		}
	}
	return NULL;
}
