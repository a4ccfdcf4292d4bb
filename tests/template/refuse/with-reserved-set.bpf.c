// SPDX-License-Identifier: GPL-2.0
/* A reserved member is set. */
#include "extension.h"

HOSTILE("reserved", "reserved");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.reserved = 1);
