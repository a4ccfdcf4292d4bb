// SPDX-License-Identifier: GPL-2.0
/*
 * Importers: an extension that calls procedures of others, or handles them.
 *
 * The links are under spin_mutex, but that a call looks at the error of its own
 * after it has sampled the epoch. See exporter.c.
 */
#include "../binding/binding.h"
#include "../capability/interface.h"
#include "../dispatch/point.h"
#include "../extension/lookup.h"
#include "../name/domain.h"
#include "../name/interface.h"
#include "link.h"

/* ---- imports ---- */

/* An exporter that is there decides at once. Under spin_mutex. */
static int import_check(struct spin_procedure_link *link)
{
	struct spin_procedure *procedure = link->procedure, *other;

	WRITE_ONCE(link->error, spin_procedure_link_ask(link));
	if (link->error != -ENXIO || spin_procedure_served(procedure))
		return link->error;
	other = spin_procedure_other(procedure);
	if (!other)
		return 0;
	spin_extension_refuse(link->ext,
			      "imports procedure %s as %s (prototype %016llx), which extension '%s' exports as %s (prototype %016llx); compile both against the same header",
			      procedure->name, procedure->text, procedure->hash,
			      other->exporter->name, other->text, other->hash);
	return -EPROTOTYPE;
}

static bool is_exported(const char *interface)
{
	struct spin_procedure *procedure;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(procedure, &spin_procedures, node)
		if (procedure->exporter && !strcmp(procedure->interface, interface))
			return true;
	return false;
}

/*
 * A user who is not root sees their own interface first, then root's; what is not
 * there yet will be their own.
 */
static int import_name(struct spin_extension *ext,
		       const struct spin_ioc_ext_procedure *args,
		       char *interface)
{
	int err = spin_name_qualify_for(ext->owner, args->interface, interface);

	if (err)
		return err;
	mutex_lock(&spin_mutex);
	if (!is_exported(interface) && is_exported(args->interface))
		strscpy(interface, args->interface, SPIN_NAME_LEN);
	if (spin_interface_find(interface)) {
		spin_extension_refuse(ext, "interface %s is the kernel's, and has no procedures; import it with SPIN_IMPORT(%s)",
				      interface, interface);
		err = -EEXIST;
	}
	mutex_unlock(&spin_mutex);
	return err;
}

/**
 * spin_procedure_import - an extension is to call a procedure, or to handle it
 * @ext: being loaded; the caller holds its lock
 * @args: from user space, its strings terminated; @args->status is set
 *
 * Returns the slot, or a negative errno with the reason in the verdict.
 */
int spin_procedure_import(struct spin_extension *ext,
			  struct spin_ioc_ext_procedure *args)
{
	char interface[SPIN_NAME_LEN];
	struct spin_procedure_link *link;
	int result;

	lockdep_assert_held(&ext->lock);
	result = spin_procedure_declare_check(ext, args, 0);
	if (!result)
		result = import_name(ext, args, interface);
	if (result)
		return result;
	link = spin_procedure_link_new(ext, args, interface);
	if (IS_ERR(link))
		return PTR_ERR(link);
	mutex_lock(&spin_mutex);
	result = spin_procedure_order_check(ext);
	if (!result)
		result = spin_extension_may_name(ext, interface);
	if (!result)
		result = import_check(link);
	if (!result) {
		list_add_tail(&link->node, &link->procedure->links);
		args->status = spin_procedure_link_status(link);
		result = spin_procedure_link_add(ext, link);
	}
	mutex_unlock(&spin_mutex);
	if (result < 0)
		spin_procedure_link_free(link);
	return result;
}

/* ---- Unresolve and Resolve ---- */

/* Does it import something of the interface, as it or the kernel calls that? */
static bool imports(const struct spin_procedure_link *link,
		    const char *interface)
{
	size_t len = strrchr(link->name, '.') - link->name;

	return !link->exports &&
	       (!strcmp(link->procedure->interface, interface) ||
		(strlen(interface) == len &&
		 !strncmp(link->name, interface, len)));
}

