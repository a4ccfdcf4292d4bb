/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel functions that extensions may call. Each is one row of a list that lies
 * below its definition, in the same file:
 *
 *	#define DOORBELL_KFUNCS(F) \
 *		F(doorbell_melody, KF_TRUSTED_ARGS, 10, SPIN_CLASS_NONE, 0)
 *	SPIN_KFUNC_TABLE(doorbell_kfuncs, DOORBELL_KFUNCS);
 *
 * The row says the function's name, its flags for the verifier (KF_*), its worst
 * case in instructions, the classes of locks that it may take, and whether a guard
 * may call it (SPIN_KFUNC_GUARD, or 0). From the list are made the BPF core's set,
 * what SPIN's linker needs to tell which interface a function is of, and what the
 * checker needs to tell where it may be called.
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

/*
 * Classes of locks: what a kernel function may take, and what the raiser of an
 * event may hold. A function that may take a lock of a class that the raiser may
 * hold is refused. A lock is of every class that it could be taken for: where this
 * is not known, a function takes SPIN_CLASS_ALL.
 */
enum spin_class {
	/* Spinlocks, and what is done under them: to wake somebody, for one. */
	SPIN_CLASS_SPINNING	= 1U << 0,
	/*
	 * What the fault of a mapped file takes, and to take its pages out again:
	 * locks of pages, of mappings, and what a file system takes to read a
	 * page. The holder of one does not touch user memory that may fault.
	 */
	SPIN_CLASS_PAGES	= 1U << 1,
	SPIN_CLASS_FILE		= 1U << 2,	/* of inodes, directories, file systems */
	SPIN_CLASS_SOCKET	= 1U << 3,	/* of sockets */
	SPIN_CLASS_TERMINAL	= 1U << 4,	/* of terminals */
	SPIN_CLASS_DISPLAY	= 1U << 5,	/* of display modes and buffers */
	/* spin_mutex, and what is waited for under it: processors, patched code. */
	SPIN_CLASS_SPIN		= 1U << 6,
};

#define SPIN_CLASS_NONE	0U	/* takes none at all: may be called anywhere */
#define SPIN_CLASS_ALL	(~0U)	/* may take any */

#define SPIN_KFUNC_GUARD	(1U << 0)	/* functional: a guard may call it */

/**
 * struct spin_kfunc - a kernel function
 * @address: of the function
 * @name: its name
 * @cost: listed worst case, in instructions, for the checker
 * @takes: SPIN_CLASS_*: locks that it may take
 * @flags: SPIN_KFUNC_*
 *
 * Where it may be called follows from its first argument, a context, and from
 * its being sleepable: the verifier sees to both. @takes says more: with interrupts
 * off only a function that takes nothing may be called, and where the raiser may
 * hold locks only one that takes none of those.
 */
struct spin_kfunc {
	const void *address;
	const char *name;
	u32 cost;
	u32 takes;
	u32 flags;
};

/**
 * struct spin_kfunc_table - kernel functions: one list of rows
 * @set: for the BPF core
 * @ids: BTF ids of the functions
 * @kfuncs: the functions, in the same order
 * @count: how many
 */
struct spin_kfunc_table {
	struct btf_kfunc_id_set set;
	const u32 *ids;
	const struct spin_kfunc *kfuncs;
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

#define __SPIN_KFUNC_SET_ID(NAME, KF, COST, TAKES, FLAGS)		\
	BTF_ID_FLAGS(func, NAME, KF)
#define __SPIN_KFUNC_LIST_ID(NAME, KF, COST, TAKES, FLAGS)		\
	BTF_ID(func, NAME)
#define __SPIN_KFUNC_ROW(NAME, KF, COST, TAKES, FLAGS) {		\
	.address = NAME,						\
	.name = #NAME,							\
	.cost = COST,							\
	.takes = TAKES,							\
	.flags = FLAGS,							\
},
/* What cannot sleep takes no lock that one sleeps for. */
#define __SPIN_KFUNC_CHECK(NAME, KF, COST, TAKES, FLAGS)		\
static_assert(((KF) & KF_SLEEPABLE) || !((TAKES) & ~SPIN_CLASS_SPINNING), \
	      #NAME " is not KF_SLEEPABLE: it takes spinlocks at most");

#define __SPIN_KFUNC_TABLE(STORAGE, TABLE, LIST)			\
BTF_KFUNCS_START(TABLE##_set)						\
LIST(__SPIN_KFUNC_SET_ID)						\
BTF_KFUNCS_END(TABLE##_set)						\
BTF_ID_LIST(TABLE##_ids)						\
LIST(__SPIN_KFUNC_LIST_ID)						\
LIST(__SPIN_KFUNC_CHECK)						\
static const struct spin_kfunc TABLE##_rows[] = {			\
	LIST(__SPIN_KFUNC_ROW)						\
};									\
static int TABLE##_filter(const struct bpf_prog *prog, u32 kfunc_id);	\
STORAGE const struct spin_kfunc_table TABLE = {				\
	.set = {							\
		.owner = THIS_MODULE,					\
		.set = &TABLE##_set,					\
		.filter = TABLE##_filter,				\
	},								\
	.ids = TABLE##_ids,						\
	.kfuncs = TABLE##_rows,						\
	.count = ARRAY_SIZE(TABLE##_rows),				\
};									\
static int TABLE##_filter(const struct bpf_prog *prog, u32 kfunc_id)	\
{									\
	return spin_kfunc_table_check(&TABLE, prog, kfunc_id);		\
}									\
static_assert(ARRAY_SIZE(TABLE##_rows) > 0)

/* Define the table TABLE of what LIST(F) lists as F(NAME, KF_*, COST, TAKES, FLAGS) … */
#define SPIN_KFUNC_TABLE(TABLE, LIST) \
	__SPIN_KFUNC_TABLE(static, TABLE, LIST)
/* … for an interface that is defined in another file: a header declares TABLE. */
#define SPIN_KFUNC_TABLE_SHARED(TABLE, LIST) \
	__SPIN_KFUNC_TABLE(, TABLE, LIST)

#endif /* _SPIN_KFUNCS_TABLE_H */
