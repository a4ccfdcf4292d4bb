// SPDX-License-Identifier: GPL-2.0
/*
 * Imports and exports of procedures, and what happens to the ones when the others
 * come and go.
 *
 * A procedure has one exporter at a time, and an interface too: nobody else can
 * offer procedures under its name. All that is decided here is decided under
 * spin_mutex. Whoever calls looks at the error of its link after it has sampled
 * the epoch: it is there from before the exporter's epoch begins until that
 * exporter's authorizer has been asked, so no call slips in unasked. The next
 * version of an exporter is asked before its epoch begins, too, for what it
 * refuses. (What it allows, and the version before did not, may reach that one: from
 * within an atomic raise that began before.)
 */
#include <linux/slab.h>
#include "../binding/binding.h"
#include "../capability/interface.h"
#include "../dispatch/point.h"
#include "../extension/lookup.h"
#include "../name/domain.h"
#include "../name/interface.h"
#include "procedure.h"

/* What an import or export takes, its share of the procedure included. */
#define LINK_MEMORY (sizeof(struct spin_procedure_link) + \
		     sizeof(struct spin_procedure))

/* ---- what loaders declare ---- */

static bool member_valid(const struct spin_proc_member *member, u32 from,
			 u32 size)
{
	if (!member->size || member->offset < from ||
	    member->offset + member->size > size)
		return false;
	return !member->kind || (member->size == sizeof(u32) &&
				 IS_ALIGNED(member->offset, sizeof(u32)));
}

static bool members_valid(const struct spin_prototype *prototype)
{
	static const struct spin_proc_member none;
	u32 from = 0, caps = 0, i;

	for (i = 0; i < SPIN_PROC_MEMBERS_MAX; i++) {
		const struct spin_proc_member *member = &prototype->member[i];

		if (i >= prototype->members) {
			if (memcmp(member, &none, sizeof(none)))
				return false;
			continue;
		}
		if (!member_valid(member, from, prototype->size))
			return false;
		from = member->offset + member->size;
		caps += !!member->kind;
	}
	return caps <= SPIN_ARGUMENTS_MAX;
}

/* Makes it as all compare it: with the default cost. */
static bool prototype_valid(struct spin_prototype *prototype)
{
	if (prototype->flags & ~(SPIN_PROC_SLEEPABLE | SPIN_PROC_VAR) ||
	    !prototype->size || prototype->size > SPIN_CALL_SIZE_MAX ||
	    !IS_ALIGNED(prototype->size, sizeof(u64)) ||
	    prototype->members > SPIN_PROC_MEMBERS_MAX ||
	    prototype->cost_max > SPIN_PROC_COST_MAX)
		return false;
	if (prototype->flags & SPIN_PROC_SLEEPABLE)
		prototype->cost_max = 0;
	else if (!prototype->cost_max)
		prototype->cost_max = SPIN_PROC_COST_DEFAULT;
	return members_valid(prototype);
}

static struct spin_procedure_link *
link_new(struct spin_extension *ext, const struct spin_ioc_ext_procedure *args,
	 const char *interface)
{
	struct spin_procedure_link *link;
	int err;

	err = spin_quota_charge(ext, SPIN_QUOTA_MEMORY, LINK_MEMORY);
	if (err)
		return ERR_PTR(err);
	link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);
	if (!link)
		goto err_charge;
	link->ext = ext;
	link->flags = args->flags;
	snprintf(link->name, sizeof(link->name), "%s.%s", args->interface,
		 args->procedure);
	INIT_LIST_HEAD(&link->node);
	link->procedure = spin_procedure_get(args, interface);
	if (link->procedure)
		return link;
	kfree(link);
err_charge:
	spin_quota_uncharge(ext, SPIN_QUOTA_MEMORY, LINK_MEMORY);
	return ERR_PTR(-ENOMEM);
}

static void link_free(struct spin_procedure_link *link)
{
	spin_quota_uncharge(link->ext, SPIN_QUOTA_MEMORY, LINK_MEMORY);
	spin_procedure_put(link->procedure);
	kfree(link);
}

