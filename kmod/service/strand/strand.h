/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the service strand offers to /dev/spin: threads register themselves, to
 * be seen by one extension as strands.
 */
#ifndef _SPIN_STRAND_H
#define _SPIN_STRAND_H

#include <linux/fs.h>
#include <linux/types.h>

struct file *spin_strand_create(const char *ext, u64 group, u64 *id);

#endif /* _SPIN_STRAND_H */
