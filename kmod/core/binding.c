// SPDX-License-Identifier: GPL-2.0
/*
 * Bindings: made inactive when a template is attached, removed when it is
 * detached.
 */
#include <linux/bpf.h>
#include <linux/slab.h>
#include "internal.h"

#define POINT_COST_MAX	1000000	/* instructions one raise may take in all */

static struct kmem_cache *binding_cache;
static u64 last_binding_id;

int spin_binding_cache_init(void)
{
	binding_cache = kmem_cache_create("spin_binding",
					  sizeof(struct spin_binding), 0,
					  SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return binding_cache ? 0 : -ENOMEM;
}

void spin_binding_cache_exit(void)
{
	kmem_cache_destroy(binding_cache);
}

static void binding_free(struct kref *kref)
{
	struct spin_binding *binding = container_of(kref, struct spin_binding,
						    kref);

	if (binding->event && binding->event->ops->release)
		binding->event->ops->release(binding);
	spin_extension_put(binding->ext);
	free_percpu(binding->stats);
	kmem_cache_free(binding_cache, binding);
}

void spin_binding_put(struct spin_binding *binding)
{
	kref_put(&binding->kref, binding_free);
}

static struct spin_binding *binding_new(struct spin_extension *ext)
{
	struct spin_binding *binding;

	binding = kmem_cache_zalloc(binding_cache, GFP_KERNEL);
	if (!binding)
		return NULL;
	binding->stats = alloc_percpu(struct spin_binding_stats);
	if (!binding->stats) {
		kmem_cache_free(binding_cache, binding);
		return NULL;
	}
	kref_init(&binding->kref);
	binding->id = ++last_binding_id;
	spin_extension_get(ext);
	binding->ext = ext;
	return binding;
}

/*
 * First goes before everything, Last after everything, and what has no order
 * before the first Last. Ties keep the order of installation.
 */
static void point_insert(struct spin_point *point, struct spin_binding *binding)
{
	struct list_head *before = &point->bindings;
	struct spin_binding *other;

	if (binding->order == SPIN_ORDER_FIRST) {
		before = point->bindings.next;
	} else if (binding->order == SPIN_ORDER_NONE) {
		list_for_each_entry(other, &point->bindings, point_node) {
			if (other->order == SPIN_ORDER_LAST) {
				before = &other->point_node;
				break;
			}
		}
	}
	list_add_tail(&binding->point_node, before);
	point->count++;
	point->cost += binding->cost;
}

static void point_delete(struct spin_point *point, struct spin_binding *binding)
{
	list_del(&binding->point_node);
	point->count--;
	point->cost -= binding->cost;
}

static int binding_check_programs(struct spin_binding *binding)
{
	u32 guard_cost = 0, handler_cost = 0;
	int err = 0;

	if (binding->guard)
		err = spin_checker_check(binding->ext, binding->event,
					 binding->guard, true, &guard_cost);
	if (!err)
		err = spin_checker_check(binding->ext, binding->event,
					 binding->handler, false,
					 &handler_cost);
	if (err)
		return err;
	if (handler_cost)
		binding->cost = guard_cost + handler_cost;
	if (binding->point->cost + binding->cost > POINT_COST_MAX) {
		spin_extension_refuse(binding->ext,
				      "event %s has %u bindings, which may take %llu instructions together; there is no room for '%s'",
				      binding->event->name, binding->point->count,
				      binding->point->cost, binding->name);
		return -EDQUOT;
	}
	return 0;
}

/* From here to binding_release_programs() nobody can extend the programs. */
static int binding_hold_programs(struct spin_binding *binding)
{
	int err = 0;

	if (binding->guard)
		err = spin_prog_forbid_extension(binding->guard);
	if (err)
		goto err_guard;
	err = spin_prog_forbid_extension(binding->handler);
	if (err)
		goto err_handler;
	return 0;

err_handler:
	if (binding->guard)
		spin_prog_permit_extension(binding->guard);
err_guard:
	spin_extension_refuse(binding->ext,
			      "binding '%s': one of its programs is extended by another (freplace)",
			      binding->name);
	return err;
}

static void binding_release_programs(struct spin_binding *binding)
{
	spin_prog_permit_extension(binding->handler);
	if (binding->guard)
		spin_prog_permit_extension(binding->guard);
}

static int binding_authorize(struct spin_extension *ext,
			     struct spin_event *event)
{
	struct spin_interface *interface = spin_interface_find(event->interface);

	if (!interface || !spin_extension_imports(ext, interface)) {
		spin_extension_refuse(ext,
				      "event %s belongs to interface %s, which the extension does not import; add SPIN_IMPORT(%s)",
				      event->name, event->interface,
				      event->interface);
		return -EACCES;
	}
	if (!event->ops->authorize) {
		spin_extension_refuse(ext, "event %s takes no handlers",
				      event->name);
		return -EACCES;
	}
	return event->ops->authorize(event, ext);
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

/**
 * spin_binding_install - make a binding, inactive, from an attached template
 * @ext: extension the caller has entered
 * @event: the template's event
 * @template: the template
 * @name: of the binding
 * @order: enum spin_order
 * @period_us: for Clock.Tick
 * @bpf_link: the link being made; the extension takes a reference, so that
 *	the binding outlives the loader
 *
 * Under spin_mutex, in the loader's context. The reason of a refusal is left
 * in the extension's verdict. Returns 0 or a negative errno.
 */
int spin_binding_install(struct spin_extension *ext, struct spin_event *event,
			 struct spin_template *template, const char *name,
			 u32 order, u32 period_us, struct bpf_link *bpf_link)
{
	struct spin_binding *binding;
	struct spin_plan *plan;
	struct spin_link *link;
	int err;

	lockdep_assert_held(&spin_mutex);
	if (template->binding) {
		spin_extension_refuse(ext, "binding '%s' is attached already",
				      name);
		return -EBUSY;
	}
	if (ext->link_count >= SPIN_BINDINGS_MAX) {
		spin_extension_refuse(ext, "an extension can have %u bindings",
				      SPIN_BINDINGS_MAX);
		return -EDQUOT;
	}
	err = binding_authorize(ext, event);
	if (err)
		return err;

	binding = binding_new(ext);
	if (!binding)
		return -ENOMEM;
	strscpy(binding->name, name, sizeof(binding->name));
	binding->event = event;
	binding->order = order;
	binding->period_us = period_us;
	binding->guard = template->guard;
	binding->handler = template->handler;
	binding->template = template;
	binding->point = event->ops->point ? event->ops->point(event, ext) :
					     &event->point;
	if (IS_ERR(binding->point)) {
		err = PTR_ERR(binding->point);
		goto err_binding;
	}

	err = binding_hold_programs(binding);
	if (err)
		goto err_binding;
	err = binding_check_programs(binding);
	if (err)
		goto err_programs;
	link = link_new(bpf_link);
	if (IS_ERR(link)) {
		err = PTR_ERR(link);
		goto err_programs;
	}
	plan = spin_plan_alloc(event, binding->point->count + 1);
	if (IS_ERR(plan)) {
		err = PTR_ERR(plan);
		goto err_link;
	}
	if (event->ops->bind)
		err = event->ops->bind(binding);
	if (err)
		goto err_plan;

	/* Nothing can fail from here. */
	point_insert(binding->point, binding);
	spin_plan_publish(binding->point, plan);
	list_add_tail(&binding->extension_node, &ext->bindings);
	ext->binding_count++;
	list_add_tail(&link->node, &ext->links);
	ext->link_count++;
	event->bindings++;
	template->binding = binding;
	return 0;

err_plan:
	kvfree(plan);
err_link:
	/* Not the last reference: the caller has one. */
	bpf_link_put(link->link);
	kfree(link);
err_programs:
	binding_release_programs(binding);
err_binding:
	spin_binding_put(binding);
	return err;
}

/*
 * Without memory for a plan without the binding, the old one stays, but the
 * step gets a set that no epoch is in. A raise that read the set before is
 * waited for by the caller, as with a new plan.
 */
static void plan_blank(struct spin_point *point,
		       const struct spin_binding *binding)
{
	static const struct spin_set never = { .from = U64_MAX, .to = 0 };
	struct spin_plan *plan = rcu_dereference_protected(point->plan,
					lockdep_is_held(&spin_mutex));
	u32 i;

	for (i = 0; i < plan->count; i++)
		if (plan->steps[i].binding == binding)
			WRITE_ONCE(plan->steps[i].set, &never);
}

/**
 * spin_binding_remove - undo spin_binding_install()
 * @template: the template being detached
 *
 * Called by the BPF core from unreg(), in process context, whoever detaches:
 * the unload of the extension, or somebody with the link's id. Returns when no
 * guard or handler of the binding runs any more.
 */
void spin_binding_remove(struct spin_template *template)
{
	struct spin_binding *binding;
	struct spin_event *event;
	struct spin_plan *plan;

	mutex_lock(&spin_mutex);
	binding = template->binding;
	if (WARN_ON_ONCE(!binding)) {
		mutex_unlock(&spin_mutex);
		return;
	}
	template->binding = NULL;
	event = binding->event;
	list_del(&binding->extension_node);
	binding->ext->binding_count--;
	if (binding->ext->state == SPIN_EXT_LOADED)
		binding->ext->module_refs -= spin_binding_module_refs(binding);
	point_delete(binding->point, binding);
	event->bindings--;
	mutex_unlock(&spin_mutex);

	/* The service's own thread may be running the handler, and asleep. */
	if (event->ops->quiesce)
		event->ops->quiesce(binding);

	mutex_lock(&spin_mutex);
	plan = spin_plan_alloc(event, binding->point->count);
	if (IS_ERR(plan))
		plan_blank(binding->point, binding);
	else
		spin_plan_publish(binding->point, plan);
	/*
	 * Atomic raises run under RCU: after this none uses the old plan, and
	 * none is inside the programs or in a kernel function they called.
	 */
	synchronize_rcu();
	if (event->ops->unbind)
		event->ops->unbind(binding);
	mutex_unlock(&spin_mutex);

	binding_release_programs(binding);
	spin_binding_put(binding);
}

/*
 * What the map and the programs of a binding hold of the module: the map one
 * reference, each program that calls one of its functions one. A program used
 * twice is counted twice.
 */
u32 spin_binding_module_refs(const struct spin_binding *binding)
{
	return 1 + !!binding->handler->aux->kfunc_btf_tab +
	       (binding->guard && binding->guard->aux->kfunc_btf_tab);
}

/* ---- what services see ---- */

struct spin_extension *spin_binding_extension(const struct spin_binding *binding)
{
	return binding->ext;
}

u32 spin_binding_period_us(const struct spin_binding *binding)
{
	return binding->period_us;
}

u64 spin_binding_id(const struct spin_binding *binding)
{
	return binding->id;
}

const char *spin_binding_name(const struct spin_binding *binding)
{
	return binding->name;
}

void *spin_binding_data(const struct spin_binding *binding)
{
	return binding->data;
}

void spin_binding_set_data(struct spin_binding *binding, void *data)
{
	binding->data = data;
}

bool spin_binding_active(const struct spin_binding *binding)
{
	/* Pairs with spin_set_open() and spin_set_close(). */
	u64 epoch = smp_load_acquire(&spin_epoch);

	return spin_set_contains(&binding->ext->set, epoch);
}
