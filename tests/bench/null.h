/* SPDX-License-Identifier: GPL-2.0 */
/* What an extension of the benchmark `call` has done by another one. */
#ifndef _SPIN_TESTS_BENCH_NULL_H
#define _SPIN_TESTS_BENCH_NULL_H

#include <spin/bpf/proc.h>

SPIN_PROCEDURE(BenchNull, Null, 0,
	__u64 argument;
)

#endif /* _SPIN_TESTS_BENCH_NULL_H */
