// SPDX-License-Identifier: GPL-2.0
/* Procedures may take the locks of maps. */
#include "../procedure.h"
#include <spin/bpf/strand.h>

HOSTILE("calls-irqs-off", "calls spin_call.*interrupts off");
SPIN_IMPORT(Strand);

SPIN_IMPORT_PROCEDURE(Adder, Add);

SPIN_HANDLER(call_add, struct spin_strand_switch *sw)
{
	SPIN_CALL(&sw->ctx, Adder, Add, .a = 1);
	return 0;
}

SPIN_BIND(Strand_Checkpoint, calling, .handler = call_add);
