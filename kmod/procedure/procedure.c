// SPDX-License-Identifier: GPL-2.0
/*
 * Procedures: made when an extension imports or exports one that is not there
 * yet, ended with the last reference. See procedure.h.
 */
#include <linux/slab.h>
#include "../dispatch/event.h"
#include "../dispatch/plan.h"
#include "../dispatch/point.h"
#include "procedure.h"

LIST_HEAD(spin_procedures);

/* ---- the event ---- */

static bool is_exporters(const struct spin_procedure *procedure,
			 const struct spin_extension *ext)
{
	return ext == procedure->exporter || ext == procedure->successor;
}

/*
 * A handler of an importer's is asked about when it is installed, by the
 * exporter's handlers of Domain.Authorize; while there is no exporter, when one
 * has come.
 */
static int procedure_authorize(struct spin_request *request)
{
	struct spin_procedure *procedure = spin_procedure_of(request->event);

	lockdep_assert_held(&spin_mutex);
	if (is_exporters(procedure, request->ext) ||
	    request->operation != SPIN_OP_INSTALL ||
	    !spin_procedure_served(procedure))
		return 0;
	return spin_procedure_authorize(procedure, procedure->exporter,
					procedure->flags, request->ext,
					request);
}

static struct spin_binding *implementation_of(struct spin_procedure *procedure,
					      const struct spin_extension *ext)
{
	struct spin_binding *binding;
	struct list_head *list;

	spin_point_for_each(&procedure->event.point, binding, list)
		if (binding->ext == ext && binding->implementation)
			return binding;
	return NULL;
}

static int procedure_bind(struct spin_binding *binding)
{
	struct spin_procedure *procedure = spin_procedure_of(binding->event);
	struct spin_extension *ext = spin_binding_extension(binding);

	/* The exporter's own, made by the load, is what others call. */
	if (is_exporters(procedure, ext))
		binding->implementation =
			!spin_template_value(binding->template)->slot;
	else if (!spin_procedure_served(procedure))
		binding->why |= SPIN_INACTIVE_UNSERVED;
	kref_get(&procedure->kref);
	spin_binding_set_data(binding, procedure);
	return 0;
}

/* Also of bindings that came to nothing before bind(). */
static void procedure_release(struct spin_binding *binding)
{
	struct spin_procedure *procedure = spin_binding_data(binding);

	if (procedure)
		spin_procedure_put(procedure);
}

/* Nobody implements it, or all guards said no. */
static int procedure_fallback(struct spin_raise *raise)
{
	return -ENXIO;
}

/*
 * Has the exporter that a call was made to gone since, or been replaced? It waits
 * for the call.
 */
static bool procedure_abandoned(const struct spin_raise *raise)
{
	const struct spin_extension *exporter;
	bool outlived;

	rcu_read_lock();
	/* Extensions are freed a grace period after they left the procedure. */
	exporter = READ_ONCE(spin_procedure_of(raise->event)->exporter);
	outlived = !exporter || READ_ONCE(exporter->set.from) > raise->epoch;
	rcu_read_unlock();
	return outlived;
}

/* ---- templates ---- */

static struct spin_procedure_link *find_link(struct spin_extension *ext,
					     const char *name)
{
	u32 slot;

	for (slot = 1; slot <= ext->procedure_count; slot++)
		if (!strcmp(ext->procedures[slot]->name, name))
			return ext->procedures[slot];
	return NULL;
}

static int refuse_unknown(struct spin_extension *ext, const char *binding,
			  const char *name)
{
	const char *dot = strrchr(name, '.');

	if (dot)
		spin_extension_refuse(ext,
				      "binding '%s': procedure %s is neither imported nor exported by the extension; add SPIN_EXPORT(%.*s, %s), or SPIN_IMPORT_PROCEDURE() if another one exports it",
				      binding, name, (int)(dot - name), name,
				      dot + 1);
	else
		spin_extension_refuse(ext,
				      "binding '%s': '%s' is no name of a procedure: it must be \"INTERFACE.PROCEDURE\"",
				      binding, name);
	return -EACCES;
}

