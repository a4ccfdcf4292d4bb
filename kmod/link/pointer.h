/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capabilities as pointers that the verifier tracks: it knows their type, that
 * they are released once, and that they come from where they can be had only.
 * They can be kept in maps. A structure of its own for each kind makes them
 * types of their own.
 */
#ifndef _SPIN_POINTER_H
#define _SPIN_POINTER_H

#include <spin/spin.h>

/* Members are nobody's: the checker refuses to read through such a pointer. */
struct spin_file {
	struct spin_capability capability;
};

struct spin_socket {
	struct spin_capability capability;
};

struct spin_framebuffer {
	struct spin_capability capability;
};

struct spin_capability *spin_capability_acquire(struct spin_ctx *ctx, u32 slot,
						enum spin_cap_kind kind);

/*
 * The functions of a kind, between __bpf_kfunc_start_defs() and _end_defs().
 * Maps call the destructor in any context.
 */
#define SPIN_POINTER_KFUNCS(TYPE, KIND)					\
__bpf_kfunc struct TYPE *TYPE##_acquire(struct spin_ctx *ctx, u32 slot)	\
{									\
	struct spin_capability *capability =				\
		spin_capability_acquire(ctx, slot, KIND);		\
									\
	return capability ? container_of(capability, struct TYPE,	\
					 capability) : NULL;		\
}									\
									\
__bpf_kfunc void TYPE##_release(struct TYPE *pointer)			\
{									\
	spin_capability_put(&pointer->capability);			\
}									\
									\
__bpf_kfunc void TYPE##_release_dtor(void *pointer)			\
{									\
	TYPE##_release(pointer);					\
}

int spin_pointer_module_refs(struct spin_extension *ext, u32 *refs);
int spin_pointer_init(void);

#endif /* _SPIN_POINTER_H */
