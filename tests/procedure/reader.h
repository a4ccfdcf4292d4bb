/* SPDX-License-Identifier: GPL-2.0 */
/* A procedure that is handed a file. */
#include "extension.h"
#include <spin/bpf/proc.h>

SPIN_PROCEDURE(Reader, Read, SPIN_PROC_SLEEPABLE,
	spin_file_t file;
	__u32 offset;
)
