/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Translation: event Translation.PageNotPresent is raised when a page
 * is touched that is not there, of a range that an application made for this
 * extension to page (SPIN_IOC_TRANSLATION_CREATE in <linux/spin.h>). The context
 * is struct spin_fault.
 *
 * It is raised in the task that faults, which waits, and once for a page,
 * however many tasks touch it at a time. The page becomes visible, whole, when a
 * handler says SPIN_FAULT_RESOLVED, and then stays as long as the range. If a
 * handler has made a page and then returns SPIN_FAULT_PASS, the page is
 * forgotten: the next handler starts with none. SPIN_FAULT_RESOLVED without a
 * page resolves nothing; the range counts that. If nobody resolves the fault,
 * the application gets SIGBUS, and its next touch raises again.
 *
 * The task that faults may be in a system call, and hold any locks that it took
 * there. A handler must not wait for something that waits for this task.
 */
#ifndef _SPIN_BPF_TRANSLATION_H
#define _SPIN_BPF_TRANSLATION_H

#include <spin/bpf/spin.h>

/*
 * Sleepable handlers of Translation.PageNotPresent may call these. The first
 * call of a handler makes the page, of zeroes. Common errors: -ENOMEM;
 * -EDQUOT: there are as many pages as all ranges together may have.
 */

/**
 * spin_fault_zero - make the page that is missing one of zeroes
 * @fault: the context
 *
 * Bytes that this handler wrote to it before are gone.
 *
 * Returns: 0; -ENOMEM; -EDQUOT.
 */
extern int spin_fault_zero(struct spin_fault *fault) __ksym;

/**
 * spin_fault_write - write to the page that is missing
 * @fault: the context
 * @offset: where, in the page
 * @buf: what
 * @buf__sz: its size in bytes
 *
 * Returns: 0; -EINVAL: beyond the page's end; -ENOMEM; -EDQUOT.
 */
extern int spin_fault_write(struct spin_fault *fault, __u32 offset,
			    const void *buf, __u32 buf__sz) __ksym;

/**
 * spin_fault_read - make the page that is missing a copy of a file's bytes
 * @fault: the context
 * @file: slot of a File capability
 * @offset: in the file, of the first byte
 *
 * Bytes behind the end of the file are zero. After an error the page has
 * zeroes, or in part bytes of the file: pass, or write to it.
 *
 * Returns: how many bytes are the file's; -ENODATA: @offset is at or behind its
 * end; -ENOENT: the slot is empty; -EBADF: it holds something else; -ENOMEM;
 * -EDQUOT; -EIO, or another error of the file system.
 */
extern int spin_fault_read(struct spin_fault *fault, spin_file_t file,
			   __u64 offset) __ksym;

/*
 * Granted ranges. An application makes a range by SPIN_IOC_TRANSLATION_CREATE, and a
 * user grants it by --grant NAME=translation:PID/FD. An extension that holds the range
 * with the rights READ and WRITE may handle its faults, as the extension that its
 * creator named does.
 *
 * Common errors: -ENXIO: the range is gone, closed and unmapped by all; -ENOENT:
 * slot @region is empty; -EBADF: it holds something else; -EACCES: it lacks the
 * right; -EKEYREVOKED: it was taken away; -ESHUTDOWN: the extension is being
 * unloaded.
 */

/**
 * spin_region_info - look at a range
 * @ctx: context of the handler
 * @region: slot of the capability; right READ
 * @info: filled in
 *
 * Sleepable handlers may call it, those of page faults included.
 *
 * Returns: 0, or an error.
 */
extern int spin_region_info(struct spin_ctx *ctx, spin_translation_t region,
			    struct spin_region_info *info) __ksym;

/**
 * spin_region_discard - take pages out of a range (SPIN: Translation.RemoveMapping,
 *	PhysAddr.Reclaim)
 * @ctx: context of the handler
 * @region: slot of the capability; right WRITE
 * @page: index of the first page
 * @count: how many indexes, 1 to 65536
 *
 * The contents of the pages are lost; the next touch of one raises
 * Translation.PageNotPresent again. If a user of a page has pinned it (for a
 * device to read or write), they keep it until they are done, but it is no longer
 * the range's. A page whose fault is being answered just now is left alone.
 * Sleepable handlers may call this, those of page faults included.
 *
 * Returns: how many pages there were; -EINVAL: @count, or the range has fewer.
 */
extern int spin_region_discard(struct spin_ctx *ctx, spin_translation_t region,
			       __u64 page, __u32 count) __ksym;

#endif /* _SPIN_BPF_TRANSLATION_H */
