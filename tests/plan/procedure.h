/* SPDX-License-Identifier: GPL-2.0 */
/* A procedure whose calls take until they are let go. */
#include "extension.h"
#include <spin/bpf/proc.h>
#include <spin/bpf/trap.h>
#include "piles.h"

SPIN_PROCEDURE(Held, Wait, SPIN_PROC_SLEEPABLE,
	__u64 nothing;
)
