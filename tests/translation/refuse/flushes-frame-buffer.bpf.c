// SPDX-License-Identifier: GPL-2.0
/* Locks of a display's modes, which who sets a mode may hold. */
#include "extension.h"
#include <spin/bpf/translation.h>

HOSTILE("vm-flushes-frame-buffer", "spin_framebuffer_flush\\(\\).*lock.*Clock\\.Tick");
SPIN_IMPORT(Translation);
SPIN_IMPORT(FrameBuffer);
SPIN_CAPABILITY_OPTIONAL(spin_framebuffer_t, screen);

SPIN_SLEEPABLE_HANDLER(waits, struct spin_fault *fault)
{
	spin_framebuffer_flush(&fault->ctx, screen);
	return 0;
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = waits);
