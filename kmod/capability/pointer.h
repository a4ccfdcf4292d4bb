/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capabilities as pointers that the verifier tracks: it knows their type, that
 * they are released once, and that they come from where they can be had only.
 * They can be kept in maps. A structure of its own for each kind makes them
 * types of their own.
 */
#ifndef _SPIN_POINTER_H
#define _SPIN_POINTER_H

#include <linux/btf_ids.h>
#include <spin/spin.h>

/*
 * A struct spin_capability under another name. Newer verifiers let programs read
 * what they trust: to them there is nothing in it but @sealed, which is NULL. A
 * structure without any pointer in it would be memory that a program may make up
 * by itself.
 */
struct spin_file {
	const void *sealed;
};

struct spin_socket {
	const void *sealed;
};

struct spin_framebuffer {
	const void *sealed;
};

static_assert(!offsetof(struct spin_capability, sealed));

#define spin_pointer_capability(POINTER) \
	((struct spin_capability *)(POINTER))

struct spin_capability *spin_capability_acquire(struct spin_ctx *ctx, u32 slot,
						enum spin_cap_kind kind);

/*
 * For struct spin_capability_type: the structure, and what the BPF core is to call
 * when a map that holds a pointer ends.
 */
#define SPIN_POINTER_IDS(TYPE)						\
BTF_ID_LIST(TYPE##_pointer)						\
BTF_ID(struct, TYPE)							\
BTF_ID(func, TYPE##_release_dtor)

/*
 * The functions of a kind, between __bpf_kfunc_start_defs() and _end_defs().
 * Maps call the destructor in any context.
 */
#define SPIN_POINTER_KFUNCS(TYPE, KIND)					\
__bpf_kfunc struct TYPE *TYPE##_acquire(struct spin_ctx *ctx, u32 slot)	\
{									\
	return (struct TYPE *)spin_capability_acquire(ctx, slot, KIND);	\
}									\
									\
__bpf_kfunc void TYPE##_release(struct TYPE *pointer)			\
{									\
	spin_capability_put(spin_pointer_capability(pointer));		\
}									\
									\
__bpf_kfunc void TYPE##_release_dtor(void *pointer)			\
{									\
	TYPE##_release(pointer);					\
}

int spin_pointer_module_refs(struct spin_extension *ext, u32 *refs);
int spin_pointer_init(void);

#endif /* _SPIN_POINTER_H */
