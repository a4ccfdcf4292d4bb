// SPDX-License-Identifier: GPL-2.0
/* The name of the extension has characters that no name has. */
#include "extension.h"

HOSTILE("../etc", "name");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass);
