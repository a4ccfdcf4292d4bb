/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The life of an extension. In process context, without spin_mutex; the commit, and
 * what it runs, under the extension's lock.
 */
#ifndef _SPIN_LOAD_H
#define _SPIN_LOAD_H

#include <linux/atomic.h>
#include <linux/compiler_attributes.h>
#include <linux/types.h>

struct spin_extension;
struct spin_resolved;

struct spin_extension *spin_extension_create(const char *name, bool replace);
int spin_extension_commit(struct spin_extension *ext,
			  struct spin_extension **replaced);
void spin_extension_destroy(struct spin_extension *ext);
int spin_extension_wait_freed(u32 timeout_ms, const atomic_t *open_files);

/* initialize.c: Domain.Initialize, and interface Domain */
int spin_initialize_check_btf(void);
int spin_initialize_run(struct spin_extension *ext);

/* resolve.c */
int spin_resolve(struct spin_extension *ext, const char *interface,
		 struct spin_resolved *resolved);
int spin_unresolve(struct spin_extension *ext, const char *interface,
		   struct spin_resolved *resolved);

#endif /* _SPIN_LOAD_H */
