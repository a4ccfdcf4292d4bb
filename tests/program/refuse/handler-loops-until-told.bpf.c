// SPDX-License-Identifier: GPL-2.0
/* A loop that the verifier follows until it has had enough. */
#include "extension.h"

HOSTILE("until-told",
	"the verifier follows a loop turn by turn, and sees no end of this one: .*#pragma unroll");
SPIN_IMPORT(Udp);

__u32 told;

SPIN_HANDLER(wait, struct spin_udp_packet *pkt)
{
	__u64 turns = 0, seen;

	/* In C, the compiler says which way the verifier goes first. */
	asm volatile("again_%=: %[seen] = *(u32 *)(%[told] + 0);"
		     "if %[seen] == 0 goto end_%=;"
		     "%[turns] += 1;"
		     "goto again_%=;"
		     "end_%=:"
		     : [turns] "+r"(turns), [seen] "=&r"(seen)
		     : [told] "r"(&told));
	return turns > 4 ? SPIN_DROP : SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = wait);
