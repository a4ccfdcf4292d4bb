// SPDX-License-Identifier: GPL-2.0
/* Listings of procedures, and of who imports them. */
#include "../procedure/procedure.h"
#include "device.h"
#include "requests.h"

static void fill_procedure(struct spin_ioc_proc_next *block,
			   const struct spin_procedure *procedure)
{
	const struct spin_extension *exporter = procedure->exporter;
	int cpu;

	*block = (struct spin_ioc_proc_next){ .id = procedure->event.id };
	strscpy(block->interface, procedure->interface);
	strscpy(block->procedure, procedure->procedure);
	block->prototype = procedure->prototype;
	block->hash = procedure->hash;
	if (exporter) {
		block->flags = procedure->flags;
		block->exporter_id = exporter->id;
		strscpy(block->exporter, exporter->name);
	}
	block->importers = list_count_nodes((struct list_head *)&procedure->links);
	block->bindings = procedure->event.bindings;
	block->served = spin_procedure_served(procedure);
	strscpy(block->text, procedure->text);
	for_each_possible_cpu(cpu) {
		const struct spin_event_stats *stats =
			per_cpu_ptr(procedure->event.stats, cpu);

		block->calls += READ_ONCE(stats->raised);
		block->unserved += READ_ONCE(stats->unhandled);
	}
}

/* The one with the smallest id above @id, or NULL. */
static struct spin_procedure *next_procedure(u64 id)
{
	struct spin_procedure *procedure;

	lockdep_assert_held(&spin_mutex);
	/* The list is in the order of ids. */
	list_for_each_entry(procedure, &spin_procedures, node)
		if (procedure->event.id > id)
			return procedure;
	return NULL;
}

long spin_do_proc_next(struct spin_client *client,
		       struct spin_ioc_proc_next *block)
{
	const struct spin_procedure *procedure = next_procedure(block->id);

	if (!procedure)
		return -ENOENT;
	fill_procedure(block, procedure);
	return 0;
}

/* Of one procedure: the importer with the smallest id above @ext_id. */
static struct spin_procedure_link *
next_of_procedure(const struct spin_procedure *procedure, u64 ext_id)
{
	struct spin_procedure_link *link, *next = NULL;

	list_for_each_entry(link, &procedure->links, node)
		if (link->ext->id > ext_id &&
		    (!next || link->ext->id < next->ext->id))
			next = link;
	return next;
}

static struct spin_procedure_link *next_link(u64 id, u64 ext_id)
{
	struct spin_procedure *procedure = NULL;
	struct spin_procedure_link *link;

	/* The one seen last may have more; an id of 0 is nobody's. */
	if (id)
		procedure = next_procedure(id - 1);
	if (procedure && procedure->event.id == id) {
		link = next_of_procedure(procedure, ext_id);
		if (link)
			return link;
	}
	while ((procedure = next_procedure(id))) {
		id = procedure->event.id;
		link = next_of_procedure(procedure, 0);
		if (link)
			return link;
	}
	return NULL;
}

static void fill_link(struct spin_ioc_proc_link_next *block,
		      const struct spin_procedure_link *link)
{
	block->status = spin_procedure_link_status(link);
	block->id = link->procedure->event.id;
	block->ext_id = link->ext->id;
	block->slot = link->slot;
	block->error = block->status == SPIN_LINK_DENIED ? link->error : 0;
	strscpy_pad(block->ext, link->ext->name);
}

long spin_do_proc_link_next(struct spin_client *client,
			    struct spin_ioc_proc_link_next *block)
{
	const struct spin_procedure_link *link = next_link(block->id,
							   block->ext_id);

	if (!link)
		return -ENOENT;
	fill_link(block, link);
	return 0;
}
