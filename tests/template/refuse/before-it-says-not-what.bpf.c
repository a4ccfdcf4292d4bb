// SPDX-License-Identifier: GPL-2.0
/* Before, and not before which. */
#include "extension.h"

HOSTILE("before-what",
	"binding 'it' says SPIN_ORDER_BEFORE and not before which");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass, .order = SPIN_ORDER_BEFORE);
