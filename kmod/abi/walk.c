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
	block->uid = from_kuid_munged(current_user_ns(), ext->owner);
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

static void fill_names(char (*names)[16], const struct spin_key *fields,
		       u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		strscpy(names[i], fields[i].name, sizeof(names[i]));
}

static u32 event_flags(const struct spin_event *event)
{
	u32 flags = event->flags;

	if (event->point.intrinsic)
		flags |= SPIN_EVENT_INTRINSIC;
	if (event->ops->fallback || event->default_result)
		flags |= SPIN_EVENT_DEFAULT;
	if (!event->ops->authorize)
		flags |= SPIN_EVENT_CLOSED;
	return flags;
}

static void fill_event(struct spin_ioc_event_next *block,
		       const struct spin_event *event)
{
	int cpu;

	memset((char *)block + sizeof(block->size), 0,
	       sizeof(*block) - sizeof(block->size));
	block->context = event->context;
	block->id = event->id;
	strscpy(block->name, event->name, sizeof(block->name));
	block->bindings = event->bindings;
	block->flags = event_flags(event);
	strscpy(block->type, event->type, sizeof(block->type));
	strscpy(block->interface, event->interface, sizeof(block->interface));
	block->fold = event->fold;
	block->cost_max = spin_checker_cost_max(event);
	block->result_min = event->result_min;
	block->result_max = event->result_max;
	fill_names(block->keys, event->keys, event->key_count);
	fill_names(block->references, event->references, event->reference_count);
	for_each_possible_cpu(cpu) {
		const struct spin_event_stats *stats =
			per_cpu_ptr(event->stats, cpu);

		block->raised += READ_ONCE(stats->raised);
		block->refused += READ_ONCE(stats->refused);
		block->unhandled += READ_ONCE(stats->unhandled);
	}
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

static u32 imposed_count(const struct spin_binding *binding)
{
	const struct spin_guard *guard;
	u32 count = 0;

	for (guard = rcu_dereference_protected(binding->imposed,
					       lockdep_is_held(&spin_mutex));
	     guard;
	     guard = rcu_dereference_protected(guard->next,
					       lockdep_is_held(&spin_mutex)))
		count += guard != &spin_guard_closed;
	return count;
}

static u32 prog_id(const struct spin_binding *binding, enum spin_member member)
{
	const struct bpf_prog *prog = spin_binding_prog(binding, member);

	return prog ? prog->aux->id : 0;
}

static void fill_programs(struct spin_ioc_binding_next *block,
			  const struct spin_binding *binding)
{
	block->guard_prog = prog_id(binding, SPIN_MEMBER_GUARD);
	block->handler_prog = prog_id(binding, SPIN_MEMBER_HANDLER);
	block->guards = !!block->guard_prog +
			!!prog_id(binding, SPIN_MEMBER_GUARD2) +
			!!prog_id(binding, SPIN_MEMBER_GUARD3);
	block->post = !!prog_id(binding, SPIN_MEMBER_POST);
	block->imposed = imposed_count(binding);
	block->slot = binding->template ?
		      spin_template_value(binding->template)->slot : 0;
}

static void fill_counters(struct spin_ioc_binding_next *block,
			  const struct spin_binding *binding)
{
	bool guarded = block->guards || block->imposed || block->match.fields;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct spin_binding_stats *stats =
			per_cpu_ptr(binding->stats, cpu);

		block->guard_false += READ_ONCE(stats->guard_false);
		block->run += READ_ONCE(stats->run);
		block->errors += READ_ONCE(stats->errors);
		block->cancelled += READ_ONCE(stats->cancelled);
		block->rejected += READ_ONCE(stats->rejected);
		block->time_ns += READ_ONCE(stats->time_ns);
		block->timed += READ_ONCE(stats->timed);
	}
	/* What passes its guards is run. */
	block->guard_true = guarded ? block->run : 0;
}

static u32 inactive_because(const struct spin_binding *binding)
{
	const struct spin_extension *ext = binding->ext;
	u32 why = 0;

	if (ext && !spin_set_contains(&ext->set, READ_ONCE(spin_epoch)))
		why |= SPIN_INACTIVE_LOADING;
	if (!binding->enabled)
		why |= SPIN_INACTIVE_DISABLED;
	if (binding->unlinked)
		why |= SPIN_INACTIVE_UNRESOLVED;
	if (binding->unserved)
		why |= SPIN_INACTIVE_UNSERVED;
	if (ext && ext->throttled)
		why |= SPIN_INACTIVE_THROTTLED;
	return why;
}

