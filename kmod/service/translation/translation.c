// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges of memory whose pages an extension supplies, when they are touched.
 *
 * A range is a file, to be mapped shared. Its pages are ordinary, refcounted
 * ones, charged to the memory cgroup of who touches them first: they can be
 * pinned, sent and looked at by a debugger as other memory can.
 *
 * A fault on a page that is not there raises an event whose handlers may sleep,
 * so no lock of the address space may be held meanwhile: a slow handler would
 * hold up every mmap() and fork() of the process. The fault takes a reference to
 * the file, lets the lock go, raises, puts the page into the table, and has the
 * kernel try the fault again, which then finds the page. When the lock is gone
 * the mapping may be, too, so nothing else of the fault is used from there on.
 *
 * That the raise gave no page cannot be returned without the lock either. It is
 * noted for the task, and nothing is left in the table: the task's fault is tried
 * again, takes the note and ends in SIGBUS; a new one raises again. If a signal is
 * handled before the fault is tried again it is tried as a new one, so what tells
 * is the task and the address, and not FAULT_FLAG_TRIED.
 *
 * One fault at a time raises for a page; others on it wait for the outcome.
 *
 * Pages can be taken out again. As in the page cache, the page's lock keeps that
 * apart from a fault which has found the page and is about to map it: the fault
 * looks again once it has the lock, and the kernel unlocks when it has mapped.
 * Until the last mapping of the page is gone nobody gets a new one in its place:
 * else both could be seen at a time.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/pagemap.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "../../extension/files.h"
#include "translation.h"

/* In the table, in place of a page. */
#define PAGE_RAISING	xa_mk_value(1)	/* the event is being raised for it */
#define PAGE_LEAVING	xa_mk_value(2)	/* it is being taken out */

static DEFINE_XARRAY(translations);	/* by id */
static atomic64_t last_id = ATOMIC64_INIT(0);

/* ---- pages ---- */

static unsigned long translation_pages;
module_param(translation_pages, ulong, 0644);
MODULE_PARM_DESC(translation_pages,
		 "most pages that all mapped ranges may have (default: 0: a quarter of memory)");

static atomic_long_t pages_used = ATOMIC_LONG_INIT(0);

static unsigned long pages_max(void)
{
	return READ_ONCE(translation_pages) ?: totalram_pages() / 4;
}

/*
 * A page of zeroes, for the caller to put into a table or to free. They cannot be
 * swapped out, so there is a limit. Process context, sleeps. Returns it,
 * ERR_PTR(-EDQUOT) or ERR_PTR(-ENOMEM).
 */
struct page *spin_translation_page_new(void)
{
	struct page *page;

	if (atomic_long_inc_return(&pages_used) > pages_max()) {
		atomic_long_dec(&pages_used);
		return ERR_PTR(-EDQUOT);
	}
	page = alloc_page(GFP_USER | __GFP_ACCOUNT | __GFP_ZERO);
	if (!page) {
		atomic_long_dec(&pages_used);
		return ERR_PTR(-ENOMEM);
	}
	return page;
}

/* If somebody has pinned the page, they keep it until they are done. */
void spin_translation_page_free(struct page *page)
{
	put_page(page);
	atomic_long_dec(&pages_used);
}

/* ---- refusals ---- */

/*
 * Notes of a range, at most. Each is there for as long as its fault takes to be
 * tried again; one whose task does not come back is the first to go. Whose note is
 * gone raises once more.
 */
#define REFUSALS_MAX	256

/**
 * struct refusal - no page was given to a fault
 * @node: in its range's list, the latest first
 * @task: that is to find it; a reference
 * @address: that it touched
 * @until: in jiffies: what is touched later is touched anew, by a task that did not
 *	come back to the fault (a signal's handler went elsewhere)
 */
struct refusal {
	struct list_head node;
	struct pid *task;
	unsigned long address;
	unsigned long until;
};

static void refusal_free(struct refusal *refusal)
{
	if (!refusal)
		return;
	put_pid(refusal->task);
	kfree(refusal);
}

