// SPDX-License-Identifier: GPL-2.0
/* may_goto: the kernel's own counter bounds the loop, at 8 million turns. */
#include "extension.h"

HOSTILE("may-goto", "loop|spin_for|may_goto");
SPIN_IMPORT(Clock);

SPIN_SLEEPABLE_HANDLER(loop, struct spin_clock_tick *tick)
{
	__u64 sum = tick->now_ns;

	for (;;) {
		asm volatile goto("may_goto %l[out]" : : : : out);
		sum += sum >> 3;
		opaque(sum);
	}
out:
	return sum & 1 ? 0 : -1;
}

SPIN_BIND(Clock_Tick, it, .handler = loop, .period_us = 1000);
