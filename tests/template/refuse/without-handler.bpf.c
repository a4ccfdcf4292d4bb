// SPDX-License-Identifier: GPL-2.0
/* A binding without a handler. */
#include "extension.h"

HOSTILE("no-handler", "binding 'it' has no .handler");
SPIN_IMPORT(Udp);

SPIN_GUARD(never, struct spin_udp_packet *pkt)
{
	return false;
}

SPIN_BIND(Udp_PacketArrived, it, .guard_fn = never);
