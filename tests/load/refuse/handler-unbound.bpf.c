// SPDX-License-Identifier: GPL-2.0
/* A program of last week's, whose binding is gone. */
#include "extension.h"

HOSTILE("handler-unbound", "program 'old' stands in no SPIN_BIND\\(\\)");
SPIN_IMPORT(Udp);

SPIN_HANDLER(old, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass);
