// SPDX-License-Identifier: GPL-2.0
/* A period, on an event that has none. */
#include "extension.h"

HOSTILE("udp-period", "'it' says .period_us, which is for bindings of Clock.Tick");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass,
	.period_us = 1000);
