// SPDX-License-Identifier: GPL-2.0
/*
 * The use of capabilities by programs, and passing them on in calls.
 *
 * A program names a capability by a slot, which is looked up in the extension
 * that the calling context belongs to, or by a pointer that the verifier tracks,
 * whose holder is compared with that extension: there is nothing to forge.
 */
#include <linux/nospec.h>
#include "../dispatch/binding.h"
#include "tree.h"

/* ---- use ---- */

/* Per packet, some of these: in line, and nothing by memory. */
static __always_inline struct spin_capability *
capability_use(struct spin_capability *capability, u32 given,
	       enum spin_cap_kind kind, u32 rights)
{
	if (kind && capability->kind != kind)
		return ERR_PTR(-EBADF);
	if (READ_ONCE(capability->revoked))
		return ERR_PTR(-EKEYREVOKED);
	if (rights & ~(given & READ_ONCE(capability->rights)))
		return ERR_PTR(-EACCES);
	if (!percpu_ref_tryget_live_rcu(&capability->uses))
		return ERR_PTR(-EKEYREVOKED);
	return capability;
}

/* Among the arguments of the call that is served: which one, or -1. */
static int argument_index(const struct spin_arguments *arguments, u32 slot)
{
	slot -= SPIN_SLOT_ARGUMENT;
	if (!arguments || slot >= min(arguments->count, SPIN_ARGUMENTS_MAX))
		return -1;
	return array_index_nospec(slot, SPIN_ARGUMENTS_MAX);
}

static noinline struct spin_capability *argument(struct spin_raise *raise,
						 u32 slot)
{
	struct spin_arguments *arguments = spin_raise_arguments(raise);
	int i = argument_index(arguments, slot);

	return i < 0 ? NULL : arguments->item[i].cap;
}

/* With which rights. The slot was looked up. */
static noinline u32 argument_rights(struct spin_raise *raise, u32 slot)
{
	struct spin_arguments *arguments = spin_raise_arguments(raise);
	int i = argument_index(arguments, slot);

	return i < 0 ? 0 : arguments->item[i].rights;
}

/* What @ctx names. Under RCU. */
static __always_inline struct spin_capability *look_up(struct spin_ctx *ctx,
						       u32 slot)
{
	struct spin_raise *raise = spin_raise_of(ctx);
	struct spin_extension *ext = raise->binding->ext;
	struct spin_capability *capability;

	/* Being unloaded: what still runs is to come to its end. */
	if (spin_extension_is_leaving(ext))
		return ERR_PTR(-ESHUTDOWN);
	slot &= SPIN_SLOT_MASK;
	if (likely(slot < SPIN_CAPABILITIES)) {
		slot = array_index_nospec(slot, SPIN_CAPABILITIES);
		capability = rcu_dereference(ext->caps[slot].cap);
	} else {
		capability = argument(raise, slot);
	}
	return capability ?: ERR_PTR(-ENOENT);
}

/* The rights that come with the name. */
static __always_inline u32 rights_given(struct spin_ctx *ctx, u32 slot)
{
	slot &= SPIN_SLOT_MASK;
	return likely(slot < SPIN_CAPABILITIES) ? SPIN_RIGHTS_ALL :
	       argument_rights(spin_raise_of(ctx), slot);
}

struct spin_capability *spin_capability_use(struct spin_ctx *ctx, u32 slot,
					    enum spin_cap_kind kind, u32 rights)
{
	struct spin_capability *capability;

	rcu_read_lock();
	capability = look_up(ctx, slot);
	if (!IS_ERR(capability))
		capability = capability_use(capability, rights_given(ctx, slot), kind,
					    rights);
	rcu_read_unlock();
	return capability;
}
EXPORT_SYMBOL_GPL(spin_capability_use);

struct spin_capability *
spin_capability_use_held(struct spin_ctx *ctx, struct spin_capability *capability,
			 enum spin_cap_kind kind, u32 rights)
{
	struct spin_extension *ext = spin_ctx_extension(ctx);

	if (spin_extension_is_leaving(ext))
		return ERR_PTR(-ESHUTDOWN);
	if (capability->holder->lineage != ext->lineage)
		return ERR_PTR(-EPERM);
	rcu_read_lock();
	capability = capability_use(capability, SPIN_RIGHTS_ALL, kind, rights);
	rcu_read_unlock();
	return capability;
}
EXPORT_SYMBOL_GPL(spin_capability_use_held);

/* ---- arguments of calls ---- */

/*
 * A reference to what @ctx names, or ERR_PTR as spin_capability_use(); a name
 * that lacks @rights will not do. @given: set to the rights it comes with.
 */
struct spin_capability *
spin_capability_reference(struct spin_ctx *ctx, u32 slot,
			  enum spin_cap_kind kind, u32 rights, u32 *given)
{
	struct spin_capability *capability;

	rcu_read_lock();
	capability = look_up(ctx, slot);
	if (IS_ERR(capability))
		goto out;
	*given = rights_given(ctx, slot) & READ_ONCE(capability->rights);
	if (kind && capability->kind != kind)
		capability = ERR_PTR(-EBADF);
	else if (READ_ONCE(capability->revoked))
		capability = ERR_PTR(-EKEYREVOKED);
	else if (rights & ~*given)
		capability = ERR_PTR(-EACCES);
	else if (!kref_get_unless_zero(&capability->kref))
		capability = ERR_PTR(-ENOENT);
out:
	rcu_read_unlock();
	return capability;
}

int spin_arguments_set(struct spin_ctx *ctx, struct spin_arguments *arguments,
		       u32 n, u32 slot, enum spin_cap_kind kind)
{
	struct spin_capability *capability;
	u32 mask = slot >> 16, given;

	if (n >= SPIN_ARGUMENTS_MAX)
		return -E2BIG;
	capability = spin_capability_reference(ctx, slot, kind,
					       SPIN_RIGHT_PASS, &given);
	if (IS_ERR(capability))
		return PTR_ERR(capability);
	/* A right that its kind does not have is a mistake, not fewer rights. */
	if (mask & ~capability->known) {
		spin_capability_put(capability);
		return -EINVAL;
	}
	while (arguments->count <= n)
		arguments->item[arguments->count++].cap = NULL;
	if (arguments->item[n].cap)
		spin_capability_put(arguments->item[n].cap);
	arguments->item[n].cap = capability;
	arguments->item[n].rights = mask ? given & mask : given;
	return 0;
}
EXPORT_SYMBOL_GPL(spin_arguments_set);

void spin_arguments_put(struct spin_arguments *arguments)
{
	while (arguments->count) {
		struct spin_capability *capability =
			arguments->item[--arguments->count].cap;

		if (capability)
			spin_capability_put(capability);
	}
}
EXPORT_SYMBOL_GPL(spin_arguments_put);
