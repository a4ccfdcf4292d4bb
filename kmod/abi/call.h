/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests on /dev/spin by which an application calls an extension, and about the
 * references it was given.
 */
#ifndef _SPIN_ABI_CALL_H
#define _SPIN_ABI_CALL_H

#include <linux/compiler_types.h>

struct file;
struct seq_file;
struct spin_client;

int spin_call_connect(struct spin_client *client, void __user *arg);
int spin_ref_copy(struct spin_client *client, void __user *arg);
int spin_ref_delete(struct spin_client *client, void __user *arg);
int spin_ref_next(struct spin_client *client, void __user *arg);
void spin_call_show(struct seq_file *m, struct file *file);

#endif /* _SPIN_ABI_CALL_H */
