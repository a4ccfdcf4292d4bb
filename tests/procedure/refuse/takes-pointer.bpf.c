// SPDX-License-Identifier: GPL-2.0
/* A pointer of the caller's is nothing to the callee. */
#include "../procedure.h"

HOSTILE("takes-pointer", "argument 'text' of procedure Printer.Print is neither.*pointers");

SPIN_PROCEDURE(Printer, Print, 0,
	const char *text;
)
SPIN_EXPORT_PUBLIC(Printer, Print);

SPIN_HANDLER(print, struct spin_call *call)
{
	return 0;
}

SPIN_IMPLEMENT(Printer, Print, printing, .handler = print);
