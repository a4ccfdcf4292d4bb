// SPDX-License-Identifier: GPL-2.0
/* Stands before a binding that nobody has. */
#include "extension.h"

HOSTILE("before", "'it' is to be before binding 'nobody/nothing', which event Udp.PacketArrived does not have; spinctl event show");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.order = SPIN_ORDER_BEFORE, .relative = "nobody/nothing");
