// SPDX-License-Identifier: GPL-2.0
/* Another one that exports interface Adder. */
#include "../procedure.h"

SPIN_EXTENSION("squatter");
SPIN_LICENSE("GPL");

SPIN_PROCEDURE(Adder, Subtract, 0,
	__u32 a;
	__u32 b;
)

SPIN_EXPORT_PUBLIC(Adder, Subtract);

SPIN_HANDLER(subtract, struct spin_call *call)
{
	return SPIN_ARG(call, Adder, Subtract, a) -
	       SPIN_ARG(call, Adder, Subtract, b);
}

SPIN_IMPLEMENT(Adder, Subtract, subtracter, .handler = subtract);
