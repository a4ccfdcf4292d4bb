/* SPDX-License-Identifier: GPL-2.0 */
/* The list of interfaces, and what an extension is linked to. Under spin_mutex. */
#ifndef _SPIN_INTERFACE_H
#define _SPIN_INTERFACE_H

#include <spin/spin.h>
#include "../extension/extension.h"

extern struct list_head spin_interfaces;

struct spin_interface *spin_interface_find(const char *name);
const struct spin_kfunc *spin_interface_kfunc(const void *address,
					      struct spin_interface **owner);

static inline bool spin_extension_imports(const struct spin_extension *ext,
					  const struct spin_interface *interface)
{
	return interface->always || (test_bit(interface->index, ext->imports) &&
				     !test_bit(interface->index, ext->unresolved));
}

#endif /* _SPIN_INTERFACE_H */
