// SPDX-License-Identifier: GPL-2.0
/* May call, and not handle. */
#include "../procedure.h"

SPIN_EXTENSION("meddler");
SPIN_LICENSE("GPL");

SPIN_IMPORT_PROCEDURE(Adder, Add);

SPIN_HANDLER(nothing, struct spin_call *call)
{
	return 0;
}

SPIN_HANDLE(Adder, Add, meddling, .handler = nothing);
