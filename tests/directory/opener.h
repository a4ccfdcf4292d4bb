/* SPDX-License-Identifier: GPL-2.0 */
/* A procedure that is handed a directory. */
#include "extension.h"
#include <spin/bpf/directory.h>
#include <spin/bpf/proc.h>

SPIN_PROCEDURE(Opener, Open, SPIN_PROC_SLEEPABLE,
	spin_directory_t folder;
)
