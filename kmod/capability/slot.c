// SPDX-License-Identifier: GPL-2.0
/*
 * The capabilities an extension is granted, by slot. A slot has a name and a
 * kind; what is in it may be granted at the load, or later, and again after a
 * revoke. A program's code has the number of the slot, so that does not change.
 *
 * Slots are filled under the extension's lock and spin_mutex, emptied under
 * spin_mutex, and read under RCU by programs.
 */
#include <linux/string.h>
#include "../dispatch/binding.h"
#include "../extension/lookup.h"
#include "slot.h"
#include "tree.h"

/**
 * spin_slot_find - the slot of a name
 * @ext: of which extension
 * @name: under which it was granted
 *
 * Under spin_mutex, or the extension's lock. Returns it, or 0: there is none.
 */
u32 spin_slot_find(const struct spin_extension *ext, const char *name)
{
	u32 slot;

	for (slot = 1; slot <= ext->cap_count; slot++)
		if (!strcmp(ext->caps[slot].name, name))
			return slot;
	return 0;
}

/* Under spin_mutex: may what is to be granted come into @slot? */
static int slot_free(struct spin_extension *ext, u32 slot, u32 kind)
{
	const struct spin_capability *there = spin_slot_capability(ext, slot);

	if (ext->caps[slot].kind != kind) {
		spin_extension_refuse(ext, "capability '%s': its slot is for the kind %s; grant one of that kind",
				      ext->caps[slot].name,
				      spin_kinds[ext->caps[slot].kind].name);
		return -EBADF;
	}
	if (there && !READ_ONCE(there->revoked)) {
		spin_extension_refuse(ext, "capability '%s' is granted already; revoke it first",
				      ext->caps[slot].name);
		return -EEXIST;
	}
	return slot;
}

/*
 * The slot for @name, a new one if the extension is being loaded. Returns it, or
 * a negative errno. Under spin_mutex.
 */
static int slot_for(struct spin_extension *ext, const char *name, u32 kind)
{
	u32 slot = spin_slot_find(ext, name);

	lockdep_assert_held(&spin_mutex);
	if (ext->state == SPIN_EXT_DYING)
		return -EBUSY;
	if (slot)
		return slot_free(ext, slot, kind);
	if (ext->state != SPIN_EXT_LOADING) {
		spin_extension_refuse(ext, "it was loaded without a capability '%s'; declare it SPIN_CAPABILITY_LATE, or grant it when loading",
				      name);
		return -ENOENT;
	}
	if (ext->cap_count + 1 >= SPIN_CAPABILITIES) {
		spin_extension_refuse(ext, "an extension can hold %u capabilities",
				      SPIN_CAPABILITIES - 1);
		return -ENOSPC;
	}
	return ext->cap_count + 1;
}

/*
 * Fill the slot for @name; NULL: reserve it. The reference is the slot's from
 * now on. Returns the slot, or a negative errno, and nothing has changed.
 */
static int slot_fill(struct spin_extension *ext, const char *name, u32 kind,
		     struct spin_capability *capability)
{
	struct spin_capability *before = NULL;
	int slot;

	mutex_lock(&spin_mutex);
	slot = slot_for(ext, name, kind);
	if (slot > 0) {
		before = spin_slot_capability(ext, slot);
		if (slot > ext->cap_count) {
			ext->caps[slot].kind = kind;
			strscpy(ext->caps[slot].name, name,
				sizeof(ext->caps[slot].name));
			ext->cap_count = slot;
		}
		if (before)	/* revoked: there is nothing left to end */
			before->slots--;
		if (capability)
			capability->slots++;
		rcu_assign_pointer(ext->caps[slot].cap, capability);
	}
	mutex_unlock(&spin_mutex);
	if (before)
		spin_capability_put(before);
	return slot;
}

static int grant_check(struct spin_extension *ext,
		       const struct spin_ioc_ext_grant *args)
{
	const struct spin_capability_type *type =
		spin_capability_type(args->kind);
	int slot;

	if (!spin_name_valid(args->name) ||
	    (args->flags && args->flags != SPIN_GRANT_LATE &&
	     args->flags != SPIN_GRANT_DERIVE) ||
	    (args->flags == SPIN_GRANT_LATE && args->rights) ||
	    (args->flags != SPIN_GRANT_DERIVE && args->from[0]))
		return -EINVAL;
	if (!type) {
		spin_extension_refuse(ext, "there is no capability of kind %u",
				      args->kind);
		return -EINVAL;
	}
	if (args->rights & ~spin_kinds[type->kind].rights) {
		spin_extension_refuse(ext, "capability '%s': a %s has no such right; see Documentation/capabilities.rst",
				      args->name, spin_kinds[type->kind].name);
		return -EOPNOTSUPP;
	}
	/* Before the thing is taken: some of them notice. */
	mutex_lock(&spin_mutex);
	slot = slot_for(ext, args->name, args->kind);
	mutex_unlock(&spin_mutex);
	return min(slot, 0);
}

