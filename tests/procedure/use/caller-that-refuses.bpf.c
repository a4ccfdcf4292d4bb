// SPDX-License-Identifier: GPL-2.0
/* Calls interface Adder, and refuses to be loaded at the last moment. */
#include "../procedure.h"

SPIN_EXTENSION("refusing-caller");
SPIN_LICENSE("GPL");

SPIN_IMPORT_PROCEDURE(Adder, Add);

SPIN_HANDLER(call_add, struct spin_initialize *init)
{
	return SPIN_CALL(&init->ctx, Adder, Add, .a = 1) > 0 ? -22 : -11;
}

SPIN_BIND(Domain_Initialize, first, .handler = call_add);
