/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SPIN_DEVICE_H
#define _SPIN_DEVICE_H

#include <linux/compiler_types.h>

struct file;

long spin_device_request(struct file *file, unsigned int cmd, void __user *arg);
int spin_device_init(void);
void spin_device_exit(void);

#endif /* _SPIN_DEVICE_H */
