// SPDX-License-Identifier: GPL-2.0
/*
 * Externalised references (SPIN: "an application may use a capability as an index
 * into a table of its own, kept by the kernel").
 *
 * An extension gives the users of an open file of /dev/spin something to name, a
 * capability or a value of its own, without giving it to them: they get a number,
 * and the table that belongs to the file says what it stands for. The number is an
 * index and a generation that is used once only, so that what was deleted stays
 * dead; and it means nothing by any other file. What may be done with it follows
 * from the entry: the extension that made it gets it back, of the type that it
 * gave it, and no other does.
 *
 * A table is used by those who have the file open, in several threads, and by handlers
 * that cannot sleep: under the table's lock, a spin lock, always taken in process
 * context. Two tables are never locked at once: what goes from one to another is
 * taken out, with references of its own, before it is put in. An entry holds its
 * extension's memory and its capability's, not what the capability stands for. A
 * value is good as long as the version of the extension that gave it: what it
 * stands for is in that version's maps. A capability is a derived one, held by the
 * extension: it goes when it is revoked, which the end of the extension does, too.
 */
#include <linux/slab.h>
#include "../extension/extension.h"
#include "reference.h"

#define INDEX_BITS	16
#define INDEX_MASK	((1U << INDEX_BITS) - 1)
#define GENERATION_MAX	(1ULL << (62 - INDEX_BITS))	/* a handle is positive */

static_assert(SPIN_REFERENCES_MAX <= INDEX_MASK);

