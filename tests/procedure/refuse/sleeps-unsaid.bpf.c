// SPDX-License-Identifier: GPL-2.0
/* The prototype says that it does not sleep. */
#include "../procedure.h"

HOSTILE("sleeps-unsaid", "handler may sleep, and procedure Adder.Add must not");

SPIN_EXPORT_PUBLIC(Adder, Add);

SPIN_SLEEPABLE_HANDLER(add, struct spin_call *call)
{
	return 0;
}

SPIN_IMPLEMENT(Adder, Add, adding, .handler = add);
