/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the service strand offers to /dev/spin: threads register themselves, to
 * be seen by one extension as strands.
 */
#ifndef _SPIN_STRAND_H
#define _SPIN_STRAND_H

#include <linux/fs.h>
#include <linux/types.h>

struct spin_ioc_strand_next;

struct file *spin_strand_create(const char *ext, u64 group, u64 *id);
bool spin_strand_next(struct spin_ioc_strand_next *block);

#endif /* _SPIN_STRAND_H */
