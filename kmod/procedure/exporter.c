// SPDX-License-Identifier: GPL-2.0
/*
 * Exporters: an extension that offers procedures, and what happens to those who
 * import them when it comes and goes.
 *
 * A procedure has one exporter at a time, and an interface too: nobody else can
 * offer procedures under its name. All that is decided here is decided under
 * spin_mutex. A call looks at the error of its link after it has sampled the epoch:
 * it is there from before the exporter's epoch begins until that exporter's
 * authorizer has been asked, so no call slips in unasked. The next version of an
 * exporter is asked before its epoch begins, too, for what it refuses. (A call that
 * only the new version allows may still reach the old one, if it is made inside an
 * atomic raise that began before the switch.)
 */
#include "../binding/binding.h"
#include "../dispatch/point.h"
#include "../extension/lookup.h"
#include "../name/domain.h"
#include "../name/interface.h"
#include "link.h"

/* ---- exports ---- */

/* Nobody else offers anything under the interface's name. */
static int interface_check(struct spin_extension *ext, const char *interface)
{
	struct spin_procedure *procedure;

	if (spin_interface_find(interface)) {
		spin_extension_refuse(ext, "interface %s is the kernel's: an extension cannot export it; choose another name",
				      interface);
		return -EEXIST;
	}
	list_for_each_entry(procedure, &spin_procedures, node) {
		const struct spin_extension *exporter = procedure->exporter;

		if (!exporter || exporter == ext || exporter == ext->replaces ||
		    strcmp(procedure->interface, interface))
			continue;
		spin_extension_refuse(ext, "interface %s is exported by extension '%s'; unload that, or choose another name",
				      interface, exporter->name);
		return -EEXIST;
	}
	return 0;
}

static void export_claim(struct spin_procedure *procedure,
			 struct spin_procedure_link *link)
{
	if (procedure->exporter) {
		procedure->successor = link->ext;
	} else {
		WRITE_ONCE(procedure->exporter, link->ext);
		procedure->flags = link->flags;
	}
}

/**
 * spin_procedure_export - an extension is to offer a procedure
 * @ext: being loaded; the caller holds its lock
 * @args: from user space, its strings terminated
 *
 * The name is its own from now on, calls reach it from the commit on. Returns
 * the slot, or a negative errno with the reason in the verdict.
 */
int spin_procedure_export(struct spin_extension *ext,
			  struct spin_ioc_ext_procedure *args)
{
	char interface[SPIN_NAME_LEN];
	struct spin_procedure_link *link;
	int result;

	lockdep_assert_held(&ext->lock);
	result = spin_procedure_declare_check(ext, args, SPIN_PROC_PUBLIC);
	if (!result)
		result = spin_name_qualify_for(ext->owner, args->interface,
					       interface);
	if (result)
		return result;
	link = spin_procedure_link_new(ext, args, interface);
	if (IS_ERR(link))
		return PTR_ERR(link);
	link->exports = true;
	link->error = -ENOENT;	/* not for itself: see call_cost() */
	mutex_lock(&spin_mutex);
	result = spin_procedure_order_check(ext);
	if (!result)
		result = interface_check(ext, interface);
	if (!result)
		result = spin_domain_export(ext->domain, interface);
	if (!result) {
		export_claim(link->procedure, link);
		/* What its arguments are called is for the exporter to say. */
		spin_text_clean(link->procedure->text, SPIN_PROC_TEXT_LEN,
				args->text, sizeof(args->text));
		args->status = SPIN_LINK_BOUND;
		result = spin_procedure_link_add(ext, link);
	}
	mutex_unlock(&spin_mutex);
	if (result < 0)
		spin_procedure_link_free(link);
	return result;
}

static bool is_implemented(const struct spin_procedure_link *link)
{
	struct spin_binding *binding;

	list_for_each_entry(binding, &link->ext->bindings, extension_node)
		if (binding->implementation &&
		    binding->event == &link->procedure->event)
			return true;
	return false;
}

/* Who would be cut off. */
struct cut_off {
	const struct spin_procedure *procedure;	/* the first one */
	u32 count;				/* of the callers of that */
	char names[160];
};

/* Those that are bound to the procedure now. */
static void callers_note(const struct spin_procedure *procedure,
			 const struct spin_extension *next,
			 struct cut_off *cut)
{
	const struct spin_procedure_link *link;
	size_t len;

