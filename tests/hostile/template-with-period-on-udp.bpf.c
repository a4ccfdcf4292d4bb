// SPDX-License-Identifier: GPL-2.0
/* A period, on an event that has none. */
#include "hostile.h"

HOSTILE("udp-period", "binding 'it': member period_us");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.period_us = 1000);