static int template_fits(struct spin_extension *ext,
			 const struct spin_template *template,
			 const struct spin_procedure_link *link)
{
	const struct spin_template_value *value = spin_template_value(template);
	const struct bpf_prog *handler = template->progs[SPIN_MEMBER_HANDLER];
	struct spin_procedure *procedure = link->procedure;

	if (handler && handler->sleepable &&
	    !(procedure->prototype.flags & SPIN_PROC_SLEEPABLE)) {
		spin_extension_refuse(ext,
				      "binding '%s': its handler may sleep, and procedure %s must not; its prototype lacks SPIN_PROC_SLEEPABLE",
				      value->name, link->name);
		return -EINVAL;
	}
	if (!value->slot && link->exports && implementation_of(procedure, ext)) {
		spin_extension_refuse(ext,
				      "binding '%s': procedure %s is implemented by another binding of the extension already; give this one a slot",
				      value->name, link->name);
		return -EEXIST;
	}
	return 0;
}

/* Which procedure it is for: from now on it has that one's event, and holds it. */
static int procedure_attach(struct spin_extension *ext,
			    struct spin_template *template)
{
	const struct spin_template_value *value = spin_template_value(template);
	struct spin_procedure_link *link;
	int err;

	lockdep_assert_held(&spin_mutex);
	link = find_link(ext, value->procedure);
	if (!link)
		return refuse_unknown(ext, value->name, value->procedure);
	err = template_fits(ext, template, link);
	if (err)
		return err;
	kref_get(&link->procedure->kref);
	template->event = &link->procedure->event;
	return 0;
}

/* Nothing is made from the template any more, nor will be. */
static void procedure_detach(struct spin_template *template)
{
	struct spin_event *event = template->event;

	lockdep_assert_held(&spin_mutex);
	template->event = &spin_procedure_event;
	spin_procedure_put(spin_procedure_of(event));
}

static const struct spin_event_ops procedure_ops = {
	.authorize = procedure_authorize,
	.attach = procedure_attach,
	.detach = procedure_detach,
	.bind = procedure_bind,
	.release = procedure_release,
	.fallback = procedure_fallback,
	.abandoned = procedure_abandoned,
};

/*
 * What templates of Proc.Call are of until they are attached: the verifier's
 * questions are about this one. It is never raised, and in no list.
 */
struct spin_event spin_procedure_event = {
	.name = "Proc.Call",
	.interface = "Proc",
	.context = SPIN_CONTEXT_SLEEPABLE,
	.ctx_size = sizeof(struct spin_call),
	.ops = &procedure_ops,
	.type = "Proc_Call",
};

SPIN_EVENT_TYPE(Proc_Call, struct spin_call, spin_procedure_event);

/* ---- prototypes ---- */

static u64 hash_words(const void *data, size_t size)
{
	const u8 *byte = data;
	u64 hash = 0xcbf29ce484222325ULL;	/* FNV-1a */
	size_t i;

	for (i = 0; i < size; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3ULL;
	return hash;
}

static bool prototype_equal(const struct spin_prototype *a,
			    const struct spin_prototype *b)
{
	return !memcmp(a, b, sizeof(*a));	/* no holes; unused parts are zero */
}

/* ---- its life ---- */

static void event_fill(struct spin_procedure *procedure)
{
	bool sleepable = procedure->prototype.flags & SPIN_PROC_SLEEPABLE;
	struct spin_event *event = &procedure->event;

	event->name = procedure->name;
	event->interface = procedure->interface;
	event->context = sleepable ? SPIN_CONTEXT_SLEEPABLE :
				     SPIN_CONTEXT_ATOMIC;
	event->flags = SPIN_EVENT_NEEDS_RESULT;
	event->result_min = -MAX_ERRNO;
	event->result_max = INT_MAX;
	event->procedural = true;
	event->arguments = procedure->caps > 0;
	event->fold = SPIN_FOLD_LAST;
	event->cost_max = procedure->prototype.cost_max;
	event->ctx_size = sizeof(struct spin_call);
	event->ops = &procedure_ops;
	event->type = spin_procedure_event.type;
	event->btf = spin_procedure_event.btf;
}

static void arguments_fill(struct spin_procedure *procedure)
{
	const struct spin_prototype *prototype = &procedure->prototype;
	u32 i;

	for (i = 0; i < prototype->members; i++)
		if (prototype->member[i].kind)
			procedure->cap[procedure->caps++] = prototype->member[i];
	procedure->plain_size = procedure->caps || prototype->flags ?
				U32_MAX : prototype->size;
}

static LLIST_HEAD(dead);

/* Many at a time: they wait for one grace period together. */
static void end(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&dead);
	struct spin_procedure *procedure, *next;

	llist_for_each_entry(procedure, list, dead) {
		mutex_lock(&spin_mutex);
		list_del(&procedure->node);
		WARN_ON_ONCE(procedure->exporter || procedure->successor ||
			     !list_empty(&procedure->links));
		mutex_unlock(&spin_mutex);
		spin_event_delist(&procedure->event);
	}
	synchronize_rcu();
	llist_for_each_entry_safe(procedure, next, list, dead) {
		if (procedure->event.context == SPIN_CONTEXT_SLEEPABLE)
			spin_point_synchronize(&procedure->event.point);
		spin_event_free(&procedure->event);
		kfree(procedure);
		cond_resched();
	}
}

