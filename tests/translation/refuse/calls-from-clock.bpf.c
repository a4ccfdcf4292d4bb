// SPDX-License-Identifier: GPL-2.0
/* The page of a fault, asked for in an event of the clock. */
#include "extension.h"
#include <spin/bpf/translation.h>

HOSTILE("vm-calls-from-clock", "spin_fault");
SPIN_IMPORT(Clock);
SPIN_IMPORT(Translation);

SPIN_SLEEPABLE_HANDLER(confused, struct spin_clock_tick *tick)
{
	return spin_fault_zero((struct spin_fault *)tick);
}

SPIN_BIND(Clock_Tick, it, .handler = confused, .period_us = 1000);