static struct refusal *refusal_remove(struct spin_translation *translation,
				      struct refusal *refusal)
{
	lockdep_assert_held(&translation->lock);
	if (refusal) {
		list_del(&refusal->node);
		translation->refusals_count--;
	}
	return refusal;
}

/* This task's: it has one at most. */
static struct refusal *refusal_find(struct spin_translation *translation)
{
	struct refusal *refusal;

	lockdep_assert_held(&translation->lock);
	list_for_each_entry(refusal, &translation->refusals, node)
		if (refusal->task == task_pid(current))
			return refusal;
	return NULL;
}

/* Without memory for it, the fault raises once more when it is tried again. */
static void refusal_note(struct spin_translation *translation,
			 unsigned long address)
{
	struct refusal *refusal = kmalloc(sizeof(*refusal), GFP_KERNEL_ACCOUNT);
	struct refusal *old;

	if (!refusal)
		return;
	refusal->task = get_pid(task_pid(current));
	refusal->address = address;
	refusal->until = jiffies + HZ;
	spin_lock(&translation->lock);
	old = refusal_find(translation);
	if (!old && translation->refusals_count == REFUSALS_MAX)
		old = list_last_entry(&translation->refusals, struct refusal,
				      node);
	refusal_remove(translation, old);
	list_add(&refusal->node, &translation->refusals);
	translation->refusals_count++;
	spin_unlock(&translation->lock);
	refusal_free(old);
}

/* Was this task's last fault at this address refused? Once, it is. */
static bool refusal_take(struct spin_translation *translation,
			 unsigned long address)
{
	struct refusal *refusal;
	bool refused;

	/* Its own note the task sees without the lock, too. */
	if (list_empty_careful(&translation->refusals))
		return false;
	spin_lock(&translation->lock);
	refusal = refusal_find(translation);
	if (refusal && refusal->address != address)
		refusal = NULL;
	refusal_remove(translation, refusal);
	spin_unlock(&translation->lock);
	if (!refusal)
		return false;
	refused = time_before(jiffies, refusal->until);
	refusal_free(refusal);
	return refused;
}

static void refusals_free(struct spin_translation *translation)
{
	struct refusal *refusal, *next;

	list_for_each_entry_safe(refusal, next, &translation->refusals, node)
		refusal_free(refusal);
}

/* ---- faults ---- */

static bool is_page(const void *entry)
{
	return entry && !xa_is_value(entry);
}

/* Somebody else is at it. */
static bool is_busy(const void *entry)
{
	return entry == PAGE_RAISING || entry == PAGE_LEAVING;
}

/*
 * May the event be raised for this fault? Not if the fault cannot be tried again;
 * nor for a process that is past being killed, or writes its core.
 */
static bool may_raise(const struct vm_fault *vmf)
{
	if (!(vmf->flags & FAULT_FLAG_ALLOW_RETRY))
		return false;
	if (current->flags & PF_KTHREAD)
		return !spin_mm_is_left(vmf->vma->vm_mm);
	return !(current->flags & (PF_EXITING | PF_DUMPCORE));
}

/* Is it for the caller to raise? If not, somebody else does, or has. */
static bool page_claim(struct spin_translation *translation, u64 index,
		       void *entry, bool *claimed)
{
	void *was;

	*claimed = false;
	if (is_busy(entry))
		return true;
	was = xa_cmpxchg(&translation->table, index, entry, PAGE_RAISING,
			 GFP_KERNEL_ACCOUNT);
	if (xa_is_err(was))
		return false;
	*claimed = was == entry;
	return true;
}

/**
 * struct waiter - a fault that waits for the outcome of another one's raise
 * @node: in its range's list
 * @index: of the page
 * @refused: the raise gave no page; set once, under the range's lock
 *
 * On the stack of the task that waits.
 */
struct waiter {
	struct list_head node;
	u64 index;
	bool refused;
};

