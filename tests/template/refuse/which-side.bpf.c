// SPDX-License-Identifier: GPL-2.0
/* Beside another, but on which side? */
#include "extension.h"

HOSTILE("which-side", "'it' has .relative = .nobody/nothing.*SPIN_ORDER_BEFORE nor SPIN_ORDER_AFTER");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.relative = "nobody/nothing");
