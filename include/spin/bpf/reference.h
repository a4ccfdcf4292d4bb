/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Reference: an extension that serves a call of an application can give
 * it something to name. The application gets a number that means nothing by any
 * other open file. The kernel keeps what it stands for, and gives that back to this
 * extension only. References end when they are deleted, by either side, when the
 * open file is closed for good, and when the extension is unloaded; those to values
 * also when it is replaced, as its maps and variables do.
 *
 * Handlers of Trap.SystemCall and Trap.SystemCallSleepable may call these. They are
 * about the open file that the call came by.
 */
#ifndef _SPIN_BPF_REFERENCE_H
#define _SPIN_BPF_REFERENCE_H

#include <spin/bpf/trap.h>

/**
 * spin_externalize - make a reference to a capability
 * @call: the context
 * @slot: of the extension's, or SPIN_SLOT_ARGUMENT + n: of one that came along
 * @rights: SPIN_RIGHT_* that the reference is to have, of those that the capability
 *	has; 0: all of them
 *
 * The application can only pass it in a call of this extension, where it is the
 * argument SPIN_SLOT_ARGUMENT + n with the rights that it was given here. It lives
 * on in the next version of the extension, and ends when the capability is revoked.
 *
 * Returns: the reference, a positive number, for spin_syscall_return(); -ENOENT,
 * -EKEYREVOKED the slot; -EACCES: it lacks SPIN_RIGHT_EXTERNALIZE, or one of @rights;
 * -ENOSPC, -EDQUOT, -ENOMEM as below; -ESHUTDOWN: the extension is being unloaded.
 */
extern __s64 spin_externalize(struct spin_syscall *call, __u32 slot,
			      __u32 rights) __ksym;

/**
 * spin_externalize_value - make a reference to a value of the extension's own
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
 * spin_internalize_value - get the value that a reference stands for
 * @call: the context
 * @ref: reference, as the application gave it: anything
 * @type: of the value
 * @value: set to the value
 *
 * Returns: 0; -ENOENT: it stands for nothing (any more); -EBADF: for something of
 * another type; -ESTALE: for a value of a version of the extension that is gone.
 */
extern int spin_internalize_value(struct spin_syscall *call, __u64 ref,
				  __u64 type, __u64 *value) __ksym;

/**
 * spin_reference_delete - end a reference
 * @call: the context
 * @ref: reference, as the application gave it: anything
 *
 * Copies in other files' tables stay.
 *
 * Returns: 0; -ENOENT: it stands for nothing (any more).
 */
extern int spin_reference_delete(struct spin_syscall *call, __u64 ref) __ksym;

#endif /* _SPIN_BPF_REFERENCE_H */
