// SPDX-License-Identifier: GPL-2.0
/* A number in the place of a context. */
#include "extension.h"

HOSTILE("forged-context", "R1|type|pointer|expected");
SPIN_IMPORT(Udp);

SPIN_HANDLER(forge, struct spin_udp_packet *pkt)
{
	return spin_udp_reply((struct spin_udp_packet *)0xffffffff81000000ull);
}

SPIN_BIND(Udp_PacketArrived, it, .handler = forge);
