// SPDX-License-Identifier: GPL-2.0
/* Locks of a directory, which who makes a file in it holds. */
#include "extension.h"
#include <spin/bpf/directory.h>
#include <spin/bpf/translation.h>

HOSTILE("vm-opens-file", "spin_directory_open\\(\\).*lock.*Clock\\.Tick");
SPIN_IMPORT(Translation);
SPIN_IMPORT(Directory);
SPIN_IMPORT(File);
SPIN_CAPABILITY_OPTIONAL(spin_directory_t, folder);

char name[] = "page";

SPIN_SLEEPABLE_HANDLER(waits, struct spin_fault *fault)
{
	int err;
	struct spin_file *file = spin_directory_open(&fault->ctx, folder, name,
						     sizeof(name), &err);

	if (file)
		spin_file_release(file);
	return 0;
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = waits);
