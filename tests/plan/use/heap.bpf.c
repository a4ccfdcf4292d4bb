// SPDX-License-Identifier: GPL-2.0
/* Calls a procedure of others, and has handlers on it (tests/plan/test.sh). */
#include "../procedure.h"

SPIN_EXTENSION("heap");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Trap);

SPIN_IMPORT_PROCEDURE(Held, Wait);

SPIN_SLEEPABLE_HANDLER(call_it, struct spin_syscall *call)
{
	spin_syscall_return(call, SPIN_CALL_SLEEPABLE(&call->ctx, Held, Wait,
						       .nothing = 0));
	return SPIN_SYSCALL_DONE;
}

SPIN_SLEEPABLE_HANDLER(cheap, struct spin_call *call)
{
	return 0;
}

SPIN_BIND(Trap_SystemCallSleepable, caller, .handler = call_it,
	.match = SPIN_MATCH(SPIN_SYSCALL_NUMBER, PILES_HOLD));
SPIN_HANDLE(Held, Wait, cheap_one, .handler = cheap,
	.slot = PILES_CHEAP);
