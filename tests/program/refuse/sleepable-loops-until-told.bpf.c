// SPDX-License-Identifier: GPL-2.0
/* The same in a handler that may sleep, which has another way to loop. */
#include "extension.h"

HOSTILE("until-told-asleep",
	"the verifier follows a loop turn by turn, and sees no end of this one: .*spin_for");
SPIN_IMPORT(Clock);

__u32 told;

SPIN_SLEEPABLE_HANDLER(wait, struct spin_clock_tick *tick)
{
	__u64 turns = 0, seen;

	asm volatile("again_%=: %[seen] = *(u32 *)(%[told] + 0);"
		     "if %[seen] == 0 goto end_%=;"
		     "%[turns] += 1;"
		     "goto again_%=;"
		     "end_%=:"
		     : [turns] "+r"(turns), [seen] "=&r"(seen)
		     : [told] "r"(&told));
	return turns > 4;
}

SPIN_BIND(Clock_Tick, it, .handler = wait);
