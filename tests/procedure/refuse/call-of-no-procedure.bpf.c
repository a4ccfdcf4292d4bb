// SPDX-License-Identifier: GPL-2.0
/* A template of Proc.Call that does not say of which procedure. */
#include "../procedure.h"

HOSTILE("no-procedure", ".it. does not say which procedure it is for.*INTERFACE.PROCEDURE");

SPIN_HANDLER(nothing, struct spin_call *call)
{
	return 0;
}

SPIN_BIND(Proc_Call, it, .handler = nothing);
