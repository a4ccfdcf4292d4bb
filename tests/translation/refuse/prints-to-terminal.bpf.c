// SPDX-License-Identifier: GPL-2.0
/* A lock of a terminal, which who writes to it holds. */
#include "extension.h"
#include <spin/bpf/translation.h>

HOSTILE("vm-prints-to-terminal", "spin_console_print\\(\\).*lock.*Clock\\.Tick");
SPIN_IMPORT(Translation);
SPIN_IMPORT(Console);
SPIN_CAPABILITY_OPTIONAL(spin_console_t, console);

char line[] = "page";

SPIN_SLEEPABLE_HANDLER(waits, struct spin_fault *fault)
{
	spin_console_print(&fault->ctx, console, line, sizeof(line));
	return 0;
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = waits);
