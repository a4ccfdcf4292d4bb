// SPDX-License-Identifier: GPL-2.0
/* A lock of an inode, which some file systems take to read ahead. */
#include "extension.h"
#include <spin/bpf/translation.h>

HOSTILE("vm-reads-ahead", "spin_file_readahead\\(\\).*lock.*Clock\\.Tick");
SPIN_IMPORT(Translation);
SPIN_IMPORT(File);
SPIN_CAPABILITY_OPTIONAL(spin_file_t, file);

SPIN_SLEEPABLE_HANDLER(waits, struct spin_fault *fault)
{
	spin_file_readahead(&fault->ctx, file, 0, 4096);
	return 0;
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = waits);
