// SPDX-License-Identifier: GPL-2.0
/* Exports two procedures and implements one. */
#include "../procedure.h"

HOSTILE("not-implemented", "exports procedure Adder.Step and does not implement it.*SPIN_IMPLEMENT");

SPIN_EXPORT_PUBLIC(Adder, Add);
SPIN_EXPORT_PUBLIC(Adder, Step);

SPIN_HANDLER(add, struct spin_call *call)
{
	return 0;
}

SPIN_IMPLEMENT(Adder, Add, adding, .handler = add);
