// SPDX-License-Identifier: GPL-2.0
/* No such order. */
#include "hostile.h"

HOSTILE("order", "binding 'it': member order must be");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.order = 17);
