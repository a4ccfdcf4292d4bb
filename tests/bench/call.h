/* SPDX-License-Identifier: GPL-2.0 */
/* Calls that the extension of bench-call.c serves. */
#ifndef _SPIN_TESTS_BENCH_CALL_H
#define _SPIN_TESTS_BENCH_CALL_H

#define BENCH_CALL_NULL	0	/* nothing */
#define BENCH_CALL_SUM	1	/* answer: the sum of its four arguments */

#define BENCH_CALL_PROCEDURE 2	/* what null.bpf.c exports */

#endif /* _SPIN_TESTS_BENCH_CALL_H */
