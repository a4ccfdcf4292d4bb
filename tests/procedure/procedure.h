/* SPDX-License-Identifier: GPL-2.0 */
/* Interfaces of the extensions that call each other. */
#ifndef _SPIN_TESTS_PROC_H
#define _SPIN_TESTS_PROC_H

#include "extension.h"
#include <spin/bpf/proc.h>

#ifndef ADDER_NUMBER
#define ADDER_NUMBER __u32
#endif
SPIN_PROCEDURE(Adder, Add, 0,
	ADDER_NUMBER a;
	ADDER_NUMBER b;
)

/* Counts as far as @turns says; stops early if it is being unloaded. */
SPIN_PROCEDURE(Adder, Count, SPIN_PROC_SLEEPABLE,
	__u64 turns;
)

/* Gives its arguments back, each one larger. */
SPIN_PROCEDURE(Adder, Step, SPIN_PROC_VAR,
	__u64 number;
	__u8 bytes[8];
)

/* Has room for another call in it. */
SPIN_PROCEDURE_COST(Relay, Add, 0, 2048,
	__u32 a;
	__u32 b;
)

/* The exporter calls its caller, as deep as that lets it. */
SPIN_PROCEDURE(Ping, Hit, SPIN_PROC_SLEEPABLE,
	__u64 depth;
)
SPIN_PROCEDURE(Pong, Hit, SPIN_PROC_SLEEPABLE,
	__u64 depth;
)

#endif /* _SPIN_TESTS_PROC_H */
