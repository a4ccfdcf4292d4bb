/* SPDX-License-Identifier: GPL-2.0 */
/* System calls of applications to extensions, for the open file they come by. */
#ifndef _SPIN_TRAP_H
#define _SPIN_TRAP_H

#include <linux/compiler_types.h>
#include <linux/types.h>
#include "../../capability/reference.h"

struct file;
struct spin_gate;
struct spin_syscall;

/* An open file's share; its private data begins with it. */
struct spin_connection {
	/*
	 * Of the extension it is connected to; NULL: of none. Set once, and
	 * held until the file's end
	 */
	struct spin_gate *gate;
	u64 file;		/* number of the open file, never reused */
	/* What extensions externalised to its users */
	struct spin_references references;
	/* Takes the requests on the file that are no calls. Set once */
	long (*other)(struct file *file, unsigned int cmd, void __user *arg);
};

void spin_connection_init(struct spin_connection *connection,
			  long (*other)(struct file *file, unsigned int cmd,
					void __user *arg));
void spin_connection_exit(struct spin_connection *connection);
int spin_connection_set(struct spin_connection *connection, const char *ext);
const char *spin_connection_ext(const struct spin_connection *connection);
struct spin_references *spin_syscall_references(struct spin_syscall *call);
struct spin_connection *spin_connection_of(struct file *file);
long spin_trap_ioctl(struct file *file, unsigned int cmd, unsigned long uarg);

#endif /* _SPIN_TRAP_H */
