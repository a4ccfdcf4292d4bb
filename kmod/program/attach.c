// SPDX-License-Identifier: GPL-2.0
/*
 * Templates, attached to an extension: its programs are checked once, and held
 * against being extended, for all bindings that will be made of it.
 */
#include <linux/bpf.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "../binding/authority.h"
#include "../binding/binding.h"
#include "../dispatch/event.h"
#include "../name/interface.h"
#include "checker.h"
#include "template.h"

static u64 last_template_id;	/* spin_mutex */

static const char *name_of(const struct spin_template *template)
{
	return spin_template_value(template)->name;
}

/* From here to release_programs() nobody can extend the programs. */
static int hold_programs(struct spin_extension *ext,
			 struct spin_template *template)
{
	u32 i;
	int err;

	for (i = 0; i < SPIN_PROGS_MAX; i++) {
		if (!template->progs[i])
			continue;
		err = spin_prog_forbid_extension(template->progs[i]);
		if (err)
			goto err_prog;
	}
	return 0;

err_prog:
	while (i--)
		if (template->progs[i])
			spin_prog_permit_extension(template->progs[i]);
	spin_extension_refuse(ext,
			      "binding '%s': one of its programs is extended by another (freplace)",
			      name_of(template));
	return err;
}

static void release_programs(struct spin_template *template)
{
	u32 i;

	for (i = 0; i < SPIN_PROGS_MAX; i++)
		if (template->progs[i])
			spin_prog_permit_extension(template->progs[i]);
}

static int check_programs(struct spin_extension *ext,
			  struct spin_template *template, u32 cost_max)
{
	struct spin_interface *interface;
	u32 cost, total = 0;
	bool bounded = true;
	u32 i;
	int err;

	template->guard_cost = 0;
	bitmap_zero(template->uses, SPIN_INTERFACES_MAX);
	interface = spin_interface_find(template->event->interface);
	if (interface)
		__set_bit(interface->index, template->uses);

	for (i = 0; i < SPIN_PROGS_MAX; i++) {
		if (!template->progs[i])
			continue;
		err = spin_checker_check(ext, template->event,
					 template->progs[i],
					 i != SPIN_MEMBER_HANDLER, cost_max,
					 &cost, template->uses);
		if (err)
			return err;
		bounded &= cost > 0;	/* a handler that sleeps is not */
		total += cost;
		if (i != SPIN_MEMBER_HANDLER && i != SPIN_MEMBER_POST)
			template->guard_cost += cost;
	}
	if (template->progs[SPIN_MEMBER_GUARD])
		template->lean =
			spin_checker_lean(template->progs[SPIN_MEMBER_GUARD]);
	template->cost = bounded ? total : 0;
	return 0;
}

static int authorize(struct spin_extension *ext,
		     struct spin_template *template, u32 *cost_max)
{
	const struct spin_template_value *value = spin_template_value(template);
	struct spin_request request = {
		.operation = SPIN_OP_ATTACH,
		.event = template->event,
		.ext = ext,
		.cred = ext->cred,
		.template = value->name,
		.key = value->key,
		.order = value->order,
		.flags = value->flags,
		.closure = value->closure,
		.period_us = value->period_us,
		.cost_max = spin_event_cost_max(template->event),
	};
	int err;

	err = spin_authority_ask(&request);
	*cost_max = request.cost_max;
	return err;
}

static struct spin_link *link_new(struct bpf_link *bpf_link)
{
	struct spin_link *link = kmalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);

	if (!link)
		return ERR_PTR(-ENOMEM);
	link->link = bpf_link_inc_not_zero(bpf_link);
	if (IS_ERR(link->link)) {
		int err = PTR_ERR(link->link);

		kfree(link);
		return ERR_PTR(err);
	}
	return link;
}

/* The binding that the load makes. */
static int install_first(struct spin_extension *ext,
			 struct spin_template *template)
{
	const struct spin_template_value *value = spin_template_value(template);
	struct spin_install args = {
		.order = value->order,
		.flags = value->flags,
		.closure = value->closure,
		.key = value->key,
		.match = value->match,
	};
	s64 id;

	if (value->slot)
		return 0;
	id = spin_binding_install(ext, template, &args, 1, true);
	return id < 0 ? id : 0;
}

static int attach_check(struct spin_extension *ext,
			struct spin_template *template)
{
	u32 slot = spin_template_value(template)->slot;

	if (template->ext) {
		spin_extension_refuse(ext, "binding '%s' is attached already",
				      name_of(template));
		return -EBUSY;
	}
	if (ext->template_count >= SPIN_TEMPLATES_MAX) {
		spin_extension_refuse(ext, "an extension can have %u templates",
				      SPIN_TEMPLATES_MAX);
		return -EDQUOT;
	}
	if (slot && spin_template_by_slot(ext, slot)) {
		spin_extension_refuse(ext, "template '%s': slot %u is taken",
				      name_of(template), slot);
		return -EEXIST;
	}
	return 0;
}