/* What was granted has no slot after all. */
static void ungrant(struct spin_capability *capability)
{
	spin_capability_end(capability);
	spin_capability_end_wait(capability);
	spin_capability_put(capability);
}

/* The capability "EXTENSION/NAME" names, with a reference, or ERR_PTR. */
static struct spin_capability *find_from(struct spin_extension *ext,
					 const char *from)
{
	const char *slash = strrchr(from, '/');
	struct spin_capability *capability = NULL;
	struct spin_extension *other = NULL;
	char name[2 * SPIN_NAME_LEN];
	u32 slot = 0;

	strscpy(name, from);
	if (slash) {
		name[slash - from] = '\0';
		other = spin_extension_lookup(current_euid(), name);
	}
	if (!other) {
		spin_extension_refuse(ext, "there is no extension as in '%s'; write EXTENSION/NAME, as spinctl cap list has them",
				      from);
		return ERR_PTR(-ENOENT);
	}
	if (!spin_extension_permitted(other)) {
		spin_extension_refuse(ext, "extension '%s' is another user's, who alone may dispose of what it holds",
				      other->name);
		return ERR_PTR(-EPERM);
	}
	slot = spin_slot_find(other, slash + 1);
	if (slot)
		capability = spin_slot_capability(other, slot);
	if (!capability) {
		spin_extension_refuse(ext, "extension '%s' holds no capability '%s'",
				      other->name, slash + 1);
		return ERR_PTR(-ENOENT);
	}
	return spin_capability_get(capability);
}

/* May it be derived, as @args say? */
static int derive_check(struct spin_extension *ext,
			const struct spin_capability *from,
			const struct spin_ioc_ext_grant *args)
{
	u32 rights = READ_ONCE(from->rights);

	if (READ_ONCE(from->revoked)) {
		spin_extension_refuse(ext, "capability '%s' was revoked",
				      args->from);
		return -EKEYREVOKED;
	}
	if (from->kind != args->kind) {
		spin_extension_refuse(ext, "capability '%s' is a %s, and '%s' must be a %s",
				      args->from, spin_kinds[from->kind].name,
				      args->name, spin_kinds[args->kind].name);
		return -EBADF;
	}
	if (!(rights & SPIN_RIGHT_PASS) || args->rights & ~rights) {
		spin_extension_refuse(ext, "capability '%s' may not be handed on, or not with these rights: spinctl cap show tells which it has",
				      args->from);
		return -EACCES;
	}
	return 0;
}

/*
 * One that is derived from what another extension has. One who is given less
 * than all does not get more by handing it on.
 */
static int grant_derived(struct spin_extension *ext,
			 const struct spin_ioc_ext_grant *args)
{
	struct spin_capability *from, *capability;
	int slot;

	mutex_lock(&spin_mutex);
	from = find_from(ext, args->from);
	mutex_unlock(&spin_mutex);
	if (IS_ERR(from))
		return PTR_ERR(from);
	slot = derive_check(ext, from, args);
	if (slot)
		goto out;
	capability = spin_capability_derive(from, ext,
					    args->rights ?: SPIN_RIGHTS_ALL,
					    GFP_KERNEL_ACCOUNT);
	if (IS_ERR(capability)) {
		slot = PTR_ERR(capability);
		goto out;
	}
	slot = slot_fill(ext, args->name, args->kind, capability);
	if (slot < 0)
		ungrant(capability);
out:
	spin_capability_put(from);
	return slot;
}

/**
 * spin_capability_grant - take what the user names into an extension
 * @ext: being loaded, or loaded; the caller holds its lock
 * @args: from user space, its strings terminated
 *
 * Returns the slot, or a negative errno with the reason in the verdict.
 */
int spin_capability_grant(struct spin_extension *ext,
			  const struct spin_ioc_ext_grant *args)
{
	const struct spin_capability_type *type;
	struct spin_capability *capability;
	int err;

	lockdep_assert_held(&ext->lock);
	err = grant_check(ext, args);
	if (err)
		return err;
	if (args->flags & SPIN_GRANT_LATE)
		return slot_fill(ext, args->name, args->kind, NULL);
	if (args->flags & SPIN_GRANT_DERIVE)
		return grant_derived(ext, args);
	type = spin_capability_type(args->kind);
	capability = spin_capability_new(ext, type, args->name);
	if (!capability)
		return -ENOMEM;
	err = type->grant(ext, args, capability);
	if (err)
		goto err_new;
	err = spin_capability_publish(capability,
				      args->rights ?: spin_kinds[type->kind].usual);
	if (err)
		goto err_grant;
	err = slot_fill(ext, args->name, args->kind, capability);
	if (err < 0)
		ungrant(capability);
	return err;

err_grant:
	type->release(capability);
err_new:
	spin_capability_new_drop(capability);
	return err;
}

