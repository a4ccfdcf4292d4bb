/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capabilities as pointers. A slot is a number that means something in its
 * extension only. A pointer can be kept in a map, and so a capability that was
 * handed over by a call can be kept beyond that call.
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
 * The verifier ensures that a pointer is checked for NULL and released, or put
 * into a map, exactly once; a map releases what is in it. Guards cannot have
 * pointers, and neither can handlers that run with interrupts off.
 *
 * Each function that takes a pointer compares its holder with the extension that
 * calls. Common errors: -EPERM: it is another extension's (found in a map that
 * both have); -EKEYREVOKED: it was revoked; -EACCES: it lacks the right that the
 * function needs; -ESHUTDOWN: the extension is being unloaded.
 *
 * A function that has the capability for an argument takes a slot or a pointer, by
 * one name. To the verifier these are two functions: it gives a pointer only to an
 * argument of its type, and a number to no such argument; so the other one, which the
 * name stands for, has _by at its end, and a refusal may say so. Where a block has the
 * slot in it (struct spin_send, struct spin_blit), a pointer cannot be in its place,
 * because the verifier forgets what a pointer is when it is stored to the stack as
 * part of a block: there the function with _by has an argument more.
 *
 * Included by the headers of the interfaces.
 */
#ifndef _SPIN_BPF_CAPABILITY_H
#define _SPIN_BPF_CAPABILITY_H

#include <spin/bpf/spin.h>

#ifndef __kptr
#define __kptr __attribute__((btf_type_tag("kptr")))
#endif

/* FUNCTION for a slot, FUNCTION_by for a struct TYPE *. */
#define SPIN_SLOT_OR_POINTER(CAPABILITY, TYPE, FUNCTION) \
	_Generic((CAPABILITY), struct TYPE *: FUNCTION##_by, default: FUNCTION)

/* Programs see nothing of what is in them. */
struct spin_file {
};

struct spin_socket {
};

struct spin_framebuffer {
};

/**
 * spin_file_acquire - get a pointer to a capability; the other kinds have the same
 * @ctx: context of the handler, any but those with interrupts off
 * @slot: of the extension, or SPIN_SLOT_ARGUMENT + n while a call is served:
 *	that needs SPIN_RIGHT_KEEP, and the callee gets a capability that is
 *	derived from the caller's, is revoked with it, and counts among the
 *	callee's objects
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

/* Give a pointer up. */
extern void spin_file_release(struct spin_file *file) __ksym;
extern void spin_socket_release(struct spin_socket *socket) __ksym;
extern void spin_framebuffer_release(struct spin_framebuffer *fb) __ksym;

#endif /* _SPIN_BPF_CAPABILITY_H */
