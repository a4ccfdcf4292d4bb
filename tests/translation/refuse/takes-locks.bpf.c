// SPDX-License-Identifier: GPL-2.0
/* A lock of a file, which the system call that faults may hold. */
#include "extension.h"
#include <spin/bpf/file.h>
#include <spin/bpf/translation.h>

HOSTILE("vm-takes-locks", "spin_file_read\\(\\).*lock.*spin_fault_read\\(\\).*Clock\\.Tick");
SPIN_IMPORT(Translation);
SPIN_IMPORT(File);
SPIN_CAPABILITY_OPTIONAL(spin_file_t, file);

SPIN_SLEEPABLE_HANDLER(waits, struct spin_fault *fault)
{
	__u64 word = 0;

	spin_file_read(&fault->ctx, file, 0, &word, sizeof(word));
	return 0;
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = waits);