/* In the table nothing is left of it. */
static void page_refuse(struct spin_translation *translation, u64 index)
{
	struct waiter *waiter;

	spin_lock(&translation->lock);
	list_for_each_entry(waiter, &translation->waiters, node)
		if (waiter->index == index)
			WRITE_ONCE(waiter->refused, true);
	xa_erase(&translation->table, index);
	spin_unlock(&translation->lock);
}

/* Returns whether there is a page now. */
static bool page_raise(struct spin_translation *translation,
		       const struct spin_fault_origin *origin)
{
	struct page *page = spin_fault_raise(translation, origin);

	if (page) {
		/* Counted first: it may be discarded as soon as it is there. */
		atomic64_inc(&translation->present);
		/* In the place of PAGE_RAISING: allocates nothing, cannot fail. */
		xa_store(&translation->table, origin->page, page, GFP_KERNEL);
	} else {
		page_refuse(translation, origin->page);
	}
	wake_up_all(&translation->wait);
	return page;
}

static bool is_decided(struct spin_translation *translation,
		       const struct waiter *waiter)
{
	return READ_ONCE(waiter->refused) ||
	       !is_busy(xa_load(&translation->table, waiter->index));
}

/* Who is killed does not wait any longer: the caller's caller looks. */
static void wait_for_other(struct spin_translation *translation,
			   const struct waiter *waiter,
			   const struct mm_struct *mm)
{
	if (!mm) {
		(void)wait_event_killable(translation->wait,
					  is_decided(translation, waiter));
		return;
	}
	/* Nobody kills a thread of the kernel. */
	while (!spin_mm_is_left(mm) &&
	       !wait_event_timeout(translation->wait,
				   is_decided(translation, waiter), HZ / 10))
		;
}

/* Returns false if the other's raise was refused. */
static bool page_wait(struct spin_translation *translation, u64 index,
		      const struct mm_struct *mm)
{
	struct waiter waiter = { .index = index };

	/* Who refuses looks at the list with the lock held, and then erases. */
	spin_lock(&translation->lock);
	list_add(&waiter.node, &translation->waiters);
	spin_unlock(&translation->lock);
	wait_for_other(translation, &waiter, mm);
	spin_lock(&translation->lock);
	list_del(&waiter.node);
	spin_unlock(&translation->lock);
	return !waiter.refused;
}

static vm_fault_t page_ask(struct vm_fault *vmf, void *entry)
{
	struct file *file = vmf->vma->vm_file;
	struct spin_translation *translation = file->private_data;
	struct spin_fault_origin origin = {
		.page = vmf->pgoff,
		.address = vmf->real_address,
		.write = vmf->flags & FAULT_FLAG_WRITE,
		.mm = current->flags & PF_KTHREAD ? vmf->vma->vm_mm : NULL,
	};
	bool claimed = false, there;

	if (refusal_take(translation, origin.address) || !may_raise(vmf))
		return VM_FAULT_SIGBUS;
	if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT)
		return VM_FAULT_RETRY;	/* with the lock held */
	if (!fatal_signal_pending(current) &&
	    !page_claim(translation, origin.page, entry, &claimed))
		return VM_FAULT_OOM;

	get_file(file);
	if (origin.mm)
		mmgrab(origin.mm);
	release_fault_lock(vmf);
	if (claimed)
		there = page_raise(translation, &origin);
	else
		there = page_wait(translation, origin.page, origin.mm);
	if (!there)
		refusal_note(translation, origin.address);
	if (origin.mm)
		mmdrop(origin.mm);
	fput(file);
	/* Major: under a VMA's lock, only that makes it FAULT_FLAG_TRIED. */
	return VM_FAULT_RETRY | VM_FAULT_MAJOR;
}

/* What the table has; if that is a page, with a reference to it. */
static void *entry_get(struct spin_translation *translation, u64 index)
{
	void *entry;

	xa_lock(&translation->table);
	entry = xa_load(&translation->table, index);
	if (is_page(entry))
		get_page(entry);
	xa_unlock(&translation->table);
	return entry;
}

