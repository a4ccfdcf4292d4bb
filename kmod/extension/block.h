/* SPDX-License-Identifier: GPL-2.0 */
/* Argument blocks of requests, whose size is in the number of the request. */
#ifndef _SPIN_BLOCK_H
#define _SPIN_BLOCK_H

#include <linux/uaccess.h>

/**
 * spin_block_get - read an argument block
 * @arg: where it is
 * @block: where it goes
 * @size: as the kernel knows it
 * @usize: as the caller knows it, by the number of the request
 *
 * Returns 0; -E2BIG: it has more than the kernel knows, and that is not zero, or is
 * out of all bounds; -EFAULT.
 */
static inline int __must_check
spin_block_get(void __user *arg, void *block, u32 size, u32 usize)
{
	if (usize > PAGE_SIZE)
		return -E2BIG;
	return copy_struct_from_user(block, size, arg, usize);
}

#endif /* _SPIN_BLOCK_H */
