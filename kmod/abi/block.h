/* SPDX-License-Identifier: GPL-2.0 */
/* Argument blocks of the ioctls: sized by both sides. */
#ifndef _SPIN_BLOCK_H
#define _SPIN_BLOCK_H

#include <linux/types.h>

int __must_check spin_block_get(void __user *arg, void *block, u32 size);
int __must_check spin_block_put(void __user *arg, const void *block, u32 size,
				u32 usize);

#endif /* _SPIN_BLOCK_H */
