// SPDX-License-Identifier: GPL-2.0
/*
 * Event Translation.PageNotPresent, and the kernel functions by which its
 * handlers make the page that is missing.
 *
 * Who maps a range decides who may page it: it names an extension when it
 * creates the range, or grants the range to others, and the event's authorizer
 * imposes on every binding a guard that lets only faults of such ranges through
 * (SPIN: key Translation.T, and the guard "map = key"). Consent is by name, so that a range
 * goes on being paged by the next version of its extension; to take the name an
 * extension must be loaded, for which one needs more rights than for a range.
 */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <spin/spin.h>
#include "../io.h"
#include "translation.h"

/**
 * struct fault_raise - one raise
 * @translation: of the page that is missing; its file is held by the fault
 * @page: what a handler has made, not yet seen by anybody; NULL: nothing
 * @supplier: the binding that made it
 * @mm: of the fault's origin
 * @fault: the context
 *
 * On the stack of the task that faults, as the hidden header is.
 */
struct fault_raise {
	struct spin_translation *translation;
	struct page *page;
	struct spin_binding *supplier;
	const struct mm_struct *mm;
	SPIN_CONTEXT(struct spin_fault, fault);
};
SPIN_CONTEXT_CHECK(struct fault_raise, fault);

static struct spin_event fault_event;

/* ---- kernel functions ---- */

static struct fault_raise *raise_of(struct spin_fault *fault)
{
	return container_of(fault, struct fault_raise, fault);
}

static bool supplied(const struct fault_raise *r)
{
	return r->page && r->supplier == r->raise.binding;
}

/* The page of the handler that runs, of zeroes if it had none. */
static struct page *page_of(struct fault_raise *r)
{
	struct page *page = r->page;

	if (supplied(r))
		return page;
	if (page) {
		/* Of one that ran before, and passed. */
		clear_highpage(page);
	} else {
		page = spin_translation_page_new();
		if (IS_ERR(page))
			return page;
	}
	r->page = page;
	r->supplier = r->raise.binding;
	return page;
}

/*
 * Bytes of a file, by way of the page cache, and not of the file's read(): the
 * task that faults may hold the inode's lock, while it writes to that file.
 */
static int copy_file(struct spin_capability *capability, u64 offset, u32 len,
		     void *to)
{
	struct spin_fragment fragments[2];
	int count, i;

	count = spin_file_fragments_get(capability, offset, len, fragments,
					ARRAY_SIZE(fragments));
	if (count < 0)
		return count;
	for (i = 0; i < count; i++) {
		memcpy_from_folio(to, fragments[i].folio, fragments[i].offset,
				  fragments[i].len);
		to += fragments[i].len;
	}
	spin_file_fragments_put(fragments, count);
	spin_count_add(capability, SPIN_COUNT_COPIED, len);
	return 0;
}

static int zero_page(struct fault_raise *r)
{
	bool used = supplied(r);
	struct page *page = page_of(r);

	if (IS_ERR(page))
		return PTR_ERR(page);
	if (used)
		clear_highpage(page);
	return 0;
}

/* A page of the file @capability, which is in use; bytes that it had, or errno. */
static int read_file(struct spin_fault *fault,
		     struct spin_capability *capability, u64 offset)
{
	struct fault_raise *r = raise_of(fault);
	s64 size = spin_file_size_of(capability);
	int len, err;

	if (offset >= size)
		return -ENODATA;
	len = min_t(u64, size - offset, PAGE_SIZE);
	err = zero_page(r);
	if (!err)
		err = copy_file(capability, offset, len, page_address(r->page));
	return err ?: len;
}

__bpf_kfunc_start_defs();

__bpf_kfunc int spin_fault_zero(struct spin_fault *fault)
{
	return zero_page(raise_of(fault));
}

__bpf_kfunc int spin_fault_write(struct spin_fault *fault, u32 offset,
				 const void *buf, u32 buf__sz)
{
	struct page *page;

	if (offset > PAGE_SIZE || buf__sz > PAGE_SIZE - offset)
		return -EINVAL;
	page = page_of(raise_of(fault));
	if (IS_ERR(page))
		return PTR_ERR(page);
	memcpy_to_page(page, offset, buf, buf__sz);
	return 0;
}

__bpf_kfunc int spin_fault_read(struct spin_fault *fault, u32 file, u64 offset)
{
	struct spin_capability *capability =
		spin_capability_use(&fault->ctx, file, SPIN_CAP_FILE,
				    SPIN_RIGHT_READ);
	int result;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	result = read_file(fault, capability, offset);
	spin_capability_done(capability);
	return result;
}

__bpf_kfunc_end_defs();

