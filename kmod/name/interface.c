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

/* ---- the linker's early half ---- */

/*
 * Which kernel functions a program may name, asked while the verifier resolves
 * names, so that the refusal can say what to do. It is not what safety rests on: a
 * program may be verified in one extension and bound in another, and the checker
 * asks again, of that one.
 */

/* Struct_ops programs of others, freplace programs and the like get nothing. */
static bool is_ours(const struct bpf_prog *prog)
{
	return prog->type == BPF_PROG_TYPE_STRUCT_OPS &&
	       spin_event_btf_known(prog->aux->attach_btf);
}

static const void *address_of(const struct spin_kfunc_table *table, u32 id)
{
	u32 i;

	for (i = 0; i < table->count; i++)
		if (table->ids[i] == id)
			return table->addresses[i];
	return NULL;
}

/* Under spin_mutex. */
static int link_one(struct spin_extension *ext, const struct bpf_prog *prog,
		    const void *address)
{
	struct spin_interface *interface;
	const struct spin_kfunc *kfunc;

	kfunc = spin_interface_kfunc(address, &interface);
	if (!kfunc)
		return -EACCES;
	if (spin_extension_imports(ext, interface))
		return 0;
	/*
	 * The verifier asks a first time before it knows what the program is
	 * for, and about calls that are never made, too.
	 */
	if (prog->aux->attach_func_name)
		spin_extension_refuse(ext, "program '%s' calls %s() of interface %s, which extension '%s' does not import; add SPIN_IMPORT(%s)",
				      prog->aux->name, kfunc->name,
				      interface->name, ext->name,
				      interface->name);
	return -EACCES;
}

int spin_kfunc_table_check(const struct spin_kfunc_table *table,
			   const struct bpf_prog *prog, u32 kfunc_id)
{
	const void *address = address_of(table, kfunc_id);
	struct spin_extension *ext;
	int err = -EACCES;

	if (!address || !is_ours(prog))
		return -EACCES;
	mutex_lock(&spin_mutex);
	ext = spin_extension_entered();
	if (ext)
		err = link_one(ext, prog, address);
	mutex_unlock(&spin_mutex);
	return err;
}
EXPORT_SYMBOL_GPL(spin_kfunc_table_check);
