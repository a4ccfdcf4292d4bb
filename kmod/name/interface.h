/* SPDX-License-Identifier: GPL-2.0 */
/* The list of interfaces, and what an extension is linked to. Under spin_mutex. */
#ifndef _SPIN_INTERFACE_H
#define _SPIN_INTERFACE_H

#include <spin/spin.h>
#include "../extension/extension.h"

extern struct list_head spin_interfaces;

#define spin_interface_for_each_table(INTERFACE, TABLE)			\
	for ((TABLE) = (INTERFACE)->kfuncs;				\
	     (TABLE) < (INTERFACE)->kfuncs + SPIN_KFUNC_TABLES_MAX &&	\
	     *(TABLE); (TABLE)++)

int __must_check spin_interface_register(struct spin_interface *interface);
void spin_interface_unregister(struct spin_interface *interface);
struct spin_interface *spin_interface_find(const char *name);
const struct spin_kfunc *spin_interface_kfunc(const void *address,
					      struct spin_interface **owner);

static inline bool spin_extension_imports(const struct spin_extension *ext,
					  const struct spin_interface *interface)
{
	return interface->always || (test_bit(interface->index, ext->imports) &&
				     !test_bit(interface->index, ext->unresolved));
}

/* linker.c. Outside spin_mutex */
int spin_kfuncs_init(void);
void spin_kfuncs_exit(void);

#endif /* _SPIN_INTERFACE_H */
