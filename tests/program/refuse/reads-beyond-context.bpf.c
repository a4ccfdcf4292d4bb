// SPDX-License-Identifier: GPL-2.0
/* Reads beyond the end of the context. */
#include "extension.h"

HOSTILE("beyond-context", "beyond|invalid|outside|access");
SPIN_IMPORT(Udp);

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	if (((volatile __u64 *)pkt)[40])
		return SPIN_DROP;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
