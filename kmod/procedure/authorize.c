// SPDX-License-Identifier: GPL-2.0
/*
 * Event Domain.Authorize: the exporter of a procedure says who may call it and
 * who may handle it, by handlers of its own. They are raised one by one, for the
 * exporter's bindings only, under spin_mutex, so they cannot sleep.
 */
#include "../binding/authority.h"
#include "../capability/interface.h"
#include "../dispatch/binding.h"
#include "../dispatch/record.h"
#include "../name/domain.h"
#include "../program/template.h"
#include "procedure.h"

#define IMPOSED_MAX	4

/**
 * struct authorize_raise - a question
 * @procedure: it is about
 * @exporter: who is asked
 * @installs: somebody wants to install a handler
 * @count: of guards to be imposed
 * @imposed: these
 * @request: the context
 */
struct authorize_raise {
	struct spin_procedure *procedure;
	struct spin_extension *exporter;
	bool installs;
	u32 count;
	struct {
		struct spin_template *template;
		u64 closure;
	} imposed[IMPOSED_MAX];
	SPIN_CONTEXT(struct spin_authorize, request);
};
SPIN_CONTEXT_CHECK(struct authorize_raise, request);

/* An extension may always say who may use what it exports. */
static int authorize_authorize(struct spin_request *request)
{
	return 0;
}

static const struct spin_event_ops authorize_ops = {
	.authorize = authorize_authorize,
};

static struct spin_event authorize_event = {
	.name = "Domain.Authorize",
	.interface = "Domain",
	.context = SPIN_CONTEXT_ATOMIC,
	.holds = SPIN_CLASS_SPIN,
	.flags = SPIN_EVENT_NEEDS_RESULT,
	.result_min = INT_MIN,	/* nothing is taken as 0: see ask() */
	.result_max = INT_MAX,
	.singly = true,
	.ctx_size = sizeof(struct spin_authorize),
	.ops = &authorize_ops,
	.type = "Domain_Authorize",
};

SPIN_EVENT_TYPE(Domain_Authorize, struct spin_authorize, authorize_event);

static void fill(struct authorize_raise *r, struct spin_procedure *procedure,
		 struct spin_extension *exporter,
		 const struct spin_extension *ext,
		 const struct spin_request *request)
{
	struct spin_authorize *context = &r->request;

	r->procedure = procedure;
	r->exporter = exporter;
	r->raise.event = &authorize_event;
	context->ctx.event_id = authorize_event.id;
	context->operation = SPIN_AUTHORIZE_IMPORT;
	context->uid = from_kuid(&init_user_ns, ext->owner);
	context->owner = from_kuid(&init_user_ns, exporter->owner);
	context->ext_id = ext->id;
	strscpy_pad((char *)context->extension, ext->name, SPIN_NAME_LEN);
	strscpy_pad((char *)context->interface, procedure->interface,
		    SPIN_NAME_LEN);
	strscpy_pad((char *)context->procedure, procedure->procedure,
		    SPIN_NAME_LEN);
	if (!request)
		return;
	r->installs = true;
	context->operation = SPIN_AUTHORIZE_INSTALL;
	context->key = request->key;
	context->closure = request->closure;
	context->order = request->order;
	context->flags = request->flags;
}

/*
 * All its authorizers, until one refuses. 1: it has none. One that does not run, or
 * whose guard says no, lets nobody; what is no errno, and not 0, refuses, too.
 */
static int ask(struct authorize_raise *r)
{
	bool allowed = false, exists = false;
	struct spin_binding *binding;
	int result;

	list_for_each_entry(binding, &r->exporter->bindings, extension_node) {
		if (binding->event != &authorize_event)
			continue;
		exists = true;
		if (binding->why &
		    (SPIN_INACTIVE_DISABLED | SPIN_INACTIVE_UNRESOLVED))
			return -EACCES;
		result = spin_binding_raise_atomic(binding, &r->raise);
		if (result)
			return result < 0 && result >= -MAX_ERRNO ? result :
								    -EACCES;
		allowed |= r->raise.fired;
	}
	if (!exists)
		return 1;
	return allowed ? 0 : -EACCES;
}

/* Who may not link to what the exporter's domain exports cannot call it either. */
static bool domain_lets(const struct spin_extension *exporter,
			const struct spin_procedure *procedure,
			const struct spin_extension *ext)
{
	return exporter->domain->rights & SPIN_DOMAIN_IMPORT ||
	       uid_eq(ext->owner, exporter->owner) ||
	       spin_extension_was_granted(ext, procedure->interface);
}

