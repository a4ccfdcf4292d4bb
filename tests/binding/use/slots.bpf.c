// SPDX-License-Identifier: GPL-2.0
/* Nothing but a template with a slot: the load makes no binding of it. */
#include "extension.h"

SPIN_EXTENSION("slots");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

__u64 seen;

SPIN_HANDLER(see, struct spin_udp_packet *pkt)
{
	__sync_fetch_and_add(&seen, pkt->ctx.closure);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, see_it, .handler = see, .slot = 7);
