// SPDX-License-Identifier: GPL-2.0
/* A sleepable handler, in the scheduler. */
#include "extension.h"
#include <spin/bpf/strand.h>

HOSTILE("strand-sleeps", "sleep");
SPIN_IMPORT(Strand);

SPIN_SLEEPABLE_HANDLER(doze, struct spin_strand_switch *sw)
{
	return 0;
}

SPIN_BIND(Strand_Resume, it, .handler = doze);
