// SPDX-License-Identifier: GPL-2.0
/* Which of the two should it be? */
#include "../procedure.h"

HOSTILE("implemented-twice", "procedure Adder.Add is implemented by another binding.*slot");

SPIN_EXPORT_PUBLIC(Adder, Add);

SPIN_HANDLER(add, struct spin_call *call)
{
	return 0;
}

SPIN_IMPLEMENT(Adder, Add, adding, .handler = add);
SPIN_IMPLEMENT(Adder, Add, again, .handler = add);
