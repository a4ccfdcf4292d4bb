// SPDX-License-Identifier: GPL-2.0
/* A port of more than 16 bits. */
#include "extension.h"

HOSTILE("wide-match", "dport");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.match = { .fields = SPIN_UDP_DPORT, .value = { 70000 } });
