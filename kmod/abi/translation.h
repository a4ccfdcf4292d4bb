/* SPDX-License-Identifier: GPL-2.0 */
/* Requests on /dev/spin about ranges whose pages an extension supplies. */
#ifndef _SPIN_ABI_TRANSLATION_H
#define _SPIN_ABI_TRANSLATION_H

#include <linux/compiler_types.h>

struct spin_client;

int spin_translation_request(struct spin_client *client, void __user *arg);
int spin_walk_translations(void __user *arg);

#endif /* _SPIN_ABI_TRANSLATION_H */
