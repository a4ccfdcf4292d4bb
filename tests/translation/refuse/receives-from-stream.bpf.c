// SPDX-License-Identifier: GPL-2.0
/*
 * Takes a mutex that the sender holds, maybe while it sends from a page that is
 * missing.
 */
#include "extension.h"
#include <spin/bpf/stream.h>
#include <spin/bpf/translation.h>

HOSTILE("vm-receives-from-stream", "spin_stream_receive\\(\\).*lock.*Clock\\.Tick");
SPIN_IMPORT(Translation);
SPIN_IMPORT(Stream);
SPIN_CAPABILITY_OPTIONAL(spin_stream_t, stream);

char bytes[16];

SPIN_SLEEPABLE_HANDLER(waits, struct spin_fault *fault)
{
	spin_stream_receive(&fault->ctx, stream, bytes, sizeof(bytes));
	return 0;
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = waits);
