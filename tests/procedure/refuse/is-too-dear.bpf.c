// SPDX-License-Identifier: GPL-2.0
/* Takes more than its prototype promises to callers. */
#include "../procedure.h"

HOSTILE("too-dear", "may take [0-9]+ instructions.* 100 are allowed");

SPIN_PROCEDURE_COST(Slow, Work, 0, 100,
	__u64 number;
)
SPIN_EXPORT_PUBLIC(Slow, Work);

SPIN_HANDLER(work, struct spin_call *call)
{
	return bpf_ktime_get_ns() + bpf_ktime_get_ns() + bpf_ktime_get_ns();
}

SPIN_IMPLEMENT(Slow, Work, working, .handler = work);
