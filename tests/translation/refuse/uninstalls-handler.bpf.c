// SPDX-License-Identifier: GPL-2.0
/* A lock under which others wait for processors to go off line. */
#include "extension.h"
#include <spin/bpf/dispatcher.h>
#include <spin/bpf/translation.h>

HOSTILE("vm-uninstalls-handler", "spin_uninstall\\(\\).*lock.*Clock\\.Tick");
SPIN_IMPORT(Translation);
SPIN_IMPORT(Dispatcher);

SPIN_SLEEPABLE_HANDLER(waits, struct spin_fault *fault)
{
	spin_uninstall(&fault->ctx, 1);
	return 0;
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = waits);
