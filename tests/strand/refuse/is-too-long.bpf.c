// SPDX-License-Identifier: GPL-2.0
/* A handler that would do on other events keeps interrupts off for too long. */
#include "extension.h"
#include <spin/bpf/strand.h>

HOSTILE("strand-long", "[0-9]+ instructions.*1,?024");
SPIN_IMPORT(Strand);

#define X1	sum += sum >> 3; opaque(sum);
#define X8	X1 X1 X1 X1 X1 X1 X1 X1
#define X64	X8 X8 X8 X8 X8 X8 X8 X8
#define X512	X64 X64 X64 X64 X64 X64 X64 X64

__u64 result;

SPIN_HANDLER(plod, struct spin_strand_switch *sw)
{
	__u64 sum = sw->now_ns;

	/* clang-format off */
	X512
	/* clang-format on */
	result = sum;
	return 0;
}

SPIN_BIND(Strand_Resume, it, .handler = plod);
