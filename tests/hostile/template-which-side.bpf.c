// SPDX-License-Identifier: GPL-2.0
/* Beside another, but on which side? */
#include "hostile.h"

HOSTILE("which-side", "'it' says .relative = .nobody/nothing. and not on which side");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.relative = "nobody/nothing");
