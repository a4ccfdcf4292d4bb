// SPDX-License-Identifier: GPL-2.0
/*
 * Listings. Each call finds the thing with the smallest id above the one the
 * caller saw last, so that a walk is right whatever comes and goes meanwhile.
 *
 * All are of one shape: find the next, under spin_mutex, which spin_ioctl_do() holds,
 * or fail with ENOENT; and fill the block, all of it, from that.
 */
#include <linux/cred.h>
#include <linux/nospec.h>
#include <linux/pid.h>
#include <linux/user_namespace.h>
#include "../binding/authority.h"
#include "../binding/binding.h"
#include "../capability/slot.h"
#include "../capability/tree.h"
#include "../dispatch/event.h"
#include "../extension/lookup.h"
#include "../name/domain.h"
#include "../name/interface.h"
#include "device.h"
#include "requests.h"

/* ---- extensions ---- */

static void fill_extension(struct spin_ioc_ext_next *block,
			   const struct spin_extension *ext)
{
	*block = (struct spin_ioc_ext_next){
		.id = ext->id,
		.state = ext->state,
		.uid = from_kuid_munged(current_user_ns(), ext->owner),
		.pid = pid_vnr(ext->loader),
		.loaded_at_ns = ext->loaded_at_ns,
		.bindings = ext->binding_count,
		.caps = ext->cap_count,
	};
	strscpy(block->name, ext->name);
	strscpy(block->comm, ext->comm);
}

long spin_do_ext_next(struct spin_client *client, struct spin_ioc_ext_next *block)
{
	const struct spin_extension *ext;

	/* The list is in the order of ids. */
	list_for_each_entry(ext, &spin_extensions, node) {
		if (ext->id > block->id) {
			fill_extension(block, ext);
			return 0;
		}
	}
	return -ENOENT;
}

/* ---- events ---- */

