// SPDX-License-Identifier: GPL-2.0
/* A guard makes the page. */
#include "extension.h"
#include <spin/bpf/translation.h>

HOSTILE("vm-guard-makes-page", "sleep");
SPIN_IMPORT(Translation);

SPIN_GUARD(too_early, struct spin_fault *fault)
{
	return !spin_fault_zero(fault);
}

SPIN_SLEEPABLE_HANDLER(resolve, struct spin_fault *fault)
{
	return SPIN_FAULT_RESOLVED;
}

SPIN_BIND(Translation_PageNotPresent, it,
	.guard_fn = too_early, .handler = resolve);
