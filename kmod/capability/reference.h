/* SPDX-License-Identifier: GPL-2.0 */
/* Externalised references: what extensions gave the users of an open file. */
#ifndef _SPIN_REFERENCE_H
#define _SPIN_REFERENCE_H

#include <linux/xarray.h>
#include <uapi/linux/spin.h>

struct spin_capability;
struct spin_extension;

/* The table of an open file. */
struct spin_references {
	/* struct spin_reference, by index; its lock protects all of this */
	struct xarray entries;
	u32 count;		/* how many there are */
	u64 generation;	/* of the last one made: never used again in this table */
	/* Somebody found it so: spin_references_sweep() may make room */
	bool full;
};

/*
 * One of them.
 *
 * Constant from when it is in the table until it is out of it.
 */
struct spin_reference {
	u64 handle;	/* by which the application knows it: generation and index */
	/* That externalised it, and alone may have it back; reference held */
	struct spin_extension *ext;
	/*
	 * One object of @ext's quota is its. (Of a capability it is the
	 * capability's. Copies, which applications make, cost @ext nothing)
	 */
	bool charged;
	enum spin_cap_kind kind;	/* of what */
	/*
	 * SPIN_RIGHT_*, besides those that the capability may have lost; of a
	 * value: none
	 */
	u32 rights;
	u64 type;	/* of a value: the extension's own word for what it is */
	u64 value;		/* the value */
	/*
	 * Derived when it was externalised, and that of all copies; reference
	 * held; NULL: it is a value
	 */
	struct spin_capability *cap;
};

void spin_references_init(struct spin_references *table);
void spin_references_exit(struct spin_references *table);
void spin_references_sweep(struct spin_references *table);
s64 spin_reference_add(struct spin_references *table,
		       const struct spin_reference *reference, gfp_t gfp);
int spin_reference_get(struct spin_references *table, u64 handle,
		       struct spin_reference *reference);
void spin_reference_put(const struct spin_reference *reference);
int spin_reference_remove(struct spin_references *table, u64 handle,
			  const struct spin_extension *ext);
int spin_reference_next(struct spin_references *table, u64 handle,
			struct spin_reference *reference);

#endif /* _SPIN_REFERENCE_H */
