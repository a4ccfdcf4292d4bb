// SPDX-License-Identifier: GPL-2.0
/*
 * Consent by capability: some services ask not whether a program may use a thing,
 * but whether its extension was given it.
 */
#include "../internal.h"

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
