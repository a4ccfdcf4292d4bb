// SPDX-License-Identifier: GPL-2.0
/* No such order. */
#include "extension.h"

HOSTILE("order", "'it' says .order = 17, which must be SPIN_ORDER_NONE");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.order = 17);
