// SPDX-License-Identifier: GPL-2.0
/*
 * Listings. Each call finds the thing with the smallest id above the one the
 * caller saw last, so that a walk is right whatever comes and goes meanwhile.
 */
#include <linux/cred.h>
#include <linux/nospec.h>
#include <linux/pid.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include "../core/internal.h"
#include "block.h"
#include "walk.h"

static void fill_extension(struct spin_ioc_ext_next *block,
			   const struct spin_extension *ext)
{
	block->state = ext->state;
	block->id = ext->id;
	strscpy_pad(block->name, ext->name, sizeof(block->name));
	block->uid = from_kuid_munged(current_user_ns(), ext->cred->uid);
	block->pid = pid_vnr(ext->loader);
	block->loaded_at_ns = ext->loaded_at_ns;
	block->bindings = ext->binding_count;
	block->caps = ext->cap_count;
	strscpy_pad(block->comm, ext->comm, sizeof(block->comm));
}

int spin_walk_extensions(void __user *arg)
{
	struct spin_extension *ext, *next = NULL;
	struct spin_ioc_ext_next block;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	mutex_lock(&spin_mutex);
	/* The list is in the order of ids. */
	list_for_each_entry(ext, &spin_extensions, node) {
		if (ext->id > block.id) {
			next = ext;
			break;
		}
	}
	if (next)
		fill_extension(&block, next);
	mutex_unlock(&spin_mutex);
	return next ? spin_block_put(arg, &block, sizeof(block), usize) : -ENOENT;
}

static void fill_event(struct spin_ioc_event_next *block,
		       const struct spin_event *event)
{
	int cpu;

	block->context = event->context;
	block->id = event->id;
	strscpy_pad(block->name, event->name, sizeof(block->name));
	block->bindings = event->bindings;
	block->reserved = 0;
	block->raised = 0;
	block->refused = 0;
	for_each_possible_cpu(cpu) {
		const struct spin_event_stats *stats =
			per_cpu_ptr(event->stats, cpu);

		block->raised += READ_ONCE(stats->raised);
		block->refused += READ_ONCE(stats->refused);
	}
	strscpy_pad(block->type, event->type, sizeof(block->type));
}

int spin_walk_events(void __user *arg)
{
	struct spin_event *event, *next = NULL;
	struct spin_ioc_event_next block;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	mutex_lock(&spin_mutex);
	list_for_each_entry(event, &spin_events, node) {
		if (event->id > block.id) {
			next = event;
			break;
		}
	}
	if (next)
		fill_event(&block, next);
	mutex_unlock(&spin_mutex);
	return next ? spin_block_put(arg, &block, sizeof(block), usize) : -ENOENT;
}

static u32 position_of(const struct spin_binding *binding)
{
	const struct spin_binding *other;
	u32 position = 0;

	list_for_each_entry(other, &binding->point->bindings, point_node) {
		if (other == binding)
			break;
		position++;
	}
	return position;
}

static void fill_binding(struct spin_ioc_binding_next *block,
			 const struct spin_binding *binding)
{
	int cpu;

	memset((char *)block + sizeof(block->size), 0,
	       sizeof(*block) - sizeof(block->size));
	block->order = binding->order;
	block->id = binding->id;
	block->ext_id = binding->ext->id;
	block->event_id = binding->event->id;
	strscpy(block->name, binding->name, sizeof(block->name));
	strscpy(block->ext, binding->ext->name, sizeof(block->ext));
	strscpy(block->event, binding->event->name, sizeof(block->event));
	block->active = spin_binding_active(binding);
	block->guard_prog = binding->guard ? binding->guard->aux->id : 0;
	block->handler_prog = binding->handler->aux->id;
	block->position = position_of(binding);
	block->cost = binding->cost;
	for_each_possible_cpu(cpu) {
		const struct spin_binding_stats *stats =
			per_cpu_ptr(binding->stats, cpu);

		block->guard_true += READ_ONCE(stats->guard_true);
		block->guard_false += READ_ONCE(stats->guard_false);
		block->run += READ_ONCE(stats->run);
		block->errors += READ_ONCE(stats->errors);
	}
}

static struct spin_binding *next_binding(u64 last)
{
	struct spin_binding *binding, *next = NULL;
	struct spin_extension *ext;

	list_for_each_entry(ext, &spin_extensions, node)
		list_for_each_entry(binding, &ext->bindings, extension_node)
			if (binding->id > last && (!next || binding->id < next->id))
				next = binding;
	return next;
}

int spin_walk_bindings(void __user *arg)
{
	struct spin_ioc_binding_next block;
	struct spin_binding *next;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	mutex_lock(&spin_mutex);
	next = next_binding(block.id);
	if (next)
		fill_binding(&block, next);
	mutex_unlock(&spin_mutex);
	return next ? spin_block_put(arg, &block, sizeof(block), usize) : -ENOENT;
}

static void fill_capability(struct spin_ioc_cap_next *block,
			    const struct spin_extension *ext, u32 slot)
{
	const struct spin_capability *capability = ext->caps[slot];

	block->kind = capability->type->kind;
	block->ext_id = ext->id;
	block->slot = slot;
	block->flags = READ_ONCE(capability->flags);
	strscpy_pad(block->name, capability->name, sizeof(block->name));
	strscpy_pad(block->ext, ext->name, sizeof(block->ext));
	strscpy_pad(block->what, capability->what, sizeof(block->what));
	spin_capability_sum(capability, block->count);
}

int spin_walk_capabilities(void __user *arg)
{
	struct spin_ioc_cap_next block;
	struct spin_extension *ext;
	bool found = false;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	mutex_lock(&spin_mutex);
	list_for_each_entry(ext, &spin_extensions, node) {
		u32 slot = ext->id == block.ext_id ? block.slot : 0;

		if (ext->id < block.ext_id || slot >= ext->cap_count)
			continue;
		slot = array_index_nospec(slot, SPIN_CAPABILITIES - 1);
		fill_capability(&block, ext, slot + 1);
		found = true;
		break;
	}
	mutex_unlock(&spin_mutex);
	return found ? spin_block_put(arg, &block, sizeof(block), usize) : -ENOENT;
}
