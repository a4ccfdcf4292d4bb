// SPDX-License-Identifier: GPL-2.0
/* A handler prints under the run queue's lock: printing may wake somebody. */
#include "extension.h"
#include <spin/bpf/strand.h>

HOSTILE("strand-console", "spin_console_write.*(interrupts|irqs).off|(interrupts|irqs).off.*spin_console_write");
SPIN_IMPORT(Strand);
SPIN_IMPORT(Console);

SPIN_HANDLER(tell, struct spin_strand_switch *sw)
{
	char text[] = "off it goes";

	return spin_console_write(&sw->ctx, text, sizeof(text));
}

SPIN_BIND(Strand_Checkpoint, it, .handler = tell);
