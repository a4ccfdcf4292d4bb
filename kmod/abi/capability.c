// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about the capabilities of loaded extensions: they are granted, narrowed,
 * revoked.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include "../capability/slot.h"
#include "../capability/tree.h"
#include "../extension/lookup.h"
#include "device.h"
#include "requests.h"

#define REVOKE_TIMEOUT_MS	10000

/* ---- granting ---- */

/* It may be changed by the caller, and is loaded. Under its lock. */
static int extension_check(struct spin_client *client,
			   struct spin_extension *ext)
{
	int err = 0;

	mutex_lock(&spin_mutex);
	if (!spin_extension_permitted(ext)) {
		spin_client_refuse_owner(client, ext);
		err = -EPERM;
	} else if (ext->state != SPIN_EXT_LOADED) {
		spin_refusal_say(&client->refusal, "extension '%s' is not loaded yet, or on its way out",
				 ext->name);
		err = -EBUSY;
	}
	mutex_unlock(&spin_mutex);
	return err;
}

static int grant(struct spin_client *client, struct spin_extension *ext,
		 const struct spin_ioc_ext_grant *args)
{
	int slot;

	if (mutex_lock_killable(&ext->lock))
		return -EINTR;
	slot = extension_check(client, ext);
	if (slot)
		goto out;
	spin_refusal_clear(&ext->refusal);
	slot = spin_capability_grant(ext, args);
	if (slot < 0)
		spin_refusal_take(&client->refusal, &ext->refusal);
out:
	mutex_unlock(&ext->lock);
	return slot;
}

long spin_do_cap_grant(struct spin_client *client,
		       struct spin_ioc_cap_grant *block)
{
	struct spin_extension *ext = spin_client_extension(block->ext);
	int slot;

	if (!ext) {
		spin_refusal_say(&client->refusal, "there is no extension '%s'",
				 block->ext);
		return -ENOENT;
	}
	slot = grant(client, ext, &block->grant);
	spin_extension_put(ext);
	return slot;
}

/* ---- taking back ---- */

/* By who holds it, or who gave it. Under spin_mutex. */
static bool may_dispose(const struct spin_capability *capability)
{
	for (; capability; capability = capability->parent)
		if (spin_extension_permitted(capability->holder))
			return true;
	return false;
}

/* In a slot of an extension, with a reference, or ERR_PTR. Under spin_mutex. */
static struct spin_capability *find_named(struct spin_client *client,
					  const char *name, const char *cap)
{
	struct spin_extension *ext =
		spin_extension_lookup(current_euid(), name);
	struct spin_capability *capability = NULL;
	u32 slot;

	if (!ext) {
		spin_refusal_say(&client->refusal, "there is no extension '%s'", name);
		return ERR_PTR(-ENOENT);
	}
	slot = spin_slot_find(ext, cap);
	if (slot)
		capability = spin_slot_capability(ext, slot);
	if (!capability) {
		spin_refusal_say(&client->refusal, "extension '%s' holds no capability '%s'",
				 ext->name, cap);
		return ERR_PTR(-ENOENT);
	}
	return spin_capability_get(capability);
}

/* What a request is about, with a reference, or ERR_PTR. */
static struct spin_capability *find(struct spin_client *client, u64 id,
				    const char *ext, const char *name)
{
	struct spin_capability *capability;

	mutex_lock(&spin_mutex);
	capability = id ? spin_capability_by_id(id) :
			  find_named(client, ext, name);
	if (!capability) {
		spin_refusal_say(&client->refusal, "there is no capability %llu", id);
		capability = ERR_PTR(-ENOENT);
	} else if (!IS_ERR(capability) && !may_dispose(capability)) {
		spin_client_refuse_owner(client, capability->holder);
		spin_capability_put(capability);
		capability = ERR_PTR(-EPERM);
	}
	mutex_unlock(&spin_mutex);
	return capability;
}

long spin_do_cap_revoke(struct spin_client *client,
			struct spin_ioc_cap_revoke *block)
{
	struct spin_capability *capability;
	int err;

	capability = find(client, block->id, block->ext, block->name);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	err = spin_capability_revoke(capability,
				     block->timeout_ms ?: REVOKE_TIMEOUT_MS);
	if (err)
		spin_refusal_say(&client->refusal, "capability '%s' is revoked, and operations that began before are still under way",
				 capability->name);
	spin_capability_put(capability);
	return err;
}

/*
 * Are these rights of the capability's kind? Those who name another mean something
 * else than to keep it: nothing is taken away then.
 */
static int narrow_check(struct spin_client *client,
			const struct spin_capability *capability, u32 rights)
{
	if (!(rights & ~capability->known))
		return 0;
	spin_refusal_say(&client->refusal, "capability '%s': a %s has no such right; see Documentation/capabilities.rst",
			 capability->name, spin_kinds[capability->kind].name);
	return -EOPNOTSUPP;
}

long spin_do_cap_narrow(struct spin_client *client,
			struct spin_ioc_cap_narrow *block)
{
	struct spin_capability *capability;
	int err;

	capability = find(client, block->id, block->ext, block->name);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	err = narrow_check(client, capability, block->rights);
	if (!err)
		spin_capability_narrow(capability, block->rights);
	spin_capability_put(capability);
	return err;
}
