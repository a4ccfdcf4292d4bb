/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Translation: event Translation.PageNotPresent, raised when a page is
 * touched that is not there, of a range that an application made and said this
 * extension may page (SPIN_IOC_TRANSLATION_CREATE in <linux/spin.h>). Context:
 * struct spin_fault.
 *
 * Raised in the task that faults, which waits; once for a page, however many
 * touch it at a time. The page becomes visible, whole, when a handler says
 * SPIN_FAULT_RESOLVED, and then stays as long as the range. What a handler has
 * made of a page and then passes on with SPIN_FAULT_PASS is forgotten: the next
 * one starts with no page. Said of a page that was not made, SPIN_FAULT_RESOLVED
 * resolves nothing; the range counts it. If nobody resolves the fault, the
 * application gets SIGBUS, and its next touch raises again.
 *
 * The task that faults may be in a system call, and hold whatever locks it took
 * there. It must not be made to wait for something that waits for it.
 */
#ifndef _SPIN_BPF_VM_H
#define _SPIN_BPF_VM_H

#include <spin/bpf/spin.h>

/*
 * All of these are for sleepable handlers of Translation.PageNotPresent. The
 * first call of a handler makes the page, of zeroes. Common errors: -ENOMEM;
 * -EDQUOT: there are as many pages as all ranges together may have.
 */

/**
 * spin_fault_zero - make the page that is missing one of zeroes
 * @fault: the context
 *
 * What this handler wrote to it before is gone.
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
 * What is behind the end of the file is zero. After an error the page is of
 * zeroes, or in part of the file: pass, or write to it.
 *
 * Returns: how many bytes are the file's; -ENODATA: @offset is at or behind its
 * end; -ENOENT: the slot is empty; -EBADF: it holds something else; -ENOMEM;
 * -EDQUOT; -EIO, or what else the file system has to say.
 */
extern int spin_fault_read(struct spin_fault *fault, spin_file_t file,
			   __u64 offset) __ksym;

#endif /* _SPIN_BPF_VM_H */
