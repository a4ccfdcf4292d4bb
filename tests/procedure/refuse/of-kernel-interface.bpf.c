// SPDX-License-Identifier: GPL-2.0
/* Exports a procedure as if it were the kernel's. */
#include "../procedure.h"

HOSTILE("kernel-interface", "interface Clock is the kernel's");

SPIN_PROCEDURE(Clock, Set, 0,
	__u64 now;
)
SPIN_EXPORT_PUBLIC(Clock, Set);

SPIN_HANDLER(set, struct spin_call *call)
{
	return 0;
}

SPIN_IMPLEMENT(Clock, Set, setting, .handler = set);