static void link_unresolve(struct spin_procedure_link *link,
			   struct spin_resolved *resolved)
{
	struct spin_binding *binding;
	struct list_head *list;
	LIST_HEAD(own);

	link->unresolved = true;
	resolved->procedures++;
	if (!link->error)
		WRITE_ONCE(link->error, -EACCES);
	spin_point_for_each(&link->procedure->event.point, binding, list) {
		if (binding->ext != link->ext || spin_binding_is_unserved(binding))
			continue;
		list_add_tail(&binding->change_node, &own);
		spin_resolved_note(resolved, binding);
	}
	spin_bindings_stop(&own, SPIN_INACTIVE_UNSERVED);
	spin_point_for_each(&link->procedure->event.point, binding, list) {
		if (binding->ext == link->ext)
			spin_binding_close(binding);
		cond_resched();
	}
}

static bool is_its_own(const struct spin_asking *asking,
		       const struct spin_binding *binding)
{
	return binding->ext == asking->about;
}

static int link_resolve(struct spin_procedure_link *link,
			struct spin_resolved *resolved)
{
	struct spin_procedure *procedure = link->procedure;
	struct spin_asking asking = {
		.procedure = procedure,
		.exporter = procedure->exporter,
		.flags = procedure->flags,
		.about = link->ext,
		.is_asked = is_its_own,
	};
	struct spin_binding *binding;
	struct list_head *list;

	link->unresolved = false;
	WRITE_ONCE(link->error, spin_procedure_link_ask(link));
	if (!spin_procedure_served(procedure))
		return 0;	/* bound when an exporter comes */
	if (link->error) {
		link->unresolved = true;
		return link->error;
	}
	resolved->procedures++;
	spin_procedure_handlers_ask(&asking);
	spin_point_for_each(&procedure->event.point, binding, list)
		if (binding->ext == link->ext && !spin_binding_is_unserved(binding))
			spin_resolved_note(resolved, binding);
	return 0;
}

static int interface_change(struct spin_extension *ext, const char *interface,
			    bool undo, struct spin_resolved *resolved)
{
	struct spin_procedure_link *link;
	int err = -ENOENT;
	u32 slot;

	lockdep_assert_held(&spin_mutex);
	for (slot = 1; slot <= ext->procedure_count; slot++) {
		link = ext->procedures[slot];
		if (!imports(link, interface))
			continue;
		if (link->unresolved == undo) {
			err = err == -ENOENT ? -EALREADY : err;
			continue;
		}
		err = 0;
		if (undo)
			link_unresolve(link, resolved);
		else
			err = link_resolve(link, resolved);
		if (err)
			return err;
	}
	if (err == -ENOENT)
		spin_extension_refuse(ext, "extension '%s' has not imported interface %s",
				      ext->name, interface);
	else if (err)
		spin_extension_refuse(ext, "interface %s is %s already",
				      interface,
				      undo ? "unresolved" : "resolved");
	return err;
}

/**
 * spin_procedures_unresolve - undo an import of another extension's interface
 * @ext: which imports it
 * @interface: its name
 * @resolved: says which handlers on its procedures are inactive now
 *
 * Under spin_mutex. Calls that begin later fail with -EACCES, until it is resolved
 * again, no matter who exports the interface meanwhile. Returns 0; -ENOENT: it has not
 * imported any of its procedures; -EALREADY.
 */
int spin_procedures_unresolve(struct spin_extension *ext, const char *interface,
			      struct spin_resolved *resolved)
{
	return interface_change(ext, interface, true, resolved);
}

/**
 * spin_procedures_resolve - the opposite
 * @ext: which imports it
 * @interface: its name
 * @resolved: says which handlers on its procedures are active again
 *
 * Under spin_mutex; the exporter is asked, as for an import. Returns 0; -ENOENT;
 * -EALREADY; what the exporter's authorizer says: then that procedure, and those
 * imported behind it, stay unresolved.
 */
int spin_procedures_resolve(struct spin_extension *ext, const char *interface,
			    struct spin_resolved *resolved)
{
	return interface_change(ext, interface, false, resolved);
}