/* Has somebody undone the import? See spin_procedures_unresolve(). */
static bool is_unresolved(const struct spin_extension *ext,
			  const struct spin_procedure *procedure)
{
	u32 slot;

	for (slot = 1; slot <= ext->procedure_count; slot++)
		if (ext->procedures[slot]->procedure == procedure &&
		    ext->procedures[slot]->unresolved)
			return true;
	return false;
}

static int impose(struct spin_request *request, const struct authorize_raise *r)
{
	u32 i;
	int err;

	for (i = 0; i < r->count; i++) {
		err = spin_request_impose_program(request,
						  r->imposed[i].template,
						  r->imposed[i].closure);
		if (err)
			goto err_imposed;
	}
	return 0;

err_imposed:
	spin_guards_free(request->imposed);
	request->imposed = NULL;
	spin_extension_refuse(request->ext,
			      "procedure %s: its exporter, '%s', imposes a guard on '%s', and that cannot be made (error %d)",
			      r->procedure->name, r->exporter->name,
			      request->template, err);
	return err;
}

/**
 * spin_procedure_authorize - ask a procedure's exporter
 * @procedure: which
 * @exporter: who exports it, or is about to
 * @flags: SPIN_PROC_PUBLIC, of that
 * @ext: who wants something of it
 * @request: to install a handler: gets the guards that the exporter imposes;
 *	NULL: to call it
 *
 * Under spin_mutex. Nobody may unless the exporter says so. Returns 0, or a
 * negative errno with the reason in the verdict of @ext.
 */
int spin_procedure_authorize(struct spin_procedure *procedure,
			     struct spin_extension *exporter, u32 flags,
			     struct spin_extension *ext,
			     struct spin_request *request)
{
	const char *what = request ? "handle" : "call";
	struct authorize_raise r = {};
	int err;

	lockdep_assert_held(&spin_mutex);
	if (is_unresolved(ext, procedure)) {
		spin_extension_refuse(ext, "procedure %s: the import was undone; spinctl domain resolve %s %s links it again",
				      procedure->name, ext->name,
				      procedure->interface);
		return -EACCES;
	}
	if (!domain_lets(exporter, procedure, ext)) {
		spin_extension_refuse(ext, "procedure %s: the domain of extension '%s', which exports it, gives others no right to import",
				      procedure->name, exporter->name);
		return -EACCES;
	}
	fill(&r, procedure, exporter, ext, request);
	err = ask(&r);
	if (err > 0 && flags & SPIN_PROC_PUBLIC) {
		err = 0;
	} else if (err > 0) {
		err = -EACCES;
		spin_extension_refuse(ext, "procedure %s: extension '%s' exports it not to the public, and has no authorizer that would let '%s' %s it",
				      procedure->name, exporter->name,
				      ext->name, what);
	} else if (err) {
		spin_extension_refuse(ext, "procedure %s: extension '%s' exports it, and does not let '%s' %s it (its authorizer said %pe)",
				      procedure->name, exporter->name,
				      ext->name, what, ERR_PTR(err));
	}
	if (err || !request)
		return err;
	return impose(request, &r);
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_impose(struct spin_authorize *request, u32 slot,
			    u64 closure)
{
	struct authorize_raise *r = container_of(request, struct authorize_raise,
						 request);
	struct spin_extension *ext = spin_ctx_extension(&request->ctx);
	struct spin_template *template;

	if (!r->installs || !slot)
		return -EINVAL;
	if (r->count >= IMPOSED_MAX)
		return -ENOSPC;
	template = spin_template_by_slot(ext, slot);
	if (!template || template->event != &r->procedure->event ||
	    !template->progs[SPIN_MEMBER_GUARD])
		return -ENOENT;
	r->imposed[r->count].template = template;
	r->imposed[r->count++].closure = closure;
	return 0;
}

__bpf_kfunc_end_defs();

#define AUTHORIZE_KFUNCS(F) \
	F(spin_impose, KF_TRUSTED_ARGS, 500, SPIN_CLASS_SPINNING, 0)

SPIN_KFUNC_TABLE(authorize_kfuncs, AUTHORIZE_KFUNCS);

SPIN_SERVICE(spin_authorize_service) = {
	.interface = {
		.name = "Authorize",
		.kfuncs = { &authorize_kfuncs },
		.always = true,
	},
	.events = { &Domain_Authorize_type },
};