/* Lock a page, unless it has been taken out; else let go of it. */
static bool page_lock(struct spin_translation *translation, u64 index,
		      struct page *page)
{
	folio_lock(page_folio(page));
	if (likely(xa_load(&translation->table, index) == page))
		return true;
	folio_unlock(page_folio(page));
	put_page(page);
	return false;
}

static vm_fault_t translation_fault(struct vm_fault *vmf)
{
	struct spin_translation *translation = vmf->vma->vm_file->private_data;
	void *entry;

	if (vmf->pgoff >= translation->pages)
		return VM_FAULT_SIGBUS;
	do {
		entry = entry_get(translation, vmf->pgoff);
		if (!is_page(entry))
			return page_ask(vmf, entry);
	} while (!page_lock(translation, vmf->pgoff, entry));
	vmf->page = entry;
	/* Of such a page, locked, the kernel would look for the mapping. */
	if (unlikely(PageHWPoison(vmf->page))) {
		folio_unlock(page_folio(vmf->page));
		put_page(vmf->page);
		return VM_FAULT_HWPOISON;
	}
	return VM_FAULT_LOCKED;
}

static const struct vm_operations_struct translation_vm_ops = {
	.fault = translation_fault,
};

/* ---- taking pages out ---- */

#define DISCARD_BATCH	32

/* Some pages that are being taken out, and their indexes. */
struct batch {
	u32 count;
	unsigned long index[DISCARD_BATCH];
	struct page *page[DISCARD_BATCH];
};

static void batch_take(struct spin_translation *translation,
		       struct batch *batch, unsigned long from,
		       unsigned long last)
{
	unsigned long index;
	void *entry;

	batch->count = 0;
	xa_for_each_range(&translation->table, index, entry, from, last) {
		/* A value in the place of a page: allocates nothing. */
		if (!is_page(entry) ||
		    xa_cmpxchg(&translation->table, index, entry, PAGE_LEAVING,
			       0) != entry)
			continue;
		batch->index[batch->count] = index;
		batch->page[batch->count] = entry;
		if (++batch->count == DISCARD_BATCH)
			break;
	}
}

static void batch_unmap(struct spin_translation *translation,
			const struct batch *batch)
{
	loff_t first = batch->index[0];
	loff_t last = batch->index[batch->count - 1];
	u32 i;

	/* Faults that had found one have mapped it once its lock was had. */
	for (i = 0; i < batch->count; i++) {
		folio_lock(page_folio(batch->page[i]));
		folio_unlock(page_folio(batch->page[i]));
	}
	unmap_mapping_range(translation->mapping, first << PAGE_SHIFT,
			    (last - first + 1) << PAGE_SHIFT, 1);
}

static void batch_free(struct spin_translation *translation,
		       const struct batch *batch)
{
	u32 i;

	for (i = 0; i < batch->count; i++) {
		xa_erase(&translation->table, batch->index[i]);
		spin_translation_page_free(batch->page[i]);
	}
	wake_up_all(&translation->wait);
}

/**
 * spin_translation_discard - take pages out of a range (SPIN: RemoveMapping,
 *	Reclaim)
 * @translation: in use
 * @page: index of the first
 * @count: how many indexes
 *
 * The contents are lost; the next touch raises the event. If somebody has pinned
 * a page, they keep it, and nobody else sees what they write to it. A page that
 * is being supplied just now is left alone. Process context, without any lock of
 * an address space or page; sleeps.
 *
 * Returns how many there were.
 */
u32 spin_translation_discard(struct spin_translation *translation, u64 page,
			     u32 count)
{
	unsigned long from = page, last = page + count - 1;
	struct batch batch;
	u32 done = 0;

	/* Always on, so that it ends even if pages are supplied meanwhile. */
	for (; from <= last; from = batch.index[batch.count - 1] + 1) {
		batch_take(translation, &batch, from, last);
		if (!batch.count)
			break;
		batch_unmap(translation, &batch);
		batch_free(translation, &batch);
		done += batch.count;
		cond_resched();
	}
	atomic64_sub(done, &translation->present);
	atomic64_add(done, &translation->discarded);
	return done;
}

