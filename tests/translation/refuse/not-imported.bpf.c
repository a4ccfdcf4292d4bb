// SPDX-License-Identifier: GPL-2.0
/* The event of an interface that the extension has not imported. */
#include "extension.h"
#include <spin/bpf/translation.h>

HOSTILE("vm-not-imported", "Translation");
SPIN_IMPORT(Console);

SPIN_SLEEPABLE_HANDLER(pass, struct spin_fault *fault)
{
	return SPIN_FAULT_PASS;
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = pass);
