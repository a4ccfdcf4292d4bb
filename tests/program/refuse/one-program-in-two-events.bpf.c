// SPDX-License-Identifier: GPL-2.0
/* The context fits both, and the program is verified for one of them only. */
#include "extension.h"

HOSTILE("two-events",
	"program 'both' is .handler of binding 'on' of Strand.Checkpoint, and .handler of binding 'off' of Strand.Resume");
SPIN_IMPORT(Strand);

SPIN_HANDLER(both, struct spin_strand_switch *sw)
{
	return 0;
}

SPIN_BIND(Strand_Checkpoint, on, .handler = both);
SPIN_BIND(Strand_Resume, off, .handler = both);
