// SPDX-License-Identifier: GPL-2.0
/* Member .mode is set, which this version knows nothing of. */
#include "extension.h"

HOSTILE("later", "\\.mode");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.mode = 1);