static int room_check(struct spin_extension *ext,
		      const struct spin_ioc_ext_procedure *args, u32 flags)
{
	char name[SPIN_PROCEDURE_NAME_LEN];
	u32 slot;

	if (ext->state != SPIN_EXT_LOADING)
		return -EBUSY;
	if (args->flags & ~flags || !spin_name_valid(args->interface) ||
	    !spin_name_valid(args->procedure) || strchr(args->procedure, '.'))
		return -EINVAL;
	if (ext->procedure_count >= SPIN_PROCEDURES_MAX) {
		spin_extension_refuse(ext, "an extension can import and export %u procedures",
				      SPIN_PROCEDURES_MAX);
		return -ENOSPC;
	}
	snprintf(name, sizeof(name), "%s.%s", args->interface, args->procedure);
	for (slot = 1; slot <= ext->procedure_count; slot++) {
		if (strcmp(ext->procedures[slot]->name, name))
			continue;
		spin_extension_refuse(ext, "procedure %s is declared twice; an extension cannot import what it exports: call the function itself",
				      name);
		return -EEXIST;
	}
	return 0;
}

static int declare_check(struct spin_extension *ext,
			 struct spin_ioc_ext_procedure *args, u32 flags)
{
	int err = room_check(ext, args, flags);

	if (err)
		return err;
	if (prototype_valid(&args->prototype))
		return 0;
	spin_extension_refuse(ext,
			      "procedure %s.%s: its prototype is none: a block of 8 to %u bytes, at most %u arguments in order, of them %u capabilities of 4 bytes, and %u instructions",
			      args->interface, args->procedure,
			      SPIN_CALL_SIZE_MAX, SPIN_PROC_MEMBERS_MAX,
			      SPIN_ARGUMENTS_MAX, SPIN_PROC_COST_MAX);
	return -EINVAL;
}

/*
 * Calls were charged to its programs when templates were attached, which is done
 * under spin_mutex: what it can call must not become dearer.
 */
static int order_check(struct spin_extension *ext)
{
	if (!ext->template_count)
		return 0;
	spin_extension_refuse(ext, "it has attached templates already: procedures are to be declared before");
	return -EBUSY;
}

/* In the extension's table; under spin_mutex and its lock. */
static u32 link_add(struct spin_extension *ext, struct spin_procedure_link *link)
{
	link->slot = ext->procedure_count + 1;
	ext->procedures[link->slot] = link;
	ext->procedure_count = link->slot;
	return link->slot;
}

/* ---- imports ---- */

/* Is the exporter the importer itself, this version or the next? */
static bool is_same(const struct spin_procedure *procedure,
		    const struct spin_extension *ext)
{
	const struct spin_extension *exporter = procedure->exporter;

	return exporter == ext || (exporter && exporter == ext->replaces);
}

/* May it be called? Under spin_mutex. */
static int import_ask(struct spin_procedure_link *link)
{
	struct spin_procedure *procedure = link->procedure;

	if (!spin_procedure_served(procedure))
		return -ENXIO;
	if (is_same(procedure, link->ext))
		return 0;
	return spin_procedure_authorize(procedure, procedure->exporter,
					procedure->flags, link->ext, NULL);
}

u32 spin_procedure_link_status(const struct spin_procedure_link *link)
{
	if (spin_procedure_served(link->procedure))
		return link->error ? SPIN_LINK_DENIED : SPIN_LINK_BOUND;
	return spin_procedure_other(link->procedure) ? SPIN_LINK_MISMATCH :
						       SPIN_LINK_UNBOUND;
}

/* An exporter that is there decides at once. Under spin_mutex. */
static int import_check(struct spin_procedure_link *link)
{
	struct spin_procedure *procedure = link->procedure, *other;

	WRITE_ONCE(link->error, import_ask(link));
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
 * Who is not root sees his own interface first, then root's; what is not there
 * yet will be his own.
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
	result = declare_check(ext, args, 0);
	if (!result)
		result = import_name(ext, args, interface);
	if (result)
		return result;
	link = link_new(ext, args, interface);
	if (IS_ERR(link))
		return PTR_ERR(link);
	mutex_lock(&spin_mutex);
	result = order_check(ext);
	if (!result)
		result = spin_extension_may_name(ext, interface);
	if (!result)
		result = import_check(link);
	if (!result) {
		list_add_tail(&link->node, &link->procedure->links);
		args->status = spin_procedure_link_status(link);
		result = link_add(ext, link);
	}
	mutex_unlock(&spin_mutex);
	if (result < 0)
		link_free(link);
	return result;
}

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
	result = declare_check(ext, args, SPIN_PROC_PUBLIC);
	if (!result)
		result = spin_name_qualify_for(ext->owner, args->interface,
					       interface);
	if (result)
		return result;
	link = link_new(ext, args, interface);
	if (IS_ERR(link))
		return PTR_ERR(link);
	link->exports = true;
	link->error = -ENOENT;	/* not for itself: see call_cost() */
	mutex_lock(&spin_mutex);
	result = order_check(ext);
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
		result = link_add(ext, link);
	}
	mutex_unlock(&spin_mutex);
	if (result < 0)
		link_free(link);
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

