// SPDX-License-Identifier: GPL-2.0
/* Relative to a binding, and not before or after it. */
#include "extension.h"

HOSTILE("relative-alone",
	"binding 'it' has .relative = .other., and its .order is neither SPIN_ORDER_BEFORE nor SPIN_ORDER_AFTER");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass, .relative = "other");
