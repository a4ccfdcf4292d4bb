// SPDX-License-Identifier: GPL-2.0
/* spin_for() sleeps: it is not for an atomic event. */
#include "extension.h"

HOSTILE("atomic-spin-for",
	"spin_for\\(\\) may sleep: it is for SPIN_SLEEPABLE_HANDLER");
SPIN_IMPORT(Udp);

SPIN_HANDLER(loop, struct spin_udp_packet *pkt)
{
	__u64 sum = 0;
	int i;

	spin_for(i, 0, 1000)
		sum += i;
	return sum & 1 ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = loop);
