// SPDX-License-Identifier: GPL-2.0
/* A flag that does not exist. */
#include "extension.h"

HOSTILE("flags", "flags");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass, .flags = 1U << 7);
