/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What spin_bench.ko, the extension it is measured with and the benchmarks
 * have in common: event Bench.Raise, and /dev/spin-bench.
 *
 * The kernel includes <spin/spin.h> before this file.
 */
#ifndef _SPIN_TESTS_BENCH_H
#define _SPIN_TESTS_BENCH_H

#ifdef __KERNEL__
#include <linux/ioctl.h>
#include <linux/types.h>
#else
#include <stdbool.h>
#include <linux/ioctl.h>
#include <linux/spin_ext.h>
#endif

/**
 * struct spin_bench_raise - context of Bench.Raise
 * @ctx: common part
 * @key: field that bindings can be found by
 * @argument: field that guards look at
 */
struct spin_bench_raise {
	struct spin_ctx ctx;
	__u64 key;
	__u64 argument;
} __spin_type;

/* Key fields of Bench.Raise, for struct spin_match. */
enum spin_bench_key {
	SPIN_BENCH_KEY		= 1U << 0,
};

struct Bench_Raise {
	SPIN_TEMPLATE(struct spin_bench_raise *raise)
};

#define SPIN_BENCH_ARGUMENT	7	/* what the guards compare with */

/* What is to be measured. */
enum spin_bench_system {
	SPIN_BENCH_NOTHING	= 0,	/* the measuring itself */
	SPIN_BENCH_SPIN		= 1,	/* a raise by SPIN's dispatcher */
	SPIN_BENCH_C_LIST	= 2,	/* a list of C functions */
	SPIN_BENCH_TRAMPOLINE	= 3,	/* the programs, by their trampolines */
	SPIN_BENCH_SPIN_BLOCK	= 4,	/* SPIN_BENCH_SPIN; block made anew */
};

/* Which C functions are on the list. */
enum spin_bench_guard {
	SPIN_BENCH_UNGUARDED	= 0,
	SPIN_BENCH_BY_ARGUMENT	= 1,	/* argument == SPIN_BENCH_ARGUMENT */
	SPIN_BENCH_BY_CLOSURE	= 2,	/* key == closure: step i has closure i */
};

#define SPIN_BENCH_STEPS_MAX		1024
#define SPIN_BENCH_OPERATIONS_MAX	65536

/**
 * struct spin_bench_measure - SPIN_BENCH_MEASURE: do one thing many times
 * @system: enum spin_bench_system
 * @guard: enum spin_bench_guard; SPIN_BENCH_C_LIST only
 * @steps: bindings, or C functions; SPIN_BENCH_TRAMPOLINE: as many must be
 *	installed
 * @operations: how often
 * @key: field of the context, in the first operation
 * @keys: how many different ones: each operation has the next, @key + @keys - 1
 *	is followed by @key
 * @argument: field of the context
 * @samples: pointer to @operations of __u32: what the time-stamp counter
 *	advanced by during each operation, SPIN_BENCH_NOTHING included
 * @fired: out: handlers that an operation runs; not of SPIN_BENCH_SPIN
 *	and _SPIN_BLOCK, whose bindings count that themselves
 *
 * Errors: EINVAL a bad number; EBUSY fewer than @steps bindings are installed;
 * ENOMEM; EFAULT.
 */
struct spin_bench_measure {
	__u32 system;
	__u32 guard;
	__u32 steps;
	__u32 operations;
	__u64 key;
	__u64 argument;
	__u64 samples;
	__u32 fired;
	__u32 keys;
};

#define SPIN_BENCH_MEASURE	_IOWR(0xB9, 0x00, struct spin_bench_measure)

#endif /* _SPIN_TESTS_BENCH_H */
