// SPDX-License-Identifier: GPL-2.0
/*
 * Capabilities of loaded extensions: granted, narrowed, revoked, listed. The
 * blocks are described in <linux/spin.h>.
 */
#include <linux/uaccess.h>
#include "../core/internal.h"
#include "block.h"
#include "capability.h"

#define REVOKE_TIMEOUT_MS	10000

static bool is_terminated(const char *text, size_t size)
{
	return strnlen(text, size) < size;
}

/* ---- granting ---- */

static int grant_check(const struct spin_ioc_cap_grant *block)
{
	if (!is_terminated(block->name, sizeof(block->name)) ||
	    !is_terminated(block->ext, sizeof(block->ext)) ||
	    !is_terminated(block->from, sizeof(block->from)))
		return -ENAMETOOLONG;
	if (block->flags & SPIN_GRANT_LATE)
		return -EINVAL;
	return spin_client_permitted();
}

/* It may be changed by the caller, and is loaded. Under its lock. */
static int extension_check(struct spin_client *client,
			   struct spin_extension *ext)
{
	int err = 0;

	mutex_lock(&spin_mutex);
	if (!spin_extension_permitted(ext)) {
		spin_refuse_owner(client, ext);
		err = -EPERM;
	} else if (ext->state != SPIN_EXT_LOADED) {
		spin_client_refuse(client, "extension '%s' is not loaded yet, or on its way out",
				   ext->name);
		err = -EBUSY;
	}
	mutex_unlock(&spin_mutex);
	return err;
}

static int grant(struct spin_client *client, struct spin_extension *ext,
		 const struct spin_ioc_cap_grant *block)
{
	struct spin_ioc_ext_grant args = {
		.size = sizeof(args),
		.kind = block->kind,
		.fd = block->fd,
		.fd2 = block->fd2,
		.object = block->object,
		.flags = block->flags,
		.rights = block->rights,
		.reserved = block->reserved,
		.value = block->value,
	};
	int slot;

	strscpy(args.name, block->name);
	strscpy(args.from, block->from);
	if (mutex_lock_killable(&ext->lock))
		return -EINTR;
	slot = extension_check(client, ext);
	if (slot)
		goto out;
	spin_extension_verdict_clear(ext);
	slot = spin_capability_grant(ext, &args);
	if (slot < 0)
		spin_client_verdict_take(client, ext);
out:
	mutex_unlock(&ext->lock);
	return slot;
}

int spin_cap_grant(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_cap_grant block;
	struct spin_extension *ext;
	int err;

	spin_client_verdict_clear(client);
	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	err = grant_check(&block);
	if (err)
		return err;
	ext = spin_client_extension(block.ext);
	if (!ext) {
		spin_client_refuse(client, "there is no extension '%s'",
				   block.ext);
		return -ENOENT;
	}
	err = grant(client, ext, &block);
	spin_extension_put(ext);
	return err;
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
		spin_client_refuse(client, "there is no extension '%s'", name);
		return ERR_PTR(-ENOENT);
	}
	slot = spin_slot_find(ext, cap);
	if (slot)
		capability = spin_slot_capability(ext, slot);
	if (!capability) {
		spin_client_refuse(client, "extension '%s' holds no capability '%s'",
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

	if (!is_terminated(name, SPIN_NAME_LEN) ||
	    !is_terminated(ext, SPIN_NAME_LEN))
		return ERR_PTR(-ENAMETOOLONG);
	if (spin_client_permitted())
		return ERR_PTR(-EPERM);
	mutex_lock(&spin_mutex);
	capability = id ? spin_capability_by_id(id) :
			  find_named(client, ext, name);
	if (!capability) {
		spin_client_refuse(client, "there is no capability %llu", id);
		capability = ERR_PTR(-ENOENT);
	} else if (!IS_ERR(capability) && !may_dispose(capability)) {
		spin_refuse_owner(client, capability->holder);
		spin_capability_put(capability);
		capability = ERR_PTR(-EPERM);
	}
	mutex_unlock(&spin_mutex);
	return capability;
}

int spin_cap_revoke(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_cap_revoke block;
	struct spin_capability *capability;
	int err;

	spin_client_verdict_clear(client);
	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	capability = find(client, block.id, block.ext, block.name);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	err = spin_capability_revoke(capability,
				     block.timeout_ms ?: REVOKE_TIMEOUT_MS);
	if (err)
		spin_client_refuse(client, "capability '%s' is revoked, and operations that began before are still under way",
				   capability->name);
	spin_capability_put(capability);
	return err;
}

/*
 * Are these rights of the capability's kind? Who names another means something
 * else than to keep it: nothing is taken away then.
 */
static int narrow_check(struct spin_client *client,
			const struct spin_capability *capability, u32 rights)
{
	const struct spin_capability_type *type;

	if (!(rights & ~capability->known))
		return 0;
	mutex_lock(&spin_mutex);
	type = spin_capability_type(capability->kind);
	spin_client_refuse(client, "capability '%s': a %s has no such right; see Documentation/capabilities.rst",
			   capability->name, type ? type->name : "thing of its kind");
	mutex_unlock(&spin_mutex);
	return -EOPNOTSUPP;
}

int spin_cap_narrow(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_cap_narrow block;
	struct spin_capability *capability;
	int err;

	spin_client_verdict_clear(client);
	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	if (block.rights & ~SPIN_RIGHTS_ALL)
		return -EINVAL;
	capability = find(client, block.id, block.ext, block.name);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	err = narrow_check(client, capability, block.rights);
	if (!err)
		spin_capability_narrow(capability, block.rights);
	spin_capability_put(capability);
	return err;
}

/* ---- listing ---- */

static void fill(struct spin_ioc_cap_tree_next *block,
		 const struct spin_capability *capability)
{
	memset((char *)block + sizeof(block->size), 0,
	       sizeof(*block) - sizeof(block->size));
	block->kind = capability->kind;
	block->id = capability->id;
	block->parent = capability->parent ? capability->parent->id : 0;
	block->holder_id = capability->holder->id;
	block->flags = READ_ONCE(capability->root->flags);
	if (READ_ONCE(capability->revoked))
		block->flags |= SPIN_CAP_REVOKED |
				(READ_ONCE(capability->ended) ? 0 :
				 SPIN_CAP_IN_USE);
	block->rights = READ_ONCE(capability->rights);
	block->slots = capability->slots;
	strscpy(block->name, capability->name);
	strscpy(block->holder, capability->holder->name);
	strscpy(block->what, capability->root->what);
}

int spin_walk_capability_tree(void __user *arg)
{
	struct spin_ioc_cap_tree_next block;
	struct spin_capability *capability;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	capability = spin_capability_after(block.id);
	if (!capability)
		return -ENOENT;
	mutex_lock(&spin_mutex);
	fill(&block, capability);
	mutex_unlock(&spin_mutex);
	spin_capability_put(capability);
	return spin_block_put(arg, &block, sizeof(block), usize);
}
