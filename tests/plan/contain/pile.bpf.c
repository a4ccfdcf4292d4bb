// SPDX-License-Identifier: GPL-2.0
/*
 * Piles up bindings on the event that it handles, and holds a raise of it: what
 * changes meanwhile replaces cannot be freed (tests/plan/test.sh).
 */
#include "extension.h"
#include <spin/bpf/trap.h>
#include <spin/bpf/dispatcher.h>
#include "../piles.h"

SPIN_EXTENSION("pile");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Trap);
SPIN_IMPORT(Dispatcher);

__u64 waiting, made;
__s64 error, last;
volatile __u64 go;

static int done(struct spin_syscall *call, __u64 value)
{
	spin_syscall_return(call, value);
	return SPIN_SYSCALL_DONE;
}

/* So many of a template; returns how many there was room for. */
static __u64 fill(struct spin_syscall *call, __u32 slot, __u64 many, __u64 key)
{
	struct spin_install args = { .slot = slot };
	__s64 id;
	int i;

	if (key) {
		args.match.fields = SPIN_SYSCALL_NUMBER;
		args.match.value[0] = key;
	}
	made = 0;
	spin_for(i, 0, 1 << 17) {
		if (i >= many)
			break;
		id = spin_install(&call->ctx, &args);
		if (id > 0) {
			last = id;
			made++;
		} else {
			error = id;
		}
	}
	return made;
}

static int hold(struct spin_syscall *call)
{
	int i, j;

	__sync_fetch_and_add(&waiting, 1);
	spin_for(i, 0, 1 << 20) {
		spin_for(j, 0, 1 << 20)
			if (go)
				break;
		if (go)
			break;
	}
	__sync_fetch_and_add(&waiting, -1);
	return done(call, go);
}

SPIN_SLEEPABLE_HANDLER(serve, struct spin_syscall *call)
{
	int err;

	switch (call->number) {
	case PILES_FILL:
		return done(call, fill(call, call->arg[0], call->arg[1],
				       call->arg[2]));
	case PILES_HOLD:
		return hold(call);
	case PILES_UNINSTALL:
		err = spin_uninstall(&call->ctx, call->arg[0]);
		return err < 0 ? err : done(call, 0);
	default:
		return SPIN_SYSCALL_PASS;
	}
}

SPIN_HANDLER(let_go, struct spin_syscall *call)
{
	go = call->arg[0];
	return SPIN_SYSCALL_DONE;
}

/* Some two thousand instructions: some hundreds of these are all a raise may take. */
SPIN_HANDLER(dear, struct spin_syscall *call)
{
	__u64 x = call->number;

#pragma unroll
	for (int i = 0; i < 2000; i++)
		asm volatile("%0 += 1" : "+r"(x));
	return x ? SPIN_SYSCALL_PASS : SPIN_SYSCALL_DONE;
}

SPIN_SLEEPABLE_HANDLER(cheap, struct spin_syscall *call)
{
	return SPIN_SYSCALL_PASS;
}

SPIN_BIND(Trap_SystemCall, goer, .handler = let_go,
	.match = SPIN_MATCH(SPIN_SYSCALL_NUMBER, PILES_GO));
SPIN_BIND(Trap_SystemCallSleepable, server, .handler = serve);
SPIN_BIND(Trap_SystemCallSleepable, dear_one, .handler = dear,
	.slot = PILES_DEAR);
SPIN_BIND(Trap_SystemCallSleepable, cheap_one, .handler = cheap,
	.slot = PILES_CHEAP);
