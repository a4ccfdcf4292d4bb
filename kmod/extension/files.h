/* SPDX-License-Identifier: GPL-2.0 */
/* Files that stand for things of this module: each that is open holds it. */
#ifndef _SPIN_FILES_H
#define _SPIN_FILES_H

#include <linux/atomic.h>
#include <linux/fs.h>

extern atomic_t spin_open_files;	/* how many there are */

struct file *spin_handle_open(const char *name,
			      const struct file_operations *fops, void *thing);
void spin_handle_closed(void);

#endif /* _SPIN_FILES_H */
