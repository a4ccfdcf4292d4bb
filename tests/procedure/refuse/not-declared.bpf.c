// SPDX-License-Identifier: GPL-2.0
/* Handles a procedure that it does not import. */
#include "../procedure.h"

HOSTILE("not-declared", "procedure Adder.Add is neither imported nor exported.*SPIN_EXPORT\\(Adder, Add\\), or SPIN_IMPORT_PROCEDURE");

SPIN_HANDLER(add, struct spin_call *call)
{
	return 0;
}

SPIN_HANDLE(Adder, Add, adding, .handler = add);
