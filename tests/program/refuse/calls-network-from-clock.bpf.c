// SPDX-License-Identifier: GPL-2.0
/* A function of packets, given the context of the clock. */
#include "extension.h"

HOSTILE("wrong-context", "spin_udp_packet|expected|type");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Clock);

SPIN_HANDLER(confused, struct spin_clock_tick *tick)
{
	return spin_udp_reply((struct spin_udp_packet *)tick);
}

SPIN_BIND(Clock_Tick, it, .handler = confused, .period_us = 1000);
