/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Translation: ranges of memory whose pages an extension supplies. What its
 * parts offer to each other, and to /dev/spin.
 */
#ifndef _SPIN_TRANSLATION_H
#define _SPIN_TRANSLATION_H

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/xarray.h>
#include <spin/spin.h>

/* ---- translation.c: the range, its file, its mappings ---- */

/**
 * struct spin_translation - a range of pages that can be mapped (SPIN:
 *	Translation.T)
 * @table: by index in the range: a page, of which this is one reference, or
 *	how far the answer to a fault has come; its own lock
 * @wait: for the ends of raises
 * @lock: of the two lists; the table's is taken under it
 * @waiters: faults that wait for another one's raise
 * @refusals: faults that have been refused and do not know it yet
 * @refusals_count: how many
 * @id: never used again
 * @tag: the creator's number
 * @pages: how many the range has
 * @ext: name of the extension that the creator lets supply them
 * @mapping: that its mappings are of
 * @users: capabilities that are being used on it; lock of the table of ranges
 * @present: pages that are there
 * @faults: raises
 * @refused: raises that gave no page
 * @empty: those of them that a handler said it had resolved
 * @unasked: faults that no handler was asked about: there was too little stack
 * @discarded: pages that were taken out again
 *
 * Owned by its file, whose release frees it and its pages. Each mapping, each
 * fault in one, and thus each raise holds the file: nothing raises when there is
 * no file. A capability does not hold it, but finds it by its id, and keeps the
 * release waiting while it is being used. What has no lock named is set before
 * the file is there, or is atomic.
 */
struct spin_translation {
	struct xarray table;
	wait_queue_head_t wait;
	spinlock_t lock;
	struct list_head waiters;
	struct list_head refusals;
	u32 refusals_count;
	u64 id;
	u64 tag;
	u64 pages;
	char ext[SPIN_NAME_LEN];
	struct address_space *mapping;
	u32 users;
	atomic64_t present;
	atomic64_t faults;
	atomic64_t refused;
	atomic64_t empty;
	atomic64_t unasked;
	atomic64_t discarded;
};

struct file *
spin_translation_create(const struct spin_ioc_translation_create *block,
			u64 *id);
bool spin_translation_next(struct spin_ioc_translation_next *block);
struct spin_translation *spin_translation_of(const struct file *file);
struct spin_translation *spin_translation_use(u64 id);
void spin_translation_done(struct spin_translation *translation);
u32 spin_translation_discard(struct spin_translation *translation, u64 page,
			     u32 count);
struct page *spin_translation_page_new(void);
void spin_translation_page_free(struct page *page);

/* ---- region.c: the capability ---- */

bool spin_region_holds(const struct spin_extension *ext,
		       const struct spin_translation *translation);
extern const struct spin_kfunc_table spin_region_kfuncs;
extern const struct spin_capability_type spin_region_type;

/* ---- fault.c: the event ---- */

/**
 * struct spin_fault_origin - a fault that needs a page
 * @page: its index
 * @address: that was touched
 * @write: it was to be written
 * @mm: if a thread of the kernel touched it: on whose behalf; held. Else NULL
 */
struct spin_fault_origin {
	u64 page;
	u64 address;
	bool write;
	struct mm_struct *mm;
};

struct page *spin_fault_raise(struct spin_translation *translation,
			      const struct spin_fault_origin *origin);

/*
 * Has the last task of an address space ended? A thread of the kernel may still
 * hold it, and have faults in it (KVM's, for pages of a guest's memory), which
 * nobody can kill.
 */
static inline bool spin_mm_is_left(const struct mm_struct *mm)
{
#ifdef CONFIG_MEMCG
	return !rcu_access_pointer(mm->owner);
#else
	return !atomic_read(&mm->mm_users);
#endif
}

#endif /* _SPIN_TRANSLATION_H */
