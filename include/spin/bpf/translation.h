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

#endif /* _SPIN_BPF_TRANSLATION_H */