static DECLARE_WORK(end_work, end);

static struct spin_procedure *
procedure_new(const struct spin_ioc_ext_procedure *args, const char *interface)
{
	struct spin_procedure *procedure;

	procedure = kzalloc(sizeof(*procedure), GFP_KERNEL_ACCOUNT);
	if (!procedure)
		return NULL;
	kref_init(&procedure->kref);
	INIT_LIST_HEAD(&procedure->links);
	procedure->prototype = args->prototype;
	procedure->hash = hash_words(&args->prototype, sizeof(args->prototype));
	strscpy(procedure->interface, interface);
	strscpy(procedure->procedure, args->procedure);
	snprintf(procedure->name, sizeof(procedure->name), "%s.%s", interface,
		 args->procedure);
	spin_text_clean(procedure->text, sizeof(procedure->text), args->text,
			sizeof(args->text));
	arguments_fill(procedure);
	event_fill(procedure);
	if (!spin_event_start(&procedure->event, THIS_MODULE))
		return procedure;
	kfree(procedure);
	return NULL;
}

static struct spin_procedure *find(const struct spin_procedure *like)
{
	struct spin_procedure *procedure;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(procedure, &spin_procedures, node)
		if (!strcmp(procedure->name, like->name) &&
		    prototype_equal(&procedure->prototype, &like->prototype) &&
		    kref_get_unless_zero(&procedure->kref))
			return procedure;
	return NULL;
}

/**
 * spin_procedure_get - the procedure of a name and prototype
 * @args: checked
 * @interface: its qualified name
 *
 * Made if it is not there. Process context, without spin_mutex. Returns it with
 * a reference, or NULL: no memory.
 */
struct spin_procedure *
spin_procedure_get(const struct spin_ioc_ext_procedure *args,
		   const char *interface)
{
	struct spin_procedure *procedure, *made;

	made = procedure_new(args, interface);
	if (!made)
		return NULL;
	mutex_lock(&spin_mutex);
	procedure = find(made);
	if (!procedure) {
		list_add_tail(&made->node, &spin_procedures);
		spin_event_enlist(&made->event);
	}
	mutex_unlock(&spin_mutex);
	if (!procedure)
		return made;
	spin_event_abandon(&made->event);
	kfree(made);
	return procedure;
}

static void last_put(struct kref *kref)
{
	struct spin_procedure *procedure =
		container_of(kref, struct spin_procedure, kref);

	llist_add(&procedure->dead, &dead);
	queue_work(spin_workqueue, &end_work);
}

/* Any context in which works can be queued. */
void spin_procedure_put(struct spin_procedure *procedure)
{
	kref_put(&procedure->kref, last_put);
}

/* One of the same name and another prototype that is exported, or NULL. */
struct spin_procedure *spin_procedure_other(const struct spin_procedure *procedure)
{
	struct spin_procedure *other;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(other, &spin_procedures, node)
		if (other != procedure && spin_procedure_served(other) &&
		    !strcmp(other->name, procedure->name))
			return other;
	return NULL;
}

/* An event for each procedure is registered when it is exported. */
int spin_procedures_init(void)
{
	return Proc_Call_type.enroll();
}

/* No extension is left; what they had may just be ending. */
void spin_procedures_exit(void)
{
	flush_workqueue(spin_workqueue);
	WARN_ON_ONCE(!list_empty(&spin_procedures));
}
