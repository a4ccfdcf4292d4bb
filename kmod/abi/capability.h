/* SPDX-License-Identifier: GPL-2.0 */
/* Requests on /dev/spin about the capabilities of loaded extensions. */
#ifndef _SPIN_ABI_CAPABILITY_H
#define _SPIN_ABI_CAPABILITY_H

#include "client.h"

int spin_cap_grant(struct spin_client *client, void __user *arg);
int spin_cap_revoke(struct spin_client *client, void __user *arg);
int spin_cap_narrow(struct spin_client *client, void __user *arg);
int spin_walk_capability_tree(void __user *arg);

#endif /* _SPIN_ABI_CAPABILITY_H */
