// SPDX-License-Identifier: GPL-2.0
/* Packet bytes as the buffer that a kernel function writes to. */
#include "extension.h"

HOSTILE("load-packet", "rdonly_mem");
SPIN_IMPORT(Udp);

SPIN_HANDLER(scribble, struct spin_udp_packet *pkt)
{
	void *bytes = (void *)spin_udp_data(pkt, 0, 16);

	if (bytes)
		spin_udp_load(pkt, 16, bytes, 16);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = scribble);
