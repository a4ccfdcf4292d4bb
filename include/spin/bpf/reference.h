/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Reference: an extension gives an application something to name, while
 * it serves a call of it. The application gets a number that means nothing by any
 * other open file; what it stands for is kept by the kernel, and given back to this
 * extension only. References end when they are deleted, by either side, when the
 * open file is closed for good, and when the extension is unloaded or replaced.
 *
 * All of these are for handlers of Trap.SystemCall and Trap.SystemCallSleepable, and
 * are about the open file that the call came by.
 */
#ifndef _SPIN_BPF_REFERENCE_H
#define _SPIN_BPF_REFERENCE_H

#include <spin/bpf/trap.h>

/**
 * spin_externalize_value - a reference to a value of the extension's own
 * @call: the context
 * @type: what the value is, as the extension numbers its types: asked for again by
 *	spin_internalize_value()
 * @value: an index, a key of a map, …: never shown to the application
 *
 * Returns: the reference, a positive number, for spin_syscall_return(); -ENOSPC: the
 * open file has SPIN_REFERENCES_MAX; -EDQUOT: the extension has as many objects as
 * it may; -ENOMEM.
 */
extern __s64 spin_externalize_value(struct spin_syscall *call, __u64 type,
				    __u64 value) __ksym;

/**
 * spin_internalize_value - the value that a reference stands for
 * @call: the context
 * @ref: reference, as the application gave it: anything
 * @type: of the value
 * @value: set to the value
 *
 * Returns: 0; -ENOENT: it stands for nothing (any more); -EBADF: for something of
 * another type; -ESTALE: for something of a version of the extension that is gone.
 */
extern int spin_internalize_value(struct spin_syscall *call, __u64 ref,
				  __u64 type, __u64 *value) __ksym;

/**
 * spin_reference_delete - a reference ends
 * @call: the context
 * @ref: reference, as the application gave it: anything
 *
 * Copies in other files' tables stay. Returns: 0; -ENOENT, -ESTALE as above.
 */
extern int spin_reference_delete(struct spin_syscall *call, __u64 ref) __ksym;

#endif /* _SPIN_BPF_REFERENCE_H */