void spin_references_init(struct spin_references *table)
{
	xa_init_flags(&table->entries, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	table->count = 0;
	table->generation = 0;
}

static void reference_get(const struct spin_reference *reference)
{
	spin_extension_get(reference->ext);
	if (reference->cap)
		spin_capability_get(reference->cap);
}

/* What a copy that spin_reference_get() made holds. Any context. */
void spin_reference_put(const struct spin_reference *reference)
{
	if (reference->cap)
		spin_capability_put(reference->cap);
	spin_extension_put(reference->ext);
}

/* It is in no table, or not any more. */
static void reference_free(struct spin_reference *reference)
{
	if (reference->charged)
		spin_quota_uncharge(reference->ext, SPIN_QUOTA_OBJECTS, 1);
	spin_reference_put(reference);
	kfree(reference);
}

/* The last reference to the file is gone: nobody else uses the table. */
void spin_references_exit(struct spin_references *table)
{
	struct spin_reference *reference;
	unsigned long index;

	xa_for_each(&table->entries, index, reference) {
		reference_free(reference);
		cond_resched();
	}
	xa_destroy(&table->entries);
}

/* What a reference is not good for any more: -ESTALE, -EKEYREVOKED; 0: it is. */
static int stale(const struct spin_reference *reference)
{
	if (reference->cap)
		return READ_ONCE(reference->cap->revoked) ? -EKEYREVOKED : 0;
	return spin_extension_is_leaving(reference->ext) ? -ESTALE : 0;
}

/* The reference at @index, if it is stale, out of the table; else NULL. */
static struct spin_reference *take_stale(struct spin_references *table,
					 unsigned long *index, bool *more)
{
	struct spin_reference *reference;

	xa_lock(&table->entries);
	reference = xa_find(&table->entries, index, INDEX_MASK, XA_PRESENT);
	*more = reference;
	if (reference && stale(reference)) {
		__xa_erase(&table->entries, *index);
		WRITE_ONCE(table->count, table->count - 1);
	} else {
		reference = NULL;
	}
	xa_unlock(&table->entries);
	return reference;
}

/**
 * spin_references_sweep - take out what is good for nothing any more
 * @table: whose file is held by the caller
 *
 * Extensions that are gone leave what they externalised, and so do capabilities
 * that were revoked. Process context; not from a handler, which must be over soon.
 */
void spin_references_sweep(struct spin_references *table)
{
	struct spin_reference *reference;
	unsigned long index = 0;
	bool more;

	WRITE_ONCE(table->full, false);
	do {
		reference = take_stale(table, &index, &more);
		if (reference)
			reference_free(reference);
		index++;
		cond_resched();
	} while (more && index <= INDEX_MASK);
}

static int insert(struct spin_references *table,
		  struct spin_reference *reference)
{
	u32 index;
	int err;

	lockdep_assert_held(&table->entries.xa_lock);
	if (table->count >= SPIN_REFERENCES_MAX ||
	    table->generation >= GENERATION_MAX) {
		WRITE_ONCE(table->full, true);
		return -ENOSPC;
	}
	/* Without dropping the lock: the handle is to be there with the entry. */
	err = __xa_alloc(&table->entries, &index, reference,
			 XA_LIMIT(1, SPIN_REFERENCES_MAX),
			 GFP_ATOMIC | __GFP_NOWARN);
	if (err < 0)
		return err == -EBUSY ? -ENOSPC : err;
	WRITE_ONCE(table->count, table->count + 1);
	reference->handle = ++table->generation << INDEX_BITS | index;
	return 0;
}

/**
 * spin_reference_add - put a reference into a table
 * @table: whose file is held by the caller
 * @reference: to be copied, all but the handle; what it refers to is held by the
 *	caller, and once more by the table. Its charge goes to the table
 * @gfp: how to allocate; process context, and GFP_ATOMIC where it must not sleep
 *
 * Returns the handle; -ENOSPC: there are as many as may be; -ENOMEM.
 */
s64 spin_reference_add(struct spin_references *table,
		       const struct spin_reference *reference, gfp_t gfp)
{
	struct spin_reference *copy;
	s64 handle;
	int err;

	copy = kmemdup(reference, sizeof(*reference),
		       gfp | __GFP_ACCOUNT | __GFP_NOWARN);
	if (!copy)
		return -ENOMEM;
	reference_get(copy);
	xa_lock(&table->entries);
	err = insert(table, copy);
	handle = copy->handle;
	xa_unlock(&table->entries);
	if (!err)
		return handle;	/* its entry may be gone already */
	spin_reference_put(copy);
	kfree(copy);
	return err;
}

static struct spin_reference *find(struct spin_references *table, u64 handle)
{
	struct spin_reference *reference;

	lockdep_assert_held(&table->entries.xa_lock);
	reference = xa_load(&table->entries, handle & INDEX_MASK);
	return reference && reference->handle == handle ? reference : NULL;
}

/**
 * spin_reference_get - what a handle stands for
 * @table: whose file is held by the caller
 * @handle: from user space, anything
 * @reference: set to a copy, to be given back by spin_reference_put()
 *
 * Any process context. Returns 0; -ENOENT: it stands for nothing (any more);
 * -ESTALE: for a value of an extension that is gone; -EKEYREVOKED: for a capability
 * that was revoked.
 */
int spin_reference_get(struct spin_references *table, u64 handle,
		       struct spin_reference *reference)
{
	struct spin_reference *found;
	int err = -ENOENT;

	xa_lock(&table->entries);
	found = find(table, handle);
	if (found)
		err = stale(found);
	if (!err) {
		*reference = *found;
		reference_get(reference);
	}
	xa_unlock(&table->entries);
	return err;
}

/**
 * spin_reference_remove - take a reference out of a table
 * @table: whose file is held by the caller
 * @handle: from user space, anything
 * @ext: extension that asks; NULL: the application does
 *
 * Who uses it at the time goes on doing so. Any process context. Returns 0;
 * -ENOENT: there is none; -EPERM: another extension externalised it.
 */
int spin_reference_remove(struct spin_references *table, u64 handle,
			  const struct spin_extension *ext)
{
	struct spin_reference *found;

	xa_lock(&table->entries);
	found = find(table, handle);
	if (found && ext && found->ext->lineage != ext->lineage) {
		xa_unlock(&table->entries);
		return -EPERM;
	}
	if (found) {
		__xa_erase(&table->entries, handle & INDEX_MASK);
		WRITE_ONCE(table->count, table->count - 1);
	}
	xa_unlock(&table->entries);
	if (!found)
		return -ENOENT;
	reference_free(found);
	return 0;
}

/**
 * spin_reference_next - walk a table
 * @table: whose file is held by the caller
 * @handle: the last one seen, which may be gone; 0 to start
 * @reference: set to a copy of the next, to be given back
 *
 * Those of extensions that are gone are shown, too. Returns 0, or -ENOENT: there
 * is no further one.
 */
int spin_reference_next(struct spin_references *table, u64 handle,
			struct spin_reference *reference)
{
	unsigned long index = handle & INDEX_MASK;
	struct spin_reference *found;

	xa_lock(&table->entries);
	found = xa_find_after(&table->entries, &index, INDEX_MASK, XA_PRESENT);
	if (found) {
		*reference = *found;
		reference_get(reference);
	}
	xa_unlock(&table->entries);
	return found ? 0 : -ENOENT;
}
