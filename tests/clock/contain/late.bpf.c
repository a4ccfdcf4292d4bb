// SPDX-License-Identifier: GPL-2.0
/* Takes longer than its period, and never waits. */
#include "extension.h"

SPIN_EXTENSION("late");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);

SPIN_CAPABILITY(spin_clock_t, fast);
SPIN_CAPABILITY(spin_file_t, data);

__u64 late;	/* ticks before which others were left out */

static char block[4096];

SPIN_SLEEPABLE_HANDLER(work, struct spin_clock_tick *tick)
{
	late += tick->missed > 0;
#pragma unroll
	for (int i = 0; i < 64; i++)
		spin_file_read(&tick->ctx, data, 0, block, sizeof(block));
	return 0;
}

SPIN_BIND(Clock_Tick, work_it, .handler = work, .period_us = 100);