/**
 * spin_capability_inherit - take over a capability of the version replaced
 * @ext: being loaded; the caller holds its lock
 * @name: of the capability
 *
 * A slot that is empty, or whose capability was revoked, is taken over as such.
 * Returns the slot, or a negative errno with the reason in the verdict.
 */
int spin_capability_inherit(struct spin_extension *ext, const char *name)
{
	struct spin_capability *capability = NULL;
	u32 from = 0, kind = 0;
	int slot;

	lockdep_assert_held(&ext->lock);
	if (ext->state != SPIN_EXT_LOADING)
		return -EBUSY;
	mutex_lock(&spin_mutex);
	if (spin_slot_find(ext, name)) {
		mutex_unlock(&spin_mutex);
		spin_extension_refuse(ext, "capability '%s' is granted already",
				      name);
		return -EEXIST;
	}
	if (!ext->replaces) {
		mutex_unlock(&spin_mutex);
		return -EINVAL;
	}
	from = spin_slot_find(ext->replaces, name);
	if (from) {
		kind = ext->replaces->caps[from].kind;
		capability = spin_slot_capability(ext->replaces, from);
		if (capability)
			spin_capability_get(capability);
	}
	mutex_unlock(&spin_mutex);
	if (!from) {
		spin_extension_refuse(ext, "the version it replaces holds no capability '%s' that it could take over; grant it",
				      name);
		return -ENOENT;
	}
	slot = slot_fill(ext, name, kind, capability);
	if (slot < 0 && capability)
		spin_capability_put(capability);
	return slot;
}

/*
 * Does no other version of the extension hold anything? Of two that end at the
 * same time, the one that comes here later is the last.
 */
static bool last_of_lineage(const struct spin_extension *ext)
{
	const struct spin_extension *other;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(other, &spin_extensions, node)
		if (other != ext && !other->let_go &&
		    other->lineage == ext->lineage)
			return false;
	return true;
}

/*
 * No handler of the extension runs any more. Ends what no other version of it
 * has taken over; what other extensions derived from it, they keep.
 */
void spin_capability_release_all(struct spin_extension *ext)
{
	struct spin_capability *caps[SPIN_CAPABILITIES] = {};
	bool ends[SPIN_CAPABILITIES] = {};
	bool last;
	u32 slot;

	mutex_lock(&spin_mutex);
	for (slot = 1; slot <= ext->cap_count; slot++) {
		caps[slot] = spin_slot_capability(ext, slot);
		RCU_INIT_POINTER(ext->caps[slot].cap, NULL);
		if (caps[slot])
			ends[slot] = !--caps[slot]->slots;
	}
	ext->cap_count = 0;
	ext->let_go = true;
	last = last_of_lineage(ext);
	mutex_unlock(&spin_mutex);

	/* All first: the grace periods of their ends are the same then. */
	for (slot = 1; slot < SPIN_CAPABILITIES; slot++)
		if (ends[slot])
			spin_capability_end(caps[slot]);
	if (last)
		spin_capability_end_lineage(ext->lineage);
	for (slot = SPIN_CAPABILITIES - 1; slot; slot--) {
		if (ends[slot])
			spin_capability_end_wait(caps[slot]);
		if (caps[slot])
			spin_capability_put(caps[slot]);
	}
}

/* ---- consent ---- */

/* Some services ask whether an extension was given a thing, not what it does with it. */
static bool is_held(const struct spin_capability *capability, u32 rights)
{
	return capability && !READ_ONCE(capability->revoked) &&
	       !(rights & ~READ_ONCE(capability->rights));
}

bool spin_extension_holds(const struct spin_extension *ext,
			  enum spin_cap_kind kind, u32 rights,
			  bool (*match)(const struct spin_capability *capability,
					u64 arg), u64 arg)
{
	u32 slot, count = READ_ONCE(ext->cap_count);
	const struct spin_capability *capability;
	bool found = false;

	rcu_read_lock();
	for (slot = 1; slot <= count && !found; slot++) {
		if (ext->caps[slot].kind != kind)
			continue;
		capability = rcu_dereference(ext->caps[slot].cap);
		found = is_held(capability, rights) && match(capability, arg);
	}
	rcu_read_unlock();
	return found;
}
EXPORT_SYMBOL_GPL(spin_extension_holds);
