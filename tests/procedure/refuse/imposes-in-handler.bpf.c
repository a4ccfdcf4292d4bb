// SPDX-License-Identifier: GPL-2.0
/* Guards are imposed by authorizers, who alone have such a context. */
#include "../procedure.h"

HOSTILE("imposes", "spin_impose.*spin_authorize|expected pointer");

SPIN_EXPORT_PUBLIC(Adder, Add);

SPIN_HANDLER(add, struct spin_call *call)
{
	return spin_impose((void *)call, 1, 0);
}

SPIN_IMPLEMENT(Adder, Add, adding, .handler = add);
