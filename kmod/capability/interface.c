// SPDX-License-Identifier: GPL-2.0
/*
 * What an extension may import; and capability Interface: the right to import what a
 * domain exports (SPIN: those who hold a Domain.T may link against it).
 *
 * By its name an extension finds a domain only if all domains on the way let its
 * owner pass, and if it is confined it finds none but its own. What was granted
 * needs no name: the one who grants it has opened the domain with their own rights.
 * The exporter of an interface is asked all the same.
 *
 * The object is but the domain's number: the capability does not keep it.
 */
#include <linux/capability.h>
#include <linux/file.h>
#include "../name/domain.h"
#include "../name/interface.h"
#include "interface.h"
#include "tree.h"

static int domain_check(struct spin_extension *ext, const char *name,
			const struct spin_domain_file *file)
{
	const struct spin_domain *domain = file->domain;

	lockdep_assert_held(&spin_mutex);
	if (!(file->rights & SPIN_DOMAIN_IMPORT)) {
		spin_extension_refuse(ext, "capability '%s': domain '%s' was opened without the right to import",
				      name, domain->name);
		return -EACCES;
	}
	if (!domain->listed) {
		spin_extension_refuse(ext, "capability '%s': domain '%s' is gone",
				      name, domain->name);
		return -ESTALE;
	}
	return 0;
}

/*
 * A confined extension is given more by those only who could add to the domain that
 * it is confined to: not by any loader that it was handed to.
 */
static int confined_check(struct spin_extension *ext, const char *name)
{
	lockdep_assert_held(&spin_mutex);
	if (!ext->within || capable(CAP_SYS_ADMIN) ||
	    spin_domain_rights(ext->within) & SPIN_DOMAIN_MODIFY)
		return 0;
	spin_extension_refuse(ext, "capability '%s': extension '%s' is confined to domain '%s', which is not yours; its owner can grant more than that exports",
			      name, ext->name, ext->within->name);
	return -EACCES;
}

static int interface_grant(struct spin_extension *ext,
			   const struct spin_ioc_ext_grant *args,
			   struct spin_capability *capability)
{
	const struct spin_domain_file *file;
	int err;

	CLASS(fd, f)(args->fd);
	if (!fd_file(f)) {
		spin_extension_refuse(ext, "capability '%s': descriptor %d is not open",
				      args->name, args->fd);
		return -EBADF;
	}
	file = spin_domain_file_of(fd_file(f));
	if (!file) {
		spin_extension_refuse(ext, "capability '%s': it is not a domain that SPIN_IOC_DOMAIN_OPEN opened",
				      args->name);
		return -EINVAL;
	}
	mutex_lock(&spin_mutex);
	err = domain_check(ext, args->name, file);
	if (!err)
		err = confined_check(ext, args->name);
	mutex_unlock(&spin_mutex);
	if (err)
		return err;
	strscpy(capability->what, file->domain->name, sizeof(capability->what));
	capability->object = (void *)(unsigned long)file->domain->id;
	return 0;
}

static void interface_ungrant(struct spin_capability *capability)
{
}

const struct spin_capability_type spin_interface_type = {
	.kind = SPIN_CAP_INTERFACE,
	.grant = interface_grant,
	.release = interface_ungrant,
};

static bool domain_is(const struct spin_capability *capability, u64 id)
{
	return (unsigned long)capability->object == id;
}

/* ---- importing ---- */

/* Was a domain that exports the interface granted to the extension? */
bool spin_extension_was_granted(const struct spin_extension *ext,
				const char *interface)
{
	const struct spin_domain *domain;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(domain, &spin_domains, node)
		if (spin_domain_exports(domain, interface) &&
		    spin_extension_holds(ext, SPIN_CAP_INTERFACE, 0, domain_is,
					 domain->id))
			return true;
	return false;
}

/**
 * spin_extension_may_name - may it import an interface of this name at all?
 * @ext: being loaded, or resolved again
 * @interface: full name
 *
 * Before its exporter is asked. Under spin_mutex. Returns 0, or -EACCES
 * with the reason in the verdict.
 */
int spin_extension_may_name(struct spin_extension *ext, const char *interface)
{
	const struct spin_domain *within = ext->within;
	const struct spin_interface *kernel;

	lockdep_assert_held(&spin_mutex);
	if (!within || spin_domain_exports(within, interface) ||
	    spin_extension_was_granted(ext, interface))
		return 0;
	kernel = spin_interface_find(interface);
	if (kernel && kernel->always)
		return 0;
	spin_extension_refuse(ext, "extension '%s' is confined to domain '%s', which does not export interface %s; its owner can add it: spinctl domain combine %s %s",
			      ext->name, within->name, interface, within->name,
			      interface);
	return -EACCES;
}

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
