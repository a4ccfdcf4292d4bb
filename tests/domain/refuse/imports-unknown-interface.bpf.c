// SPDX-License-Identifier: GPL-2.0
/* There is no such interface. */
#include "extension.h"

HOSTILE("no-interface", "Teleport");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Teleport);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass);
