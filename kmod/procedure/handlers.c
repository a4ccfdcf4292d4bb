// SPDX-License-Identifier: GPL-2.0
/*
 * Handlers that importers have on a procedure: its exporter is asked about them when
 * it comes, is replaced, or an importer is linked to it again.
 */
#include <linux/slab.h>
#include "../binding/binding.h"
#include "../dispatch/point.h"
#include "link.h"

/* What was said of a handler: not to run (@err), or under these guards. */
struct said {
	struct spin_binding *binding;
	struct spin_guard *imposed;
	int err;
};

/* One who imported it has a handler on it: is it to run? */
static struct said handler_ask(const struct spin_asking *asking,
			       struct spin_binding *binding)
{
	const struct spin_template_value *value = spin_template_value(binding->template);
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

static void handler_no_memory(const struct spin_asking *asking,
			      const struct spin_binding *binding)
{
	spin_extension_refuse(binding->ext,
			      "handler '%s' of procedure %s is inactive: there was no memory when its exporter, '%s', came",
			      spin_binding_name(binding), asking->procedure->name,
			      asking->exporter->name);
}

/* There is no room in the plan for all: then for as many as there is. */
static void handlers_serve(const struct spin_asking *asking,
			   const struct said *said, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		LIST_HEAD(one);

		if (said[i].err)
			continue;
		list_add(&said[i].binding->change_node, &one);
		if (spin_bindings_start(&one, SPIN_INACTIVE_UNSERVED) == -ENOMEM)
			handler_no_memory(asking, said[i].binding);
		cond_resched();
	}
}

/*
 * Of an extension's handlers the plan is made anew twice at most: without those that are not
 * to run, or that the guards make dearer, and with those that are.
 */
static void handlers_follow(const struct spin_asking *asking, struct said *said,
			    u32 count)
{
	LIST_HEAD(stopped);
	LIST_HEAD(served);
	u32 i;

	for (i = 0; i < count; i++)
		if (said[i].err ||
		    spin_binding_recosts(said[i].binding, said[i].imposed))
			list_add_tail(&said[i].binding->change_node, &stopped);
	spin_bindings_stop(&stopped, SPIN_INACTIVE_UNSERVED);
	for (i = 0; i < count; i++) {
		if (said[i].err) {
			spin_binding_close(said[i].binding);
			continue;
		}
		spin_binding_impose_all(said[i].binding, said[i].imposed);
		list_add_tail(&said[i].binding->change_node, &served);
		cond_resched();
	}
	if (spin_bindings_start(&served, SPIN_INACTIVE_UNSERVED))
		handlers_serve(asking, said, count);
}

/* Without memory to note what is said, nothing was said. */
static void handlers_refuse(const struct spin_asking *asking)
{
	struct spin_binding *binding;
	struct list_head *list;
	LIST_HEAD(asked);

	spin_point_for_each(&asking->procedure->event.point, binding, list)
		if (asking->is_asked(asking, binding))
			list_add_tail(&binding->change_node, &asked);
	spin_bindings_stop(&asked, SPIN_INACTIVE_UNSERVED);
	spin_point_for_each(&asking->procedure->event.point, binding, list) {
		if (!asking->is_asked(asking, binding))
			continue;
		spin_binding_close(binding);
		handler_no_memory(asking, binding);
		cond_resched();
	}
}

/**
 * spin_procedure_handlers_ask - ask the exporter about handlers that others have
 * @asking: about which
 *
 * Under spin_mutex. Those it lets be run from now on, under the guards that it
 * imposes; the others do not. Without memory none does, and their verdicts say so.
 */
void spin_procedure_handlers_ask(const struct spin_asking *asking)
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
