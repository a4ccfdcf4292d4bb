// SPDX-License-Identifier: GPL-2.0
/*
 * What bench-call.c calls: a handler that does nothing, and one that looks at its
 * arguments.
 */
#include <linux/errno.h>
#include <spin/bpf/trap.h>
#include "call.h"
#include "null.h"

SPIN_EXTENSION("bench-call");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Trap);

SPIN_IMPORT_PROCEDURE(BenchNull, Null);

SPIN_HANDLER(serve, struct spin_syscall *call)
{
	if (call->number == BENCH_CALL_NULL)
		return SPIN_SYSCALL_DONE;
	if (call->number == BENCH_CALL_PROCEDURE)
		return SPIN_CALL(&call->ctx, BenchNull, Null, .argument = 1) ?
		       -EIO : SPIN_SYSCALL_DONE;
	if (call->number != BENCH_CALL_SUM)
		return SPIN_SYSCALL_PASS;
	spin_syscall_return(call, call->arg[0] + call->arg[1] + call->arg[2] +
			    call->arg[3]);
	return SPIN_SYSCALL_DONE;
}

SPIN_BIND(Trap_SystemCall, server, .handler = serve);
