// SPDX-License-Identifier: GPL-2.0
/* Gives an application more than its buffer has, off the kernel's stack. */
#include "extension.h"
#include <spin/bpf/translation.h>

HOSTILE("vm-writes-beyond-buffer", "invalid.*(indirect|stack|access|read|size)");
SPIN_IMPORT(Translation);

SPIN_SLEEPABLE_HANDLER(leak, struct spin_fault *fault)
{
	__u64 small = 1;

	spin_fault_write(fault, 0, &small, 4096);
	return SPIN_FAULT_RESOLVED;
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = leak);
