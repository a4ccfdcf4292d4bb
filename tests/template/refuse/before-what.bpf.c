// SPDX-License-Identifier: GPL-2.0
/* Before, but not before what. */
#include "extension.h"

HOSTILE("before-what", "'it' says SPIN_ORDER_BEFORE and not before wh(at|ich).* .relative = ");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.order = SPIN_ORDER_BEFORE);
