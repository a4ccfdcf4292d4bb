// SPDX-License-Identifier: GPL-2.0
/*
 * Capabilities: what the user granted to an extension, by slot. A program
 * names a slot, never an address; the slot is looked up in the extension that
 * the calling context belongs to, so there is nothing to forge.
 */
#include <linux/percpu.h>
#include <linux/slab.h>
#include "../core/internal.h"

#define TYPES_MAX	16

/* By kind; set at module init, cleared at exit, constant in between. */
static const struct spin_capability_type *types[TYPES_MAX];

int spin_capability_register(const struct spin_capability_type *type)
{
	if (type->kind <= SPIN_CAP_NONE || type->kind >= TYPES_MAX)
		return -EINVAL;
	if (types[type->kind])
		return -EEXIST;
	types[type->kind] = type;
	return 0;
}
EXPORT_SYMBOL_GPL(spin_capability_register);

void spin_capability_unregister(const struct spin_capability_type *type)
{
	types[type->kind] = NULL;
}
EXPORT_SYMBOL_GPL(spin_capability_unregister);

static void capability_free(struct spin_capability *capability)
{
	free_percpu(capability->count);
	kfree(capability);
}

static struct spin_capability *capability_new(const char *name)
{
	struct spin_capability *capability;

	capability = kzalloc(sizeof(*capability), GFP_KERNEL_ACCOUNT);
	if (!capability)
		return NULL;
	capability->count = alloc_percpu_gfp(struct spin_counters,
					     GFP_KERNEL_ACCOUNT);
	if (!capability->count) {
		kfree(capability);
		return NULL;
	}
	kref_init(&capability->kref);
	strscpy(capability->name, name, sizeof(capability->name));
	return capability;
}

static bool name_taken(const struct spin_extension *ext, const char *name)
{
	u32 slot;

	for (slot = 1; slot <= ext->cap_count; slot++)
		if (!strcmp(ext->caps[slot]->name, name))
			return true;
	return false;
}

/* Is there room for one more, of this name? */
static int room_check(struct spin_extension *ext, const char *name)
{
	if (ext->state != SPIN_EXT_LOADING)
		return -EBUSY;
	if (name_taken(ext, name)) {
		spin_extension_refuse(ext, "capability '%s' is granted already",
				      name);
		return -EEXIST;
	}
	if (ext->cap_count + 1 >= SPIN_CAPABILITIES) {
		spin_extension_refuse(ext, "an extension can hold %u capabilities",
				      SPIN_CAPABILITIES - 1);
		return -ENOSPC;
	}
	return 0;
}

static int grant_check(struct spin_extension *ext,
		       const struct spin_ioc_ext_grant *args)
{
	if (ext->state != SPIN_EXT_LOADING)
		return -EBUSY;
	if (args->flags || !spin_name_valid(args->name))
		return -EINVAL;
	if (args->kind >= TYPES_MAX || !types[args->kind]) {
		spin_extension_refuse(ext, "there is no capability of kind %u",
				      args->kind);
		return -EINVAL;
	}
	return room_check(ext, args->name);
}

/**
 * spin_capability_grant - take what the user names into an extension
 * @ext: being loaded; the caller holds its lock
 * @args: from user space, its strings terminated
 *
 * Returns the slot, or a negative errno with the reason in the verdict.
 */
int spin_capability_grant(struct spin_extension *ext,
			  const struct spin_ioc_ext_grant *args)
{
	struct spin_capability *capability;
	int err;

	lockdep_assert_held(&ext->lock);
	err = grant_check(ext, args);
	if (err)
		return err;
	capability = capability_new(args->name);
	if (!capability)
		return -ENOMEM;
	capability->type = types[args->kind];
	err = capability->type->grant(ext, args, capability);
	if (err) {
		capability_free(capability);
		return err;
	}
	/* Walkers of the capabilities hold spin_mutex, not the lock. */
	mutex_lock(&spin_mutex);
	ext->caps[++ext->cap_count] = capability;
	mutex_unlock(&spin_mutex);
	return ext->cap_count;
}

static struct spin_capability *find(const struct spin_extension *ext,
				    const char *name)
{
	u32 slot;

	for (slot = 1; slot <= ext->cap_count; slot++)
		if (!strcmp(ext->caps[slot]->name, name))
			return ext->caps[slot];
	return NULL;
}

/**
 * spin_capability_inherit - take over a capability of the version replaced
 * @ext: being loaded; the caller holds its lock
 * @name: of the capability
 *
 * Returns the slot, or a negative errno with the reason in the verdict.
 */
int spin_capability_inherit(struct spin_extension *ext, const char *name)
{
	struct spin_capability *capability = NULL;
	int err;

	lockdep_assert_held(&ext->lock);
	err = room_check(ext, name);
	if (err)
		return err;
	mutex_lock(&spin_mutex);
	if (ext->replaces)
		capability = find(ext->replaces, name);
	if (capability) {
		kref_get(&capability->kref);
		ext->caps[++ext->cap_count] = capability;
		err = ext->cap_count;
	} else if (!ext->replaces) {
		err = -EINVAL;
	} else {
		spin_extension_refuse(ext, "the version it replaces holds no capability '%s' that it could take over; grant it",
				      name);
		err = -ENOENT;
	}
	mutex_unlock(&spin_mutex);
	return err;
}

static void capability_release(struct kref *kref)
{
	struct spin_capability *capability =
		container_of(kref, struct spin_capability, kref);

	capability->type->release(capability);
	capability_free(capability);
}

/* No handler of the extension runs any more. */
void spin_capability_release_all(struct spin_extension *ext)
{
	struct spin_capability *capability;
	u32 slot;

	for (slot = ext->cap_count; slot; slot--) {
		mutex_lock(&spin_mutex);
		capability = ext->caps[slot];
		ext->caps[slot] = NULL;
		ext->cap_count = slot - 1;
		mutex_unlock(&spin_mutex);
		kref_put(&capability->kref, capability_release);
	}
}

struct spin_capability *spin_ctx_capability(struct spin_ctx *ctx, u32 slot,
					    enum spin_cap_kind kind)
{
	struct spin_extension *ext = spin_ctx_extension(ctx);
	struct spin_capability *capability;

	/* Being unloaded: what still runs is to come to its end. */
	if (spin_extension_is_leaving(ext))
		return ERR_PTR(-ESHUTDOWN);
	if (!slot || slot >= SPIN_CAPABILITIES)
		return ERR_PTR(-ENOENT);
	capability = ext->caps[array_index_nospec(slot, SPIN_CAPABILITIES)];
	if (!capability)
		return ERR_PTR(-ENOENT);
	if (capability->type->kind != kind)
		return ERR_PTR(-EBADF);
	return capability;
}
EXPORT_SYMBOL_GPL(spin_ctx_capability);

void spin_capability_sum(const struct spin_capability *capability, u64 *sums)
{
	int cpu, i;

	memset(sums, 0, sizeof(*sums) * SPIN_COUNT_MAX);
	for_each_possible_cpu(cpu)
		for (i = 0; i < SPIN_COUNT_MAX; i++)
			sums[i] += READ_ONCE(per_cpu_ptr(capability->count,
							 cpu)->value[i]);
}
