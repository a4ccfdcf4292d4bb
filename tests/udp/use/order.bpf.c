// SPDX-License-Identifier: GPL-2.0
/*
 * Six handlers of one event that write down in which order they run. Order of
 * installation is that of the source: plain, last, first, plain, last, first.
 */
#include "extension.h"

SPIN_EXTENSION("order");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

__u32 runs;
__u32 ran[32];

SPIN_SETTING(__u32, ends_at, 0);

#define STEP(N, ORDER)							\
	SPIN_HANDLER(step##N, struct spin_udp_packet *pkt)		\
	{								\
		__u32 at = __sync_fetch_and_add(&runs, 1);		\
									\
		if (at < 32)						\
			ran[at] = N;					\
		return ends_at == N ? SPIN_CONSUME : SPIN_PASS;		\
	}								\
	SPIN_BIND(Udp_PacketArrived, binding##N, .handler = step##N, \
		.guard_fn = to_port, .order = ORDER)

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == 4243;
}

STEP(1, SPIN_ORDER_NONE);
STEP(2, SPIN_ORDER_LAST);
STEP(3, SPIN_ORDER_FIRST);
STEP(4, SPIN_ORDER_NONE);
STEP(5, SPIN_ORDER_LAST);
STEP(6, SPIN_ORDER_FIRST);