	list_for_each_entry(link, &procedure->links, node) {
		if (link->error || link->ext->state == SPIN_EXT_DYING ||
		    link->ext == next || link->ext == procedure->exporter)
			continue;
		len = strlen(cut->names);
		scnprintf(cut->names + len, sizeof(cut->names) - len, "%s'%s'",
			  cut->count ? ", " : "", link->ext->name);
		cut->count++;
		cut->procedure = procedure;
	}
}

/* What the next version exports under the name, or NULL. */
static const struct spin_procedure *
next_of(const struct spin_procedure *procedure, const struct spin_extension *next)
{
	u32 slot;

	for (slot = 1; slot <= next->procedure_count; slot++) {
		const struct spin_procedure_link *link = next->procedures[slot];

		if (link->exports &&
		    !strcmp(link->procedure->name, procedure->name))
			return link->procedure;
	}
	return NULL;
}

/**
 * spin_procedures_keep - does the next version export all that others call?
 * @ext: about to take the place of the version it replaces, if any
 *
 * Under spin_mutex: until the place is taken, nobody else becomes a caller. Returns
 * 0: it does, or its user has said that it need not; or -EPROTOTYPE with the
 * callers in the verdict.
 */
int spin_procedures_keep(struct spin_extension *ext)
{
	const struct spin_extension *old = ext->replaces;
	const struct spin_procedure *next = NULL;
	struct cut_off cut = {};
	u32 slot;

	lockdep_assert_held(&spin_mutex);
	if (!old || ext->breaks_callers)
		return 0;
	for (slot = 1; slot <= old->procedure_count && !cut.count; slot++) {
		const struct spin_procedure_link *link = old->procedures[slot];

		if (!link->exports || link->procedure->exporter != old)
			continue;
		next = next_of(link->procedure, ext);
		if (next != link->procedure)
			callers_note(link->procedure, ext, &cut);
	}
	if (!cut.count)
		return 0;
	if (next)
		spin_extension_refuse(ext, "procedure %s is %s in this version, and %s in the one that %s use%s; upgrade with --break-callers to let these calls fail",
				      cut.procedure->name, next->text,
				      cut.procedure->text, cut.names,
				      cut.count == 1 ? "s" : "");
	else
		spin_extension_refuse(ext, "procedure %s is not exported by this version, and %s use%s it; upgrade with --break-callers to let these calls fail",
				      cut.procedure->name, cut.names,
				      cut.count == 1 ? "s" : "");
	return -EPROTOTYPE;
}

/**
 * spin_procedures_check - does it implement what it exports, and export enough?
 * @ext: about to be committed
 *
 * Returns 0, or -EINVAL or -EPROTOTYPE with the reason in the verdict.
 */
int spin_procedures_check(struct spin_extension *ext)
{
	struct spin_procedure_link *missing = NULL;
	u32 slot;
	int err;

	mutex_lock(&spin_mutex);
	err = spin_procedures_keep(ext);
	for (slot = 1; slot <= ext->procedure_count; slot++) {
		struct spin_procedure_link *link = ext->procedures[slot];

		if (link->exports && !is_implemented(link))
			missing = link;
	}
	mutex_unlock(&spin_mutex);
	if (!missing || err)
		return err;
	spin_extension_refuse(ext, "it exports procedure %s and does not implement it; add a SPIN_IMPLEMENT() for it",
			      missing->name);
	return -EINVAL;
}

/* ---- exporters come and go ---- */

static bool is_others(const struct spin_asking *asking,
		      const struct spin_binding *binding)
{
	const struct spin_procedure *procedure = asking->procedure;

	return binding->ext != procedure->exporter &&
	       binding->ext != asking->about &&
	       binding->ext != procedure->successor;
}

static bool is_others_served(const struct spin_asking *asking,
			     const struct spin_binding *binding)
{
	return !spin_binding_is_unserved(binding) &&
	       binding->ext != asking->exporter && binding->ext != asking->about;
}

/*
 * The next version of its exporter is about to become active: what that refuses,
 * and the guards it imposes, hold from before its first call. What it allows is
 * for procedure_open().
 */
static void procedure_restrict(struct spin_procedure *procedure,
			       struct spin_procedure_link *export,
			       struct spin_extension *old)
{
	struct spin_asking asking = {
		.procedure = procedure,
		.exporter = export->ext,
		.flags = export->flags,
		.about = old,
		.is_asked = is_others_served,
	};
	struct spin_procedure_link *link;
	int err;