static void fill_binding(struct spin_ioc_binding_next *block,
			 const struct spin_binding *binding)
{
	memset((char *)block + sizeof(block->size), 0,
	       sizeof(*block) - sizeof(block->size));
	block->order = binding->order;
	block->id = binding->id;
	block->event_id = binding->event->id;
	strscpy(block->name, spin_binding_name(binding), sizeof(block->name));
	strscpy(block->event, binding->event->name, sizeof(block->event));
	if (binding->ext) {
		block->ext_id = binding->ext->id;
		strscpy(block->ext, binding->ext->name, sizeof(block->ext));
	}
	block->active = spin_binding_active(binding);
	block->inactive = inactive_because(binding);
	block->misplaced = spin_binding_misplaced(binding);
	block->cost = binding->cost;
	block->rank = binding->rank;
	block->point = binding->point->id;
	block->flags = binding->flags;
	block->closure = binding->closure;
	block->match = binding->match;
	fill_programs(block, binding);
	fill_counters(block, binding);
}

static struct spin_binding *next_binding(u64 last)
{
	unsigned long id = last;

	return xa_find_after(&spin_bindings, &id, ULONG_MAX, XA_PRESENT);
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

static u32 live_bindings(const struct spin_template *template)
{
	return list_count_nodes((struct list_head *)&template->bindings);
}

static void fill_template(struct spin_ioc_template_next *block,
			  const struct spin_template *template)
{
	const struct Clock_Tick *value = spin_template_value(template);
	u32 i;

	memset((char *)block + sizeof(block->size), 0,
	       sizeof(*block) - sizeof(block->size));
	block->slot = value->slot;
	block->id = template->id;
	block->ext_id = template->ext->id;
	block->event_id = template->event->id;
	strscpy(block->name, value->name, sizeof(block->name));
	strscpy(block->ext, template->ext->name, sizeof(block->ext));
	strscpy(block->event, template->event->name, sizeof(block->event));
	block->bindings = live_bindings(template);
	block->flags = value->flags;
	for (i = 0; i < SPIN_PROGS_MAX; i++)
		if (template->progs[i])
			block->progs[i] = template->progs[i]->aux->id;
	block->cost = template->cost;
}

static struct spin_template *next_template(u64 last)
{
	struct spin_template *template, *next = NULL;
	struct spin_extension *ext;

	list_for_each_entry(ext, &spin_extensions, node)
		list_for_each_entry(template, &ext->templates, node)
			if (template->id > last &&
			    (!next || template->id < next->id))
				next = template;
	return next;
}

int spin_walk_templates(void __user *arg)
{
	struct spin_ioc_template_next block;
	struct spin_template *next;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	mutex_lock(&spin_mutex);
	next = next_template(block.id);
	if (next)
		fill_template(&block, next);
	mutex_unlock(&spin_mutex);
	return next ? spin_block_put(arg, &block, sizeof(block), usize) : -ENOENT;
}

static void fill_capability(struct spin_ioc_cap_next *block,
			    const struct spin_extension *ext, u32 slot)
{
	const struct spin_capability *capability =
		spin_slot_capability(ext, slot);

	block->kind = ext->caps[slot].kind;
	block->ext_id = ext->id;
	block->slot = slot;
	strscpy_pad(block->name, ext->caps[slot].name, sizeof(block->name));
	strscpy_pad(block->ext, ext->name, sizeof(block->ext));
	block->flags = 0;
	block->id = 0;
	block->rights = 0;
	block->reserved = 0;
	memset(block->what, 0, sizeof(block->what));
	memset(block->count, 0, sizeof(block->count));
	if (!capability)
		return;
	block->flags = READ_ONCE(capability->root->flags);
	if (READ_ONCE(capability->revoked))
		block->flags |= SPIN_CAP_REVOKED;
	block->id = capability->id;
	block->rights = READ_ONCE(capability->rights);
	strscpy_pad(block->what, capability->root->what, sizeof(block->what));
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
