/* SPDX-License-Identifier: GPL-2.0 */
/* System calls of applications to extensions, for the open file they come by. */
#ifndef _SPIN_TRAP_H
#define _SPIN_TRAP_H

#include <linux/compiler_types.h>
#include <linux/types.h>

struct spin_gate;
struct spin_ioc_call;

/**
 * struct spin_connection - an open file's share
 * @gate: of the extension it is connected to; NULL: of none. Set once, and held
 *	until the file's end
 * @file: number of the open file, never reused
 */
struct spin_connection {
	struct spin_gate *gate;
	u64 file;
};

void spin_connection_init(struct spin_connection *connection);
void spin_connection_exit(struct spin_connection *connection);
int spin_connection_set(struct spin_connection *connection, const char *ext);
const char *spin_connection_ext(const struct spin_connection *connection);
long spin_trap_call(struct spin_connection *connection,
		    struct spin_ioc_call __user *arg);

#endif /* _SPIN_TRAP_H */
