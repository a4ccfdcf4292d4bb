// SPDX-License-Identifier: GPL-2.0
/*
 * The handlers of the benchmarks, for event Bench.Raise of spin_bench.ko.
 * None of them is installed when it is loaded: the benchmarks install as many
 * as they want from the templates.
 */
#include <spin/bpf/spin.h>
#include "../kmod/spin_bench.h"

SPIN_EXTENSION("bench");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Bench);

SPIN_GUARD(by_argument, struct spin_bench_raise *raise)
{
	return raise->argument == SPIN_BENCH_ARGUMENT;
}

SPIN_GUARD(by_closure, struct spin_bench_raise *raise)
{
	return raise->key == raise->ctx.closure;
}

SPIN_HANDLER(empty, struct spin_bench_raise *raise)
{
	return 0;
}

SPIN_BIND(Bench_Raise, plain,
	.handler = empty, .slot = 1);

SPIN_BIND(Bench_Raise, guarded,
	.guard_fn = by_argument, .handler = empty, .slot = 2);

SPIN_BIND(Bench_Raise, compared,
	.guard_fn = by_closure, .handler = empty, .slot = 3);
