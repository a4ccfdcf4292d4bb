// SPDX-License-Identifier: GPL-2.0
/* The context is read-only. */
#include "extension.h"

HOSTILE("write-context", "only read is supported|cannot write|write.*not|read-only");
SPIN_IMPORT(Udp);

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	pkt->dport = 9;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
