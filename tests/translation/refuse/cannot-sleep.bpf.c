// SPDX-License-Identifier: GPL-2.0
/* A handler that cannot sleep makes a page, which may wait for memory. */
#include "extension.h"
#include <spin/bpf/translation.h>

HOSTILE("vm-cannot-sleep", "sleep");
SPIN_IMPORT(Translation);

SPIN_HANDLER(hurry, struct spin_fault *fault)
{
	return spin_fault_zero(fault) ? SPIN_FAULT_PASS : SPIN_FAULT_RESOLVED;
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = hurry);