/**
 * struct asking - about handlers that others have on a procedure
 * @procedure: which
 * @exporter: who is asked
 * @flags: SPIN_PROC_PUBLIC, of the export
 * @about: the handlers are of this one, or of all but this one
 * @is_asked: is a handler one of them?
 */
struct asking {
	struct spin_procedure *procedure;
	struct spin_extension *exporter;
	u32 flags;
	const struct spin_extension *about;
	bool (*is_asked)(const struct asking *asking,
			 const struct spin_binding *binding);
};

/* What was said of a handler: not to run (@err), or under these guards. */
struct said {
	struct spin_binding *binding;
	struct spin_guard *imposed;
	int err;
};

/* One who imported it has a handler on it: is it to run? */
static struct said handler_ask(const struct asking *asking,
			       struct spin_binding *binding)
{
	const struct Clock_Tick *value = spin_template_value(binding->template);
	struct spin_match match;
	struct spin_request request = {
		.operation = SPIN_OP_INSTALL,
		.event = &asking->procedure->event,
		.ext = binding->ext,
		.cred = binding->ext->cred,
		.template = value->name,
		.key = value->key,
		.order = binding->order,
		.flags = binding->flags,
		.match = &match,
		.closure = binding->closure,
		.cost = binding->template->cost,
	};
	int err;

	spin_binding_match(binding, &match);
	err = spin_procedure_authorize(asking->procedure, asking->exporter,
				       asking->flags, binding->ext, &request);
	return (struct said){
		.binding = binding,
		.imposed = request.imposed,
		.err = err,
	};
}

static void handler_no_memory(const struct asking *asking,
			      const struct spin_binding *binding)
{
	spin_extension_refuse(binding->ext,
			      "handler '%s' of procedure %s is inactive: there was no memory when its exporter, '%s', came",
			      spin_binding_name(binding), asking->procedure->name,
			      asking->exporter->name);
}

/*
 * Of an extension's handlers the plan is made anew twice at most: without those that are not
 * to run, or that the guards make dearer, and with those that are.
 */
static void handlers_follow(const struct asking *asking, struct said *said,
			    u32 count)
{
	struct spin_point *point = &asking->procedure->event.point;
	u32 i;

	for (i = 0; i < count; i++)
		if (said[i].err ||
		    spin_binding_recosts(said[i].binding, said[i].imposed))
			WRITE_ONCE(said[i].binding->unserved, true);
	spin_point_unplan(point);
	for (i = 0; i < count; i++) {
		if (said[i].err) {
			spin_binding_close(said[i].binding);
			continue;
		}
		spin_binding_impose_all(said[i].binding, said[i].imposed);
		WRITE_ONCE(said[i].binding->unserved, false);
		cond_resched();
	}
	if (!spin_point_plan(point))
		return;
	/* As many as there is room for. */
	for (i = 0; i < count; i++) {
		if (!said[i].err &&
		    spin_binding_serve(said[i].binding) == -ENOMEM)
			handler_no_memory(asking, said[i].binding);
		cond_resched();
	}
}

/* Without memory to note what is said, nothing was said. */
static void handlers_refuse(const struct asking *asking)
{
	struct spin_binding *binding;
	struct list_head *list;

	spin_point_for_each(&asking->procedure->event.point, binding, list) {
		if (!asking->is_asked(asking, binding))
			continue;
		spin_binding_unserve(binding);
		spin_binding_close(binding);
		handler_no_memory(asking, binding);
		cond_resched();
	}
}

static void handlers_ask(const struct asking *asking)
{
	struct spin_point *point = &asking->procedure->event.point;
	struct spin_binding *binding;
	struct list_head *list;
	struct said *said;
	u32 count = 0;

	if (!point->count)
		return;
	said = kvmalloc_array(point->count, sizeof(*said), GFP_KERNEL);
	if (!said) {
		handlers_refuse(asking);
		return;
	}
	spin_point_for_each(point, binding, list) {
		if (asking->is_asked(asking, binding))
			said[count++] = handler_ask(asking, binding);
		cond_resched();
	}
	handlers_follow(asking, said, count);
	kvfree(said);
}

