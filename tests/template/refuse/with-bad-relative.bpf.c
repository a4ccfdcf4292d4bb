// SPDX-License-Identifier: GPL-2.0
/* Stands before a binding whose name cannot be one. */
#include "extension.h"

HOSTILE("relative", "'it' says a .relative that is no name");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.order = SPIN_ORDER_BEFORE, .relative = "no such thing!");
