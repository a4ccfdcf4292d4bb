// SPDX-License-Identifier: GPL-2.0
/*
 * A procedure that does not sleep calls another one that may take as long: there
 * is no end to it if that calls back.
 */
#include "../procedure.h"

HOSTILE("circle", "may take [0-9]+ instructions.* 1024 are allowed");

SPIN_PROCEDURE(Circle, Hit, 0,
	__u64 depth;
)
SPIN_EXPORT_PUBLIC(Circle, Hit);
SPIN_IMPORT_PROCEDURE(Adder, Add);

SPIN_HANDLER(hit, struct spin_call *call)
{
	return SPIN_CALL(&call->ctx, Adder, Add, .a = 1);
}

SPIN_IMPLEMENT(Circle, Hit, hitter, .handler = hit);