/* ---- the file ---- */

/*
 * Shared mappings only: private ones would be copied without the extension
 * knowing. Not to be executed, on any kernel: some mount the files of anonymous
 * inodes so. Cannot be expanded beyond the end of the range.
 */
static int translation_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct spin_translation *translation = file->private_data;

	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	if (vma->vm_flags & VM_EXEC)
		return -EPERM;
	if (vma->vm_pgoff > translation->pages ||
	    vma_pages(vma) > translation->pages - vma->vm_pgoff)
		return -EINVAL;
	vm_flags_mod(vma, VM_DONTEXPAND, VM_MAYEXEC);
	vma->vm_ops = &translation_vm_ops;
	return 0;
}

/* The first page at @from or behind it that is there; or where the range ends. */
static u64 data_from(struct spin_translation *translation, u64 from)
{
	unsigned long index;
	void *entry;

	xa_for_each_range(&translation->table, index, entry, from,
			  translation->pages - 1) {
		if (is_page(entry))
			return index;
		cond_resched();
	}
	return translation->pages;
}

/* The first one that is not. */
static u64 hole_from(struct spin_translation *translation, u64 from)
{
	unsigned long index, next = from;
	void *entry;

	xa_for_each_range(&translation->table, index, entry, from,
			  translation->pages - 1) {
		if (index != next || !is_page(entry))
			break;
		next++;
		cond_resched();
	}
	return next;
}

/* As in a file of tmpfs, data are the pages that are there. */
static loff_t translation_llseek(struct file *file, loff_t offset, int whence)
{
	struct spin_translation *translation = file->private_data;
	loff_t size = translation->pages << PAGE_SHIFT;
	u64 page;

	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return generic_file_llseek_size(file, offset, whence,
						MAX_LFS_FILESIZE, size);
	if (offset < 0 || offset >= size)
		return -ENXIO;
	page = whence == SEEK_DATA ?
	       data_from(translation, offset >> PAGE_SHIFT) :
	       hole_from(translation, offset >> PAGE_SHIFT);
	if (whence == SEEK_DATA && page == translation->pages)
		return -ENXIO;
	return vfs_setpos(file, max_t(loff_t, offset, page << PAGE_SHIFT),
			  MAX_LFS_FILESIZE);
}

static void pages_free(struct spin_translation *translation)
{
	unsigned long index;
	void *entry;

	xa_for_each(&translation->table, index, entry) {
		WARN_ON_ONCE(is_busy(entry));
		if (is_page(entry))
			spin_translation_page_free(entry);
		cond_resched();
	}
	xa_destroy(&translation->table);
	refusals_free(translation);
}

/* A range by its id, to be used until spin_translation_done(); NULL: it is gone. */
struct spin_translation *spin_translation_use(u64 id)
{
	struct spin_translation *translation;

	xa_lock(&translations);
	translation = xa_load(&translations, id);
	if (translation)
		translation->users++;
	xa_unlock(&translations);
	return translation;
}

void spin_translation_done(struct spin_translation *translation)
{
	xa_lock(&translations);
	/* The waiting task frees it, but not before it gets the lock. */
	if (!--translation->users)
		wake_up_all(&translation->wait);
	xa_unlock(&translations);
}

static bool unused(const struct spin_translation *translation)
{
	bool is_unused;

	xa_lock(&translations);
	is_unused = !translation->users;
	xa_unlock(&translations);
	return is_unused;
}

/*
 * No descriptor, no mapping and no fault is left, and nobody finds it any more.
 * Uses are short: none waits for a fault.
 */
static int translation_release(struct inode *inode, struct file *file)
{
	struct spin_translation *translation = file->private_data;

	xa_erase(&translations, translation->id);
	wait_event(translation->wait, unused(translation));
	pages_free(translation);
	kfree(translation);
	spin_handle_closed();
	return 0;
}

