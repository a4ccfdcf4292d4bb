// SPDX-License-Identifier: GPL-2.0
/*
 * A capability that can be granted once it is loaded, and one whose interface it
 * does not import.
 */
#include "extension.h"

SPIN_EXTENSION("late");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);

SPIN_CAPABILITY_LATE(spin_file_t, clip);
SPIN_CAPABILITY_OPTIONAL(spin_console_t, screen);

__s64 size;

SPIN_SLEEPABLE_HANDLER(look, struct spin_clock_tick *tick)
{
	size = screen ? 0 : spin_file_size(&tick->ctx, clip);
	return 0;
}

SPIN_BIND(Clock_Tick, looking, .handler = look, .period_us = 1000000);
