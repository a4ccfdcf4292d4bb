/* SPDX-License-Identifier: GPL-2.0 */
/* Externalised references: what extensions gave the users of an open file. */
#ifndef _SPIN_REFERENCE_H
#define _SPIN_REFERENCE_H

#include <linux/xarray.h>
#include <uapi/linux/spin.h>

struct spin_capability;
struct spin_extension;

/**
 * struct spin_references - the table of an open file
 */
struct spin_references {
	/**
	 * @entries: struct spin_reference, by index; its lock protects all of
	 * this
	 */
	struct xarray entries;
	/** @count: How many there are */
	u32 count;
	/** @generation: Of the last one made: never used again in this table */
	u64 generation;
	/**
	 * @full: Somebody found it so: spin_references_sweep() may make room
	 */
	bool full;
};

/**
 * struct spin_reference - one of them
 *
 * Constant from when it is in the table until it is out of it.
 */
struct spin_reference {
	/** @handle: By which the application knows it: generation and index */
	u64 handle;
	/**
	 * @ext: That externalised it, and alone may have it back; reference
	 * held
	 */
	struct spin_extension *ext;
	/**
	 * @charged: One object of @ext's quota is its. (Of a capability it is
	 * the capability's. Copies, which applications make, cost @ext nothing)
	 */
	bool charged;
	/** @kind: Of what */
	enum spin_cap_kind kind;
	/**
	 * @rights: SPIN_RIGHT_*, besides those that the capability may have
	 * lost; of a value: none
	 */
	u32 rights;
	/** @type: Of a value: the extension's own word for what it is */
	u64 type;
	/** @value: The value */
	u64 value;
	/**
	 * @cap: Derived when it was externalised, and that of all copies;
	 * reference held; NULL: it is a value
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
