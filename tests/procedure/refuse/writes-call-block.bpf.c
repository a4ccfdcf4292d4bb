// SPDX-License-Identifier: GPL-2.0
/* Arguments are changed by spin_call_store() only. */
#include "../procedure.h"

HOSTILE("writes-block", "only read is supported|cannot write|write.*spin_call|access");

SPIN_EXPORT_PUBLIC(Adder, Step);

SPIN_HANDLER(step, struct spin_call *call)
{
	call->arg[0]++;
	return 0;
}

SPIN_IMPLEMENT(Adder, Step, stepping, .handler = step);