/* What the map and its programs take, in bytes; their maps are counted apart. */
static u64 template_memory(const struct spin_template *template)
{
	u64 sum = PAGE_SIZE + 2 * sizeof(struct spin_template_value);	/* a page of code */
	u32 i;

	for (i = 0; i < SPIN_PROGS_MAX; i++)
		if (template->progs[i])
			sum += (u64)template->progs[i]->pages << PAGE_SHIFT;
	return sum;
}

static void event_detach(struct spin_template *template)
{
	lockdep_assert_held(&spin_mutex);
	if (template->event->ops->detach)
		template->event->ops->detach(template);
}

/**
 * spin_template_attach - a template becomes an extension's
 * @ext: that the caller has entered
 * @template: validated
 * @bpf_link: the link being made; the extension takes a reference, so that
 *	the template outlives the loader
 *
 * Makes its binding, inactive, unless it has a slot. Under spin_mutex, in the
 * loader's context. The reason of a refusal is left in the extension's verdict.
 * Returns 0 or a negative errno.
 */
int spin_template_attach(struct spin_extension *ext,
			 struct spin_template *template,
			 struct bpf_link *bpf_link)
{
	struct spin_link *link;
	u32 cost_max;
	int err;

	lockdep_assert_held(&spin_mutex);
	err = attach_check(ext, template);
	if (err)
		return err;
	if (template->event->ops->attach)
		err = template->event->ops->attach(ext, template);
	if (err)
		return err;
	err = authorize(ext, template, &cost_max);
	if (!err)
		err = hold_programs(ext, template);
	if (err)
		goto err_event;
	err = check_programs(ext, template, cost_max);
	if (err)
		goto err_programs;
	err = spin_quota_charge(ext, SPIN_QUOTA_MEMORY,
				template_memory(template));
	if (err)
		goto err_programs;
	link = link_new(bpf_link);
	if (IS_ERR(link)) {
		err = PTR_ERR(link);
		goto err_memory;
	}
	err = install_first(ext, template);
	if (err)
		goto err_link;

	template->id = ++last_template_id;
	template->ext = ext;
	list_add_tail(&template->node, &ext->templates);
	ext->template_count++;
	spin_template_relative(template, true);
	list_add_tail(&link->node, &ext->links);
	return 0;

err_link:
	/* Not the last reference: the caller has one. */
	bpf_link_put(link->link);
	kfree(link);
err_memory:
	spin_quota_uncharge(ext, SPIN_QUOTA_MEMORY, template_memory(template));
err_programs:
	release_programs(template);
err_event:
	event_detach(template);
	return err;
}

/**
 * spin_template_detach - undo spin_template_attach()
 * @template: attached
 *
 * Called by the BPF core from unreg(), in process context. Returns when nothing
 * runs the template's programs any more.
 */
void spin_template_detach(struct spin_template *template)
{
	struct spin_extension *ext;

	mutex_lock(&spin_mutex);
	ext = template->ext;
	if (WARN_ON_ONCE(!ext)) {
		mutex_unlock(&spin_mutex);
		return;
	}
	/* No further bindings are made from it. */
	list_del(&template->node);
	ext->template_count--;
	spin_template_relative(template, false);
	if (ext->state == SPIN_EXT_LOADED)
		ext->module_refs -= spin_template_module_refs(template);
	mutex_unlock(&spin_mutex);

	spin_bindings_of_template_end(template);
	release_programs(template);

	mutex_lock(&spin_mutex);
	spin_quota_uncharge(ext, SPIN_QUOTA_MEMORY, template_memory(template));
	template->ext = NULL;
	event_detach(template);
	mutex_unlock(&spin_mutex);
}

struct spin_template *spin_template_by_slot(const struct spin_extension *ext,
					    u32 slot)
{
	struct spin_template *template;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(template, &ext->templates, node)
		if (spin_template_value(template)->slot == slot)
			return template;
	return NULL;
}

struct spin_template *spin_template_by_name(const struct spin_extension *ext,
					    const char *name)
{
	struct spin_template *template;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(template, &ext->templates, node)
		if (!strcmp(name_of(template), name))
			return template;
	return NULL;
}

/*
 * What the map and the programs of a template hold of this module: the map one
 * reference, if the event is of this module; each program that calls kernel
 * functions one, unless they are all of others, which cannot be told. A program
 * used twice is counted twice.
 */
u32 spin_template_module_refs(const struct spin_template *template)
{
	u32 refs = template->event->owner == THIS_MODULE;
	u32 i;

	for (i = 0; i < SPIN_PROGS_MAX; i++)
		if (template->progs[i])
			refs += !!template->progs[i]->aux->kfunc_btf_tab;
	return refs;
}
