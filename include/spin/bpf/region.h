/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Granted ranges of memory (part of interface Translation). An application
 * makes a range by SPIN_IOC_TRANSLATION_CREATE, and a user grants it by --grant
 * NAME=region:PID/FD. An extension that holds the range with the rights READ
 * and WRITE may handle its faults, as the extension that its creator named does
 * (<spin/bpf/translation.h>).
 */
#ifndef _SPIN_BPF_REGION_H
#define _SPIN_BPF_REGION_H

#include <spin/bpf/spin.h>

/*
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
extern int spin_region_info(struct spin_ctx *ctx, spin_region_t region,
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
extern int spin_region_discard(struct spin_ctx *ctx, spin_region_t region,
			       __u64 page, __u32 count) __ksym;

#endif /* _SPIN_BPF_REGION_H */