/* /proc/PID/fdinfo/FD */
static void translation_show(struct seq_file *m, struct file *file)
{
	const struct spin_translation *translation = file->private_data;

	seq_printf(m, "range:\t%llu\ntag:\t%llu\npages:\t%llu\npresent:\t%lld\nextension:\t%s\n",
		   translation->id, translation->tag, translation->pages,
		   atomic64_read(&translation->present), translation->ext);
}

static const struct file_operations translation_fops = {
	.owner = THIS_MODULE,
	.mmap = translation_mmap,
	.release = translation_release,
	.show_fdinfo = translation_show,
	.llseek = translation_llseek,
	.fsync = noop_fsync,	/* there is no place to write to: as tmpfs */
};

/* The range that an open file is, or NULL. */
struct spin_translation *spin_translation_of(const struct file *file)
{
	return file->f_op == &translation_fops ? file->private_data : NULL;
}

static struct spin_translation *
translation_new(const struct spin_ioc_translation_create *block)
{
	struct spin_translation *translation =
		kzalloc(sizeof(*translation), GFP_KERNEL_ACCOUNT);

	if (!translation)
		return NULL;
	xa_init_flags(&translation->table, XA_FLAGS_ACCOUNT);
	init_waitqueue_head(&translation->wait);
	spin_lock_init(&translation->lock);
	INIT_LIST_HEAD(&translation->waiters);
	INIT_LIST_HEAD(&translation->refusals);
	translation->id = atomic64_inc_return(&last_id);
	translation->tag = block->tag;
	translation->pages = block->length >> PAGE_SHIFT;
	strscpy(translation->ext, block->ext, sizeof(translation->ext));
	return translation;
}

/**
 * spin_translation_create - a range that an extension may supply pages to
 * @block: the request, looked at by the caller
 * @id: set to the range's
 *
 * Each has an inode of its own: what is done to the mappings of one file must
 * not reach those of others. Process context.
 *
 * Returns its file, or ERR_PTR(-ENOMEM) and what else has no room for a file.
 */
struct file *
spin_translation_create(const struct spin_ioc_translation_create *block,
			u64 *id)
{
	struct spin_translation *translation = translation_new(block);
	struct file *file;
	int err;

	if (!translation)
		return ERR_PTR(-ENOMEM);
	err = xa_err(xa_store(&translations, translation->id, translation,
			      GFP_KERNEL_ACCOUNT));
	if (err)
		goto err_free;
	file = anon_inode_create_getfile("[spin-translation]",
					 &translation_fops, translation,
					 O_RDWR | O_CLOEXEC, NULL);
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
		goto err_erase;
	}
	i_size_write(file_inode(file), block->length);
	/* Core dumps take what has no name for anonymous memory, which it is. */
	clear_nlink(file_inode(file));
	translation->mapping = file->f_mapping;
	atomic_inc(&spin_open_files);
	*id = translation->id;
	return file;

err_erase:
	xa_erase(&translations, translation->id);
err_free:
	kfree(translation);
	return ERR_PTR(err);
}

/* The range with the smallest id above that of @block. False: none. */
bool spin_translation_next(struct spin_ioc_translation_next *block)
{
	const struct spin_translation *translation;
	unsigned long id = block->id;

	/* Under its lock: a release erases before it frees. */
	xa_lock(&translations);
	translation = xa_find_after(&translations, &id, ULONG_MAX, XA_PRESENT);
	if (translation) {
		block->id = translation->id;
		block->tag = translation->tag;
		block->length = translation->pages << PAGE_SHIFT;
		block->present = atomic64_read(&translation->present);
		block->faults = atomic64_read(&translation->faults);
		block->refused = atomic64_read(&translation->refused);
		block->empty = atomic64_read(&translation->empty);
		block->unasked = atomic64_read(&translation->unasked);
		strscpy_pad(block->ext, translation->ext, sizeof(block->ext));
	}
	xa_unlock(&translations);
	return translation;
}
