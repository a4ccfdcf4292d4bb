// SPDX-License-Identifier: GPL-2.0
/* Ticks more often than everybody may have. */
#include "extension.h"

SPIN_EXTENSION("pulse");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_CAPABILITY_OPTIONAL(spin_clock_t, fast);

__u64 ticks, period_us;

SPIN_SLEEPABLE_HANDLER(beat, struct spin_clock_tick *tick)
{
	ticks++;
	period_us = tick->period_ns / 1000;
	return 0;
}

SPIN_BIND(Clock_Tick, beat_it, .handler = beat, .period_us = 200);
