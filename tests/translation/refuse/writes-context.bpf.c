// SPDX-License-Identifier: GPL-2.0
/* The context of a fault is read-only. */
#include "extension.h"
#include <spin/bpf/translation.h>

HOSTILE("vm-writes-context", "only read is supported|cannot write|write.*not|read-only");
SPIN_IMPORT(Translation);

SPIN_SLEEPABLE_HANDLER(redirect, struct spin_fault *fault)
{
	fault->page = 0;
	return SPIN_FAULT_PASS;
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = redirect);
