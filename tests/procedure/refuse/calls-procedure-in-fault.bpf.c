// SPDX-License-Identifier: GPL-2.0
/* The task that touched the page may hold the locks that a procedure takes. */
#include "../procedure.h"
#include <spin/bpf/translation.h>

HOSTILE("calls-in-fault", "calls spin_call_sleepable.*lock that the task which raises");
SPIN_IMPORT(Translation);

SPIN_IMPORT_PROCEDURE(Adder, Count);

SPIN_SLEEPABLE_HANDLER(call_count, struct spin_fault *fault)
{
	SPIN_CALL_SLEEPABLE(&fault->ctx, Adder, Count, .turns = 1);
	return SPIN_FAULT_PASS;
}

SPIN_BIND(Translation_PageNotPresent, calling, .handler = call_count);
