/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capabilities, as objects in trees: <spin/spin.h> has what services see. Rights and
 * the shape of a tree are under its own spin lock, in any context but NMI; what waits
 * for uses to end is called in process context, without locks.
 */
#ifndef _SPIN_TREE_H
#define _SPIN_TREE_H

#include <linux/types.h>
#include <uapi/linux/spin.h>

struct spin_capability;
struct spin_capability_type;
struct spin_ctx;
struct spin_extension;

/* Returns 0; -EEXIST: there is one of this kind; -EINVAL: its kind. */
int __must_check spin_capability_register(const struct spin_capability_type *type);
/* Waits until no object of this kind is left. */
void spin_capability_unregister(const struct spin_capability_type *type);
const struct spin_capability_type *spin_capability_type(u32 kind);

#define SPIN_KINDS_MAX		64	/* the number of a kind is below */

/* What the kernel knows of a kind: a row of SPIN_KINDS(). */
struct spin_kind {
	const char *name;	/* for messages */
	u32 usual;		/* SPIN_RIGHT_* of a grant that names none */
	u32 rights;		/* SPIN_RIGHT_* that mean something for it */
};

/* By enum spin_cap_kind, of which there is a row for all that have a type. */
extern const struct spin_kind spin_kinds[SPIN_KINDS_MAX];

struct spin_capability *spin_capability_new(struct spin_extension *ext,
					    const struct spin_capability_type *type,
					    const char *name);
void spin_capability_new_drop(struct spin_capability *capability);
int spin_capability_publish(struct spin_capability *capability, u32 rights);

struct spin_capability *
spin_capability_reference(struct spin_ctx *ctx, u32 slot,
			  enum spin_cap_kind kind, u32 rights, u32 *given);
struct spin_capability *spin_capability_by_id(u64 id);
struct spin_capability *spin_capability_after(u64 id);

void spin_capability_end(struct spin_capability *capability);
void spin_capability_end_wait(struct spin_capability *capability);
void spin_capability_end_lineage(u64 lineage);
void spin_capability_narrow(struct spin_capability *capability, u32 rights);
void spin_capability_sum(const struct spin_capability *capability, u64 *sums);

int spin_capability_init(void);
void spin_capability_exit(void);

#endif /* _SPIN_TREE_H */