/*
 * Their locks are those that a fault in a mapping of a file takes: pages of the
 * range, and of the file that is read, and what its file system takes to read a
 * page. A task that holds these does not touch user memory that may fault.
 */
#define TRANSLATION_KFUNCS(F) \
	F(spin_fault_zero, KF_TRUSTED_ARGS | KF_SLEEPABLE, 1000, SPIN_CLASS_PAGES, 0) \
	F(spin_fault_write, KF_TRUSTED_ARGS | KF_SLEEPABLE, 1500, SPIN_CLASS_PAGES, 0) \
	F(spin_fault_read, KF_TRUSTED_ARGS | KF_SLEEPABLE, 3000, SPIN_CLASS_PAGES, 0)

SPIN_KFUNC_TABLE(translation_kfuncs, TRANSLATION_KFUNCS);

/* ---- the event ---- */

/* Imposed: is the range one that names this extension, or was granted to it? */
static bool range_is_for(struct spin_raise *raise, u64 closure)
{
	struct fault_raise *r = container_of(raise, struct fault_raise, raise);
	const struct spin_extension *ext = (struct spin_extension *)closure;

	return !strcmp(r->translation->ext, spin_extension_name(ext)) ||
	       spin_region_holds(ext, r->translation);
}

/* The binding, and with it the guard, ends before its extension does. */
static int fault_authorize(struct spin_request *request)
{
	return spin_request_impose(request, range_is_for,
				   (unsigned long)request->ext);
}

/* Of a thread of the kernel's fault: nobody is left who touches the page. */
static bool fault_abandoned(const struct spin_raise *raise)
{
	const struct fault_raise *r =
		container_of_const(raise, struct fault_raise, raise);

	return r->mm && spin_mm_is_left(r->mm);
}

static const struct spin_event_ops fault_ops = {
	.authorize = fault_authorize,
	.abandoned = fault_abandoned,
};

static const struct spin_key fault_keys[] = {
	SPIN_KEY(struct spin_fault, region, "region"),
	SPIN_KEY(struct spin_fault, page, "page"),
	SPIN_KEY(struct spin_fault, tag, "tag"),
};

static struct spin_event fault_event = {
	.name = "Translation.PageNotPresent",
	.interface = "Translation",
	.context = SPIN_CONTEXT_SLEEPABLE,
	/* The system call that touched the page; not what its fault takes itself. */
	.holds = SPIN_CLASS_ALL & ~(SPIN_CLASS_SPINNING | SPIN_CLASS_PAGES),
	.instead = "read a page of a file by spin_fault_read(), which takes none, or ",
	.result_min = SPIN_FAULT_PASS,
	.result_max = SPIN_FAULT_RESOLVED,
	.fold = SPIN_FOLD_FIRST,
	.default_result = SPIN_FAULT_PASS,
	.ctx_size = sizeof(struct spin_fault),
	.keys = fault_keys,
	.key_count = ARRAY_SIZE(fault_keys),
	.ops = &fault_ops,
	.type = "Translation_PageNotPresent",
};

SPIN_EVENT_TYPE(Translation_PageNotPresent, struct spin_fault, fault_event);

/**
 * spin_fault_raise - ask for a page
 * @translation: the caller holds its file
 * @origin: the fault
 *
 * Process context, without any lock of the address space; sleeps.
 *
 * Returns the page, or NULL: no handler resolved it.
 */
struct page *spin_fault_raise(struct spin_translation *translation,
			      const struct spin_fault_origin *origin)
{
	struct fault_raise r = {
		.translation = translation,
		.mm = origin->mm,
		.raise.event = &fault_event,
		.raise.depth = 1,
		.fault = {
			.ctx.event_id = fault_event.id,
			.region = translation->id,
			.page = origin->page,
			.pages = translation->pages,
			.tag = translation->tag,
			.address = origin->address,
			.write = origin->write,
		},
	};
	int result;

	atomic64_inc(&translation->faults);
	result = spin_point_raise_sleepable(&fault_event.point, &r.raise);
	/* The first result that is not PASS ends the raise: its is @binding. */
	if (result == SPIN_FAULT_RESOLVED) {
		if (supplied(&r))
			return r.page;
		atomic64_inc(&translation->empty);
	}
	if (r.page)
		spin_translation_page_free(r.page);
	atomic64_inc(r.raise.depth ? &translation->refused :
				     &translation->unasked);
	return NULL;
}

SPIN_SERVICE(spin_translation_service) = {
	.interface = {
		.name = "Translation",
		.authorize = spin_interface_public,
		.kfuncs = { &translation_kfuncs, &spin_region_kfuncs },
	},
	.kinds = { &spin_region_type },
	.events = { &Translation_PageNotPresent_type },
};
