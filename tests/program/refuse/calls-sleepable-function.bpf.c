// SPDX-License-Identifier: GPL-2.0
/* A function that may sleep, from an atomic handler. */
#include "extension.h"

HOSTILE("sleep-atomic", "sleep|spin_file_size");
SPIN_IMPORT(Udp);
SPIN_IMPORT(File);

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	if (spin_file_size(&pkt->ctx, 1) < 0)
		return SPIN_DROP;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
