// SPDX-License-Identifier: GPL-2.0
/* A handler that may sleep, on an event that is raised in a softirq. */
#include "extension.h"

HOSTILE("sleepable-udp",
	"handlers of Udp.PacketArrived must not sleep: define it with SPIN_HANDLER");
SPIN_IMPORT(Udp);

SPIN_SLEEPABLE_HANDLER(doze, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = doze);
