// SPDX-License-Identifier: GPL-2.0
/* Its calls take until it is told to let go (tests/plan/test.sh). */
#include "../procedure.h"

SPIN_EXTENSION("held");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Trap);

SPIN_EXPORT_PUBLIC(Held, Wait);

__u64 waiting;
volatile __u64 go;

SPIN_SLEEPABLE_HANDLER(wait, struct spin_call *call)
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
	return go;
}

SPIN_HANDLER(let_go, struct spin_syscall *call)
{
	go = call->arg[0];
	return SPIN_SYSCALL_DONE;
}

SPIN_IMPLEMENT(Held, Wait, waits, .handler = wait);
SPIN_BIND(Trap_SystemCall, goer, .handler = let_go,
	.match = SPIN_MATCH(SPIN_SYSCALL_NUMBER, PILES_GO));
