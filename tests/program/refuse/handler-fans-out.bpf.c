// SPDX-License-Identifier: GPL-2.0
/* No loop, and yet 10^7 instructions: seven levels of global functions, each of which calls the next ten times. The verifier looks at each global function once. */
#include "extension.h"

HOSTILE("fan-out", "instructions");
SPIN_IMPORT(Udp);

#define TEN(F, X) \
	(F(X) + F(X + 1) + F(X + 2) + F(X + 3) + F(X + 4) + \
	 F(X + 5) + F(X + 6) + F(X + 7) + F(X + 8) + F(X + 9))
#define LEVEL(N, NEXT)						\
	__attribute__((noinline)) int level##N(int x)		\
	{							\
		opaque(x);					\
		return TEN(NEXT, x);				\
	}

__attribute__((noinline)) int level7(int x)
{
	opaque(x);
	return x + 1;
}
LEVEL(6, level7)
LEVEL(5, level6)
LEVEL(4, level5)
LEVEL(3, level4)
LEVEL(2, level3)
LEVEL(1, level2)

SPIN_HANDLER(fan, struct spin_udp_packet *pkt)
{
	return TEN(level1, pkt->len) & 1 ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = fan);
