/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capabilities as pointers: where a slot is a number that means something in its
 * extension only, a pointer can be kept in a map, and what was handed over by a
 * call be kept beyond it.
 *
 *	struct entry {
 *		struct spin_file __kptr *file;
 *	};
 *
 *	file = spin_file_acquire(&tick->ctx, clip);
 *	if (file)
 *		file = bpf_kptr_xchg(&entry->file, file);
 *	if (file)
 *		spin_file_release(file);
 *
 * The verifier sees to it that a pointer is checked for NULL and released, or
 * put into a map, exactly once; a map releases what is in it. Handlers do this,
 * guards cannot, nor those that run with interrupts off.
 *
 * Each function with a pointer compares its holder with the extension that
 * calls. Common errors: -EPERM: it is another extension's (found in a map that
 * both have); -EKEYREVOKED: it was revoked; -EACCES: it lacks the right that the
 * function needs; -ESHUTDOWN: the extension is being unloaded.
 *
 * Included by the headers of the interfaces.
 */
#ifndef _SPIN_BPF_CAPABILITY_H
#define _SPIN_BPF_CAPABILITY_H

#include <spin/bpf/spin.h>

#ifndef __kptr
#define __kptr __attribute__((btf_type_tag("kptr")))
#endif

/* They have nothing in them for programs. */
struct spin_file {
};

struct spin_socket {
};

struct spin_framebuffer {
};

/**
 * spin_file_acquire - a pointer to a capability; likewise for the other kinds
 * @ctx: context of the handler, any but those with interrupts off
 * @slot: of the extension, or SPIN_SLOT_ARGUMENT + n while a call is served:
 *	that needs SPIN_RIGHT_KEEP, and what the callee gets is derived from the
 *	caller's: revoked with it, and counted among the callee's objects
 *
 * Returns: the pointer; NULL: the slot is empty or of another kind, it was
 * revoked, the right is missing, the quota is used up, or there is no memory;
 * spin_capability_rights() tells most of these apart.
 */
extern struct spin_file *spin_file_acquire(struct spin_ctx *ctx,
					   __u32 slot) __ksym;
extern struct spin_socket *spin_socket_acquire(struct spin_ctx *ctx,
					       __u32 slot) __ksym;
extern struct spin_framebuffer *
spin_framebuffer_acquire(struct spin_ctx *ctx, __u32 slot) __ksym;

/* Give it up. */
extern void spin_file_release(struct spin_file *file) __ksym;
extern void spin_socket_release(struct spin_socket *socket) __ksym;
extern void spin_framebuffer_release(struct spin_framebuffer *fb) __ksym;

#endif /* _SPIN_BPF_CAPABILITY_H */
