// SPDX-License-Identifier: GPL-2.0
/*
 * Resolve and Unresolve on an extension that runs. Code that was linked cannot
 * be unlinked from what it calls; so what is undone is its being run: bindings
 * that use the interface become inactive, and active when it is resolved again.
 * Why a binding is inactive is kept apart from whether its user wants it to run.
 */
#include "../binding/binding.h"
#include "../capability/interface.h"
#include "../name/domain.h"
#include "../name/interface.h"
#include "../procedure/procedure.h"
#include "load.h"

static struct spin_interface *imported(struct spin_extension *ext,
				       const char *name)
{
	struct spin_interface *interface = spin_interface_find(name);

	lockdep_assert_held(&spin_mutex);
	if (interface && test_bit(interface->index, ext->imports))
		return interface;
	spin_extension_refuse(ext, "extension '%s' has not imported interface %s",
			      ext->name, name);
	return NULL;
}

static int check(struct spin_extension *ext)
{
	if (ext->state == SPIN_EXT_LOADED)
		return 0;
	spin_extension_refuse(ext, "extension '%s' is not loaded, or on its way out",
			      ext->name);
	return -EBUSY;
}

static int unresolve(struct spin_extension *ext, const char *name,
		     struct spin_resolved *resolved)
{
	struct spin_interface *interface;
	struct spin_binding *binding;
	int err = check(ext);
	LIST_HEAD(users);

	if (err)
		return err;
	if (!spin_interface_find(name))
		return spin_procedures_unresolve(ext, name, resolved);
	interface = imported(ext, name);
	if (!interface)
		return -ENOENT;
	if (interface->always) {
		spin_extension_refuse(ext, "interface %s is linked to every extension, for good",
				      name);
		return -EINVAL;
	}
	if (test_and_set_bit(interface->index, ext->unresolved)) {
		spin_extension_refuse(ext, "interface %s is unresolved already",
				      name);
		return -EALREADY;
	}
	list_for_each_entry(binding, &ext->bindings, extension_node) {
		if (!test_bit(interface->index, binding->template->uses) ||
		    binding->why & SPIN_INACTIVE_UNRESOLVED)
			continue;
		list_add_tail(&binding->change_node, &users);
		spin_resolved_note(resolved, binding);
	}
	spin_bindings_stop(&users, SPIN_INACTIVE_UNRESOLVED);
	return 0;
}

/**
 * spin_unresolve - undo an import of a loaded extension (SPIN: Unresolve)
 * @ext: which; the caller holds a reference
 * @interface: its name
 * @resolved: zeroed; says which bindings are inactive now
 *
 * When it returns none of their programs runs, but that the last raise of an
 * event that is raised for one binding at a time may be on its way still.
 * Process context; waits for raises.
 *
 * Returns 0; -ENOENT: it has not imported it; -EALREADY; -EBUSY: not loaded;
 * -EINVAL: not to be unresolved; with the reason in the verdict.
 */
int spin_unresolve(struct spin_extension *ext, const char *interface,
		   struct spin_resolved *resolved)
{
	int err;

	mutex_lock(&spin_mutex);
	err = unresolve(ext, interface, resolved);
	mutex_unlock(&spin_mutex);
	if (!err)
		spin_bindings_synchronize(ext);
	return err;
}

/* Does it use nothing any more that is unresolved? */
static bool becomes_linked(const struct spin_extension *ext,
			   const struct spin_binding *binding)
{
	return binding->why & SPIN_INACTIVE_UNRESOLVED &&
	       !bitmap_intersects(binding->template->uses, ext->unresolved,
				  SPIN_INTERFACES_MAX);
}

static int resolve(struct spin_extension *ext, const char *name,
		   struct spin_resolved *resolved)
{
	struct spin_interface *interface;
	struct spin_binding *binding;
	int err = check(ext);
	LIST_HEAD(users);

	if (err)
		return err;
	if (!spin_interface_find(name))
		return spin_procedures_resolve(ext, name, resolved);
	interface = imported(ext, name);
	if (!interface)
		return -ENOENT;
	if (!test_bit(interface->index, ext->unresolved)) {
		spin_extension_refuse(ext, "interface %s is resolved already",
				      name);
		return -EALREADY;
	}
	err = spin_interface_authorize(interface, ext);
	if (err)
		return err;
	clear_bit(interface->index, ext->unresolved);
	list_for_each_entry(binding, &ext->bindings, extension_node) {
		if (!becomes_linked(ext, binding))
			continue;
		list_add_tail(&binding->change_node, &users);
		spin_resolved_note(resolved, binding);
	}
	err = spin_bindings_start(&users, SPIN_INACTIVE_UNRESOLVED);
	if (err) {
		set_bit(interface->index, ext->unresolved);
		memset(resolved, 0, sizeof(*resolved));
	}
	return err;
}

/**
 * spin_resolve - link an import again (SPIN: Resolve)
 * @ext: which
 * @interface: its name
 * @resolved: zeroed; says which bindings are active again
 *
 * Process context. Returns 0; -ENOENT: it had not imported it; -EALREADY; -EBUSY:
 * not loaded; what the interface's authorizer returns; -EDQUOT, -ENOMEM: there
 * is no room in a plan, and it stays unresolved. The reason is in the verdict.
 */
int spin_resolve(struct spin_extension *ext, const char *interface,
		 struct spin_resolved *resolved)
{
	int err;

	mutex_lock(&spin_mutex);
	err = resolve(ext, interface, resolved);
	mutex_unlock(&spin_mutex);
	return err;
}
