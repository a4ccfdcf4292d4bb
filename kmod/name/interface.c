// SPDX-License-Identifier: GPL-2.0
/*
 * Interfaces: which kernel functions an extension may call follows from what
 * it imports.
 */
#include "../internal.h"
#include "domain.h"

LIST_HEAD(spin_interfaces);

/* An authorizer: whoever may load extensions may import the interface. */
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
EXPORT_SYMBOL_GPL(spin_interface_register);

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
EXPORT_SYMBOL_GPL(spin_interface_unregister);

/**
 * spin_interface_authorize - may an extension be linked to an interface?
 * @interface: which
 * @ext: which; its owner's request
 *
 * Under spin_mutex. Returns 0, or a negative errno with the reason in the
 * verdict.
 */
int spin_interface_authorize(struct spin_interface *interface,
			     struct spin_extension *ext)
{
	int err;

	lockdep_assert_held(&spin_mutex);
	err = spin_extension_may_name(ext, interface->name);
	if (err || interface->always)
		return err;
	if (interface->authorize)
		return interface->authorize(interface, ext);
	spin_extension_refuse(ext, "nobody may import interface %s: it has no authorizer",
			      interface->name);
	return -EACCES;
}

static int import(struct spin_extension *ext, const char *name)
{
	struct spin_interface *interface;
	int err;

	lockdep_assert_held(&spin_mutex);
	interface = spin_interface_find(name);
	if (!interface) {
		spin_extension_refuse(ext, "there is no interface '%s' to import",
				      name);
		return -ENOENT;
	}
	err = spin_interface_authorize(interface, ext);
	if (!err)
		set_bit(interface->index, ext->imports);
	return err;
}

/**
 * spin_interface_import - link an interface to an extension
 * @ext: being loaded; the caller holds its lock
 * @name: of the interface
 *
 * If there is none of that name, the module is loaded that says it has it.
 * Process context. Returns 0; -ENOENT: there is none all the same; -EACCES:
 * the extension is confined to a domain without it; what its authorizer returns;
 * with the reason in the verdict.
 */
int spin_interface_import(struct spin_extension *ext, const char *name)
{
	bool there;
	int err;

	lockdep_assert_held(&ext->lock);
	mutex_lock(&spin_mutex);
	there = spin_interface_find(name);
	/* What it may not import is not loaded for it either. */
	err = there ? 0 : spin_extension_may_name(ext, name);
	mutex_unlock(&spin_mutex);
	if (err)
		return err;
	if (!there)
		spin_name_demand(name);
	mutex_lock(&spin_mutex);
	err = import(ext, name);
	mutex_unlock(&spin_mutex);
	return err;
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