static bool is_others(const struct asking *asking,
		      const struct spin_binding *binding)
{
	const struct spin_procedure *procedure = asking->procedure;

	return binding->ext != procedure->exporter &&
	       binding->ext != asking->about &&
	       binding->ext != procedure->successor;
}

static bool is_others_served(const struct asking *asking,
			     const struct spin_binding *binding)
{
	return !binding->unserved && binding->ext != asking->exporter &&
	       binding->ext != asking->about;
}

static bool is_its_own(const struct asking *asking,
		       const struct spin_binding *binding)
{
	return binding->ext == asking->about;
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
	struct asking asking = {
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
	handlers_ask(&asking);
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
	struct asking asking = {
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
		WRITE_ONCE(link->error, import_ask(link));
		cond_resched();
	}
	handlers_ask(&asking);
}

/* Its exporter is not active any more, and there is no other. */
static void procedure_close(struct spin_procedure *procedure)
{
	struct spin_extension *gone = procedure->exporter;
	struct spin_procedure_link *link;
	struct spin_binding *binding;
	struct list_head *list;

	WRITE_ONCE(procedure->exporter, NULL);
	list_for_each_entry(link, &procedure->links, node)
		WRITE_ONCE(link->error, -ENXIO);
	spin_point_for_each(&procedure->event.point, binding, list) {
		if (binding->ext == gone || binding->implementation)
			continue;
		if (!binding->unserved)
			spin_extension_refuse(binding->ext,
					      "handler '%s' of procedure %s is inactive: its exporter, '%s', is gone",
					      spin_binding_name(binding),
					      procedure->name, gone->name);
		WRITE_ONCE(binding->unserved, true);
	}
	spin_point_unplan(&procedure->event.point);
	spin_point_for_each(&procedure->event.point, binding, list) {
		if (binding->unserved)
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

/* No handler of it runs any more, and its templates are gone. */
void spin_procedures_release(struct spin_extension *ext)
{
	struct spin_procedure_link *link;
	u32 slot;

	for (slot = ext->procedure_count; slot; slot--) {
		mutex_lock(&spin_mutex);
		link = ext->procedures[slot];
		ext->procedures[slot] = NULL;
		ext->procedure_count = slot - 1;
		list_del(&link->node);
		mutex_unlock(&spin_mutex);
		link_free(link);
	}
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

	link->unresolved = true;
	resolved->procedures++;
	if (!link->error)
		WRITE_ONCE(link->error, -EACCES);
	spin_point_for_each(&link->procedure->event.point, binding, list) {
		if (binding->ext != link->ext || binding->unserved)
			continue;
		WRITE_ONCE(binding->unserved, true);
		spin_resolved_note(resolved, binding);
	}
	spin_point_unplan(&link->procedure->event.point);
	spin_point_for_each(&link->procedure->event.point, binding, list) {
		if (binding->ext == link->ext)
			spin_binding_close(binding);
		cond_resched();
	}
}

static int link_resolve(struct spin_procedure_link *link,
			struct spin_resolved *resolved)
{
	struct spin_procedure *procedure = link->procedure;
	struct asking asking = {
		.procedure = procedure,
		.exporter = procedure->exporter,
		.flags = procedure->flags,
		.about = link->ext,
		.is_asked = is_its_own,
	};
	struct spin_binding *binding;
	struct list_head *list;

	link->unresolved = false;
	WRITE_ONCE(link->error, import_ask(link));
	if (!spin_procedure_served(procedure))
		return 0;	/* bound when an exporter comes */
	if (link->error) {
		link->unresolved = true;
		return link->error;
	}
	resolved->procedures++;
	handlers_ask(&asking);
	spin_point_for_each(&procedure->event.point, binding, list)
		if (binding->ext == link->ext && !binding->unserved)
			spin_resolved_note(resolved, binding);
	return 0;
}

static int change(struct spin_extension *ext, const char *interface, bool undo,
		  struct spin_resolved *resolved)
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
 * again, whoever exports the interface meanwhile. Returns 0; -ENOENT: it has not
 * imported any of its procedures; -EALREADY.
 */
int spin_procedures_unresolve(struct spin_extension *ext, const char *interface,
			      struct spin_resolved *resolved)
{
	return change(ext, interface, true, resolved);
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
	return change(ext, interface, false, resolved);
}