	list_for_each_entry(link, &procedure->links, node) {
		if (link->error || link->ext == export->ext)
			continue;
		err = spin_procedure_authorize(procedure, export->ext,
					       export->flags, link->ext, NULL);
		if (err)
			WRITE_ONCE(link->error, err);
		cond_resched();
	}
	spin_procedure_handlers_ask(&asking);
}

/**
 * spin_procedures_restrict - an extension is about to take another's place
 * @ext: being committed; its state says so, its epoch has not begun
 * @old: the version it replaces
 *
 * Under spin_mutex.
 */
void spin_procedures_restrict(struct spin_extension *ext,
			      struct spin_extension *old)
{
	u32 slot;

	lockdep_assert_held(&spin_mutex);
	for (slot = 1; slot <= ext->procedure_count; slot++) {
		struct spin_procedure_link *link = ext->procedures[slot];

		if (link->exports && link->procedure->exporter == old)
			procedure_restrict(link->procedure, link, old);
	}
}

/* Its exporter is active from now on. @old: the version before, or NULL. */
static void procedure_open(struct spin_procedure *procedure,
			   struct spin_procedure_link *export,
			   struct spin_extension *old)
{
	struct spin_asking asking = {
		.procedure = procedure,
		.exporter = export->ext,
		.flags = export->flags,
		.about = old,
		.is_asked = is_others,
	};
	struct spin_procedure_link *link;

	WRITE_ONCE(procedure->exporter, export->ext);
	procedure->flags = export->flags;
	if (procedure->successor == export->ext)
		procedure->successor = NULL;
	list_for_each_entry(link, &procedure->links, node) {
		WRITE_ONCE(link->error, spin_procedure_link_ask(link));
		cond_resched();
	}
	spin_procedure_handlers_ask(&asking);
}

/* Its exporter is not active any more, and there is no other. */
static void procedure_close(struct spin_procedure *procedure)
{
	struct spin_extension *gone = procedure->exporter;
	struct spin_procedure_link *link;
	struct spin_binding *binding;
	struct list_head *list;
	LIST_HEAD(others);

	WRITE_ONCE(procedure->exporter, NULL);
	list_for_each_entry(link, &procedure->links, node)
		WRITE_ONCE(link->error, -ENXIO);
	spin_point_for_each(&procedure->event.point, binding, list) {
		if (binding->ext == gone || binding->implementation)
			continue;
		if (!spin_binding_is_unserved(binding))
			spin_extension_refuse(binding->ext,
					      "handler '%s' of procedure %s is inactive: its exporter, '%s', is gone",
					      spin_binding_name(binding),
					      procedure->name, gone->name);
		list_add_tail(&binding->change_node, &others);
	}
	spin_bindings_stop(&others, SPIN_INACTIVE_UNSERVED);
	spin_point_for_each(&procedure->event.point, binding, list) {
		if (spin_binding_is_unserved(binding))
			spin_binding_close(binding);
		cond_resched();
	}
}

/**
 * spin_procedures_open - an extension has become active
 * @ext: committed; the epoch in which it is active has begun
 * @old: the version whose place it took, or NULL
 *
 * Under spin_mutex. Importers that waited for its procedures are bound now, if its
 * authorizer lets them. What the version before exported and this one does not,
 * nobody exports any more.
 */
void spin_procedures_open(struct spin_extension *ext, struct spin_extension *old)
{
	u32 slot;

	lockdep_assert_held(&spin_mutex);
	for (slot = 1; slot <= ext->procedure_count; slot++)
		if (ext->procedures[slot]->exports)
			procedure_open(ext->procedures[slot]->procedure,
				       ext->procedures[slot], old);
	if (old)
		spin_procedures_close(old);
}

/**
 * spin_procedures_close - an extension is not active any more, or never was
 * @ext: on its way out; the epoch in which it was active is over
 *
 * Under spin_mutex. Calls of what it exported fail from now on; handlers that
 * others have on it do not run, and what it imposed on them is taken off.
 */
void spin_procedures_close(struct spin_extension *ext)
{
	u32 slot;

	lockdep_assert_held(&spin_mutex);
	for (slot = 1; slot <= ext->procedure_count; slot++) {
		struct spin_procedure *procedure =
			ext->procedures[slot]->procedure;

		if (procedure->successor == ext)
			procedure->successor = NULL;
		if (procedure->exporter == ext)
			procedure_close(procedure);
	}
}
