// SPDX-License-Identifier: GPL-2.0
/* Of a static structure only a part is used: the compiler names the part as no type may be named. */
#include "extension.h"

HOSTILE("apart",
	"the compiler took the static structure 'state' apart");
SPIN_IMPORT(Udp);

static struct {
	__u64 used;
	__u64 unused;
} state;

SPIN_HANDLER(count, struct spin_udp_packet *pkt)
{
	if (pkt->len > state.used)
		state.used = pkt->len;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = count);
