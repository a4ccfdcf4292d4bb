// SPDX-License-Identifier: GPL-2.0
/* Procedures: what loaders declare, and listings. */
#include <linux/uaccess.h>
#include "../core/internal.h"
#include "block.h"
#include "procedure.h"

static bool is_terminated(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

/**
 * spin_procedure_declare - SPIN_IOC_EXT_PROC_IMPORT, SPIN_IOC_EXT_PROC_EXPORT
 * @ext: being loaded
 * @arg: where the block is
 * @exports: it is an export
 *
 * Returns the slot, or a negative errno.
 */
int spin_procedure_declare(struct spin_extension *ext, void __user *arg,
			   bool exports)
{
	struct spin_ioc_ext_procedure block;
	int usize, slot, err;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	if (!is_terminated(block.interface, sizeof(block.interface)) ||
	    !is_terminated(block.procedure, sizeof(block.procedure)))
		return -ENAMETOOLONG;
	if (!is_terminated(block.text, sizeof(block.text)))
		return -EINVAL;
	if (mutex_lock_killable(&ext->lock))
		return -EINTR;
	slot = exports ? spin_procedure_export(ext, &block) :
			 spin_procedure_import(ext, &block);
	mutex_unlock(&ext->lock);
	if (slot < 0)
		return slot;
	/* On failure it stays declared: the loader has to give up anyway. */
	err = spin_block_put(arg, &block, sizeof(block), usize);
	return err ?: slot;
}

static void fill_procedure(struct spin_ioc_proc_next *block,
			   const struct spin_procedure *procedure)
{
	const struct spin_extension *exporter = procedure->exporter;
	int cpu;

	memset((char *)block + sizeof(block->size), 0,
	       sizeof(*block) - sizeof(block->size));
	block->id = procedure->event.id;
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

int spin_walk_procedures(void __user *arg)
{
	struct spin_procedure *procedure;
	struct spin_ioc_proc_next block;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	mutex_lock(&spin_mutex);
	procedure = next_procedure(block.id);
	if (procedure)
		fill_procedure(&block, procedure);
	mutex_unlock(&spin_mutex);
	return procedure ? spin_block_put(arg, &block, sizeof(block), usize) :
			   -ENOENT;
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

int spin_walk_procedure_links(void __user *arg)
{
	struct spin_ioc_proc_link_next block;
	struct spin_procedure_link *link;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	mutex_lock(&spin_mutex);
	link = next_link(block.id, block.ext_id);
	if (link)
		fill_link(&block, link);
	mutex_unlock(&spin_mutex);
	return link ? spin_block_put(arg, &block, sizeof(block), usize) : -ENOENT;
}
