/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For modules that offer kernel functions to extensions: one list, from which
 * the BPF core's set of them is made and what SPIN's linker needs to tell which
 * interface a function is of.
 *
 *	#define DOORBELL_KFUNCS(F) \
 *		F(doorbell_melody, KF_TRUSTED_ARGS)
 *	SPIN_KFUNC_TABLE(doorbell_table, DOORBELL_KFUNCS);
 *	…
 *	err = spin_kfunc_table_register(&doorbell_table);
 *
 * The module must be built without a distilled base BTF (no section .BTF.base),
 * as spin.ko is: else the ids in the table are not those the verifier asks with,
 * and none of its functions can be called.
 */
#ifndef _SPIN_KFUNCS_TABLE_H
#define _SPIN_KFUNCS_TABLE_H

#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/types.h>

struct bpf_prog;

/**
 * struct spin_kfunc_table - the kernel functions of a module
 * @set: for the BPF core
 * @ids: BTF ids of the functions
 * @addresses: the functions, in the same order
 * @count: how many
 */
struct spin_kfunc_table {
	struct btf_kfunc_id_set set;
	const u32 *ids;
	const void *const *addresses;
	u32 count;
};

/**
 * spin_kfunc_table_check - the linker's question: may this function be called?
 * @table: it is of this module
 * @prog: being verified, by the current thread
 * @kfunc_id: BTF id of the function
 *
 * The program must be for an event of SPIN, and the thread that loads it must
 * have entered an extension that imports the interface of the function. The
 * checker asks the same of the extension that binds the program. It is called
 * in process context and may sleep.
 *
 * Return: 0, or -EACCES with the reason in the extension's verdict.
 */
int spin_kfunc_table_check(const struct spin_kfunc_table *table,
			   const struct bpf_prog *prog, u32 kfunc_id);

/* At module init. There is no call to undo it: it ends with the module's BTF. */
#define spin_kfunc_table_register(TABLE) \
	register_btf_kfunc_id_set(BPF_PROG_TYPE_STRUCT_OPS, &(TABLE)->set)

#define __SPIN_KFUNC_SET_ID(NAME, FLAGS)	BTF_ID_FLAGS(func, NAME, FLAGS)
#define __SPIN_KFUNC_LIST_ID(NAME, FLAGS)	BTF_ID(func, NAME)
#define __SPIN_KFUNC_ADDRESS(NAME, FLAGS)	(const void *)NAME,

/* Define the static table @TABLE of what @LIST(F) lists as F(NAME, KF_*) … */
#define SPIN_KFUNC_TABLE(TABLE, LIST)					\
BTF_KFUNCS_START(TABLE##_set)						\
LIST(__SPIN_KFUNC_SET_ID)						\
BTF_KFUNCS_END(TABLE##_set)						\
BTF_ID_LIST(TABLE##_ids)						\
LIST(__SPIN_KFUNC_LIST_ID)						\
static const void *const TABLE##_addresses[] = {			\
	LIST(__SPIN_KFUNC_ADDRESS)					\
};									\
static int TABLE##_filter(const struct bpf_prog *prog, u32 kfunc_id);	\
static const struct spin_kfunc_table TABLE = {				\
	.set = {							\
		.owner = THIS_MODULE,					\
		.set = &TABLE##_set,					\
		.filter = TABLE##_filter,				\
	},								\
	.ids = TABLE##_ids,						\
	.addresses = TABLE##_addresses,					\
	.count = ARRAY_SIZE(TABLE##_addresses),				\
};									\
static int TABLE##_filter(const struct bpf_prog *prog, u32 kfunc_id)	\
{									\
	return spin_kfunc_table_check(&TABLE, prog, kfunc_id);		\
}									\
static_assert(ARRAY_SIZE(TABLE##_addresses) > 0)

#endif /* _SPIN_KFUNCS_TABLE_H */
