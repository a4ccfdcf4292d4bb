// SPDX-License-Identifier: GPL-2.0
/*
 * Bindings: guards and a handler installed on an event. What one takes of
 * memory, and what others see of it. How bindings are made is in install.c,
 * when they run in activate.c, how they end in remove.c.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "../dispatch/plan_parts.h"
#include "authority.h"
#include "life.h"

DEFINE_XARRAY(spin_bindings);

static struct kmem_cache *binding_cache;

int spin_binding_cache_init(void)
{
	binding_cache = kmem_cache_create("spin_binding",
					  sizeof(struct spin_binding),
					  SMP_CACHE_BYTES,
					  SLAB_ACCOUNT | SLAB_NO_MERGE, NULL);
	return binding_cache ? 0 : -ENOMEM;
}

void spin_binding_cache_exit(void)
{
	/* The last references are put by works. */
	drain_workqueue(spin_waiters);
	drain_workqueue(spin_workqueue);
	WARN_ON_ONCE(!xa_empty(&spin_bindings));
	kmem_cache_destroy(binding_cache);
}

/* What one takes, with its counters and its place in a plan, in bytes. */
static u64 binding_memory(void)
{
	return sizeof(struct spin_binding) + 2 * sizeof(struct spin_item) +
	       num_possible_cpus() * sizeof(struct spin_binding_stats);
}

/* Of the values of its keys: in the index, and, of more than one, in the binding. */
u64 spin_binding_keys_memory(u32 fields)
{
	u64 size = hweight32(fields) * sizeof(u64);

	return hweight32(fields) > 1 ? 2 * size : size;
}

static void binding_free(struct kref *kref)
{
	struct spin_binding *binding = container_of(kref, struct spin_binding,
						    kref);

	if (binding->event->ops->release)
		binding->event->ops->release(binding);
	if (binding->ext) {
		spin_quota_uncharge(binding->ext, SPIN_QUOTA_MEMORY,
				    binding_memory() +
				    spin_binding_keys_memory(binding->fields));
		spin_extension_put(binding->ext);
	}
	spin_guards_free(rcu_dereference_protected(binding->imposed, true));
	spin_counters_put(binding);
	if (hweight32(binding->fields) > 1)
		kfree(binding->keys);
	kmem_cache_free(binding_cache, binding);
}

void spin_binding_put(struct spin_binding *binding)
{
	kref_put(&binding->kref, binding_free);
}

struct spin_binding *spin_binding_new(struct spin_event *event,
				      struct spin_extension *ext)
{
	struct spin_binding *binding;
	int err = 0;

	if (ext)
		err = spin_quota_charge(ext, SPIN_QUOTA_MEMORY,
					binding_memory());
	if (err)
		return ERR_PTR(err);
	err = -ENOMEM;
	binding = kmem_cache_zalloc(binding_cache, GFP_KERNEL);
	if (!binding)
		goto err_charge;
	if (spin_counters_get(binding))
		goto err_binding;
	kref_init(&binding->kref);
	binding->event = event;
	binding->ext = ext;
	if (ext && ext->state != SPIN_EXT_LOADED)
		binding->why |= SPIN_INACTIVE_LOADING;
	if (ext && ext->throttled)
		binding->why |= SPIN_INACTIVE_THROTTLED;
	if (ext)
		spin_extension_get(ext);
	return binding;

err_binding:
	kmem_cache_free(binding_cache, binding);
err_charge:
	if (ext)
		spin_quota_uncharge(ext, SPIN_QUOTA_MEMORY, binding_memory());
	return ERR_PTR(err);
}

/* ---- what services see ---- */

struct spin_extension *spin_binding_extension(const struct spin_binding *binding)
{
	return binding->ext;
}
EXPORT_SYMBOL_GPL(spin_binding_extension);

struct spin_event *spin_binding_event(const struct spin_binding *binding)
{
	return binding->event;
}
EXPORT_SYMBOL_GPL(spin_binding_event);

struct spin_point *spin_binding_point(const struct spin_binding *binding)
{
	return binding->point;
}
EXPORT_SYMBOL_GPL(spin_binding_point);

void *spin_binding_value(const struct spin_binding *binding)
{
	return binding->template ? spin_template_value(binding->template) : NULL;
}
EXPORT_SYMBOL_GPL(spin_binding_value);

u64 spin_binding_closure(const struct spin_binding *binding)
{
	return binding->closure;
}
EXPORT_SYMBOL_GPL(spin_binding_closure);

/* As it was said when the binding was made. */
void spin_binding_match(const struct spin_binding *binding,
			struct spin_match *match)
{
	u32 i;

	*match = (struct spin_match){ .fields = binding->fields };
	for (i = 0; i < SPIN_KEYS_MAX; i++)
		spin_binding_key(binding, BIT(i), &match->value[i]);
}

/**
 * spin_binding_key - the value that a binding's match wants in a key field
 * @binding: the binding
 * @field: bit of the field, as in struct spin_match
 * @value: set to it
 *
 * Any context. Returns whether it has a match that names the field.
 */
bool spin_binding_key(const struct spin_binding *binding, u32 field, u64 *value)
{
	if (!(binding->fields & field))
		return false;
	*value = spin_binding_keys(binding)[hweight32(binding->fields &
						      (field - 1))];
	return true;
}
EXPORT_SYMBOL_GPL(spin_binding_key);

u32 spin_binding_period_us(const struct spin_binding *binding)
{
	return spin_template_value(binding->template)->period_us;
}
EXPORT_SYMBOL_GPL(spin_binding_period_us);

u64 spin_binding_id(const struct spin_binding *binding)
{
	return binding->id;
}
EXPORT_SYMBOL_GPL(spin_binding_id);

void *spin_binding_data(const struct spin_binding *binding)
{
	return binding->data;
}
EXPORT_SYMBOL_GPL(spin_binding_data);

void spin_binding_set_data(struct spin_binding *binding, void *data)
{
	binding->data = data;
}
EXPORT_SYMBOL_GPL(spin_binding_set_data);

bool spin_binding_active(const struct spin_binding *binding)
{
	/* Pairs with spin_epoch_advance(). */
	u64 epoch = smp_load_acquire(&spin_epoch);

	return !(READ_ONCE(binding->why) & ~SPIN_INACTIVE_LOADING) &&
	       (!binding->ext || spin_set_contains(&binding->ext->set, epoch));
}
EXPORT_SYMBOL_GPL(spin_binding_active);