static void fill_names(char (*names)[SPIN_KEY_LEN], const struct spin_key *fields,
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

	*block = (struct spin_ioc_event_next){};
	block->context = event->context;
	block->id = event->id;
	strscpy(block->name, event->name, sizeof(block->name));
	block->bindings = event->bindings;
	block->flags = event_flags(event);
	strscpy(block->type, event->type, sizeof(block->type));
	strscpy(block->interface, event->interface, sizeof(block->interface));
	block->fold = event->fold;
	block->cost_max = spin_event_cost_max(event);
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

long spin_do_event_next(struct spin_client *client,
			struct spin_ioc_event_next *block)
{
	const struct spin_event *event;

	list_for_each_entry(event, &spin_events, node) {
		if (event->id > block->id) {
			fill_event(block, event);
			return 0;
		}
	}
	return -ENOENT;
}

/* ---- bindings ---- */

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

static void fill_binding(struct spin_ioc_binding_next *block,
			 const struct spin_binding *binding)
{
	*block = (struct spin_ioc_binding_next){};
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
	block->inactive = binding->why;
	block->misplaced = spin_binding_misplaced(binding);
	block->cost = binding->cost;
	block->rank = binding->rank;
	block->point = binding->point->id;
	block->flags = binding->flags;
	block->closure = binding->closure;
	spin_binding_match(binding, &block->match);
	fill_programs(block, binding);
	fill_counters(block, binding);
}

long spin_do_binding_next(struct spin_client *client,
			  struct spin_ioc_binding_next *block)
{
	const struct spin_binding *binding;
	unsigned long id = block->id;

	binding = xa_find_after(&spin_bindings, &id, ULONG_MAX, XA_PRESENT);
	if (!binding)
		return -ENOENT;
	fill_binding(block, binding);
	return 0;
}

/* ---- templates ---- */

static u32 live_bindings(const struct spin_template *template)
{
	return list_count_nodes((struct list_head *)&template->bindings);
}

static void fill_template(struct spin_ioc_template_next *block,
			  const struct spin_template *template)
{
	const struct spin_template_value *value = spin_template_value(template);
	u32 i;

	*block = (struct spin_ioc_template_next){};
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

long spin_do_template_next(struct spin_client *client,
			   struct spin_ioc_template_next *block)
{
	const struct spin_template *template = next_template(block->id);

	if (!template)
		return -ENOENT;
	fill_template(block, template);
	return 0;
}

/* ---- capabilities ---- */

static void fill_slot(struct spin_ioc_cap_next *block,
		      const struct spin_extension *ext, u32 slot)
{
	const struct spin_capability *capability =
		spin_slot_capability(ext, slot);

	*block = (struct spin_ioc_cap_next){
		.kind = ext->caps[slot].kind,
		.ext_id = ext->id,
		.slot = slot,
	};
	strscpy(block->name, ext->caps[slot].name);
	strscpy(block->ext, ext->name);
	if (!capability)
		return;
	block->flags = READ_ONCE(capability->root->flags);
	if (READ_ONCE(capability->revoked))
		block->flags |= SPIN_CAP_REVOKED;
	block->id = capability->id;
	block->rights = READ_ONCE(capability->rights);
	strscpy(block->what, capability->root->what);
	spin_capability_sum(capability, block->count);
}

long spin_do_cap_next(struct spin_client *client, struct spin_ioc_cap_next *block)
{
	const struct spin_extension *ext;
	u32 slot;

	list_for_each_entry(ext, &spin_extensions, node) {
		slot = ext->id == block->ext_id ? block->slot : 0;
		if (ext->id < block->ext_id || slot >= ext->cap_count)
			continue;
		slot = array_index_nospec(slot, SPIN_CAPABILITIES - 1);
		fill_slot(block, ext, slot + 1);
		return 0;
	}
	return -ENOENT;
}

static void fill_capability(struct spin_ioc_cap_tree_next *block,
			    const struct spin_capability *capability)
{
	*block = (struct spin_ioc_cap_tree_next){
		.kind = capability->kind,
		.id = capability->id,
		.parent = capability->parent ? capability->parent->id : 0,
		.holder_id = capability->holder->id,
		.flags = READ_ONCE(capability->root->flags),
		.rights = READ_ONCE(capability->rights),
		.slots = capability->slots,
	};
	if (READ_ONCE(capability->revoked))
		block->flags |= SPIN_CAP_REVOKED |
				(READ_ONCE(capability->ended) ? 0 :
				 SPIN_CAP_IN_USE);
	strscpy(block->name, capability->name);
	strscpy(block->holder, capability->holder->name);
	strscpy(block->what, capability->root->what);
}

long spin_do_cap_tree_next(struct spin_client *client,
			   struct spin_ioc_cap_tree_next *block)
{
	struct spin_capability *capability = spin_capability_after(block->id);

	if (!capability)
		return -ENOENT;
	fill_capability(block, capability);
	spin_capability_put(capability);
	return 0;
}

/* ---- domains ---- */

static void fill_owner(struct spin_ioc_domain_next *block,
		       const struct spin_extension *ext)
{
	u32 i;

	block->ext_id = ext->id;
	block->throttled = ext->throttled;
	if (ext->within)
		strscpy(block->within, ext->within->name, sizeof(block->within));
	for (i = 0; i < SPIN_QUOTA_KINDS; i++) {
		block->used[i] = atomic64_read(&ext->quota.used[i]);
		block->limit[i] = ext->quota.limit[i];
		block->refused[i] = atomic64_read(&ext->quota.refused[i]);
	}
}

static void fill_domain(struct spin_ioc_domain_next *block,
			const struct spin_domain *domain)
{
	*block = (struct spin_ioc_domain_next){
		.kind = domain->kind,
		.id = domain->id,
		.uid = from_kuid_munged(current_user_ns(), domain->owner),
		.rights = domain->rights,
		.exports = domain->export_count,
		.confined = domain->confined,
	};
	strscpy(block->name, domain->name, sizeof(block->name));
	if (domain->ext)
		fill_owner(block, domain->ext);
}

long spin_do_domain_next(struct spin_client *client,
			 struct spin_ioc_domain_next *block)
{
	const struct spin_domain *domain;

	list_for_each_entry(domain, &spin_domains, node) {
		if (domain->id > block->id) {
			fill_domain(block, domain);
			return 0;
		}
	}
	return -ENOENT;
}

static u32 state_of(const char *interface)
{
	if (spin_interface_find(interface))
		return SPIN_EXPORT_KERNEL;
	return spin_name_exporter(GLOBAL_ROOT_UID, interface) ?
	       SPIN_EXPORT_PROCEDURES : SPIN_EXPORT_ABSENT;
}

/* The export, or behind those the import, with this index. Under spin_mutex. */
static int fill_export(struct spin_ioc_domain_export_next *block,
		       const struct spin_domain *domain)
{
	const struct spin_extension *ext = domain->ext;
	const struct spin_interface *interface;
	const struct spin_export *export;
	u32 left = block->index;

	list_for_each_entry(export, &domain->exports, node) {
		if (left--)
			continue;
		block->imported = 0;
		block->state = state_of(export->name);
		strscpy_pad(block->name, export->name, sizeof(block->name));
		return 0;
	}
	list_for_each_entry(interface, &spin_interfaces, node) {
		if (!ext || !test_bit(interface->index, ext->imports) || left--)
			continue;
		block->imported = test_bit(interface->index, ext->unresolved) ?
				  2 : 1;
		block->state = SPIN_EXPORT_KERNEL;
		strscpy_pad(block->name, interface->name, sizeof(block->name));
		return 0;
	}
	return -ENOENT;
}

long spin_do_domain_export_next(struct spin_client *client,
				struct spin_ioc_domain_export_next *block)
{
	const struct spin_domain *domain;
	int err = -ENOENT;

	list_for_each_entry(domain, &spin_domains, node)
		if (domain->id == block->id)
			err = fill_export(block, domain);
	if (!err)
		block->index++;
	return err;
}
