// SPDX-License-Identifier: GPL-2.0
/* An event of an interface that the extension has not imported. */
#include "extension.h"

HOSTILE("no-udp", "Udp");
SPIN_IMPORT(Console);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass);
