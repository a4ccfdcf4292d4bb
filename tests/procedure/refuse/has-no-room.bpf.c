// SPDX-License-Identifier: GPL-2.0
/* The step itself counts, too: there are 64 instructions in all, and no more. */
#include "../procedure.h"

HOSTILE("no-room", "event Tight.Work has .* no room for 'working'");

SPIN_PROCEDURE_COST(Tight, Work, 0, 64,
	__u64 number;
)
SPIN_EXPORT_PUBLIC(Tight, Work);

SPIN_HANDLER(work, struct spin_call *call)
{
	return 0;
}

SPIN_IMPLEMENT(Tight, Work, working, .handler = work);
