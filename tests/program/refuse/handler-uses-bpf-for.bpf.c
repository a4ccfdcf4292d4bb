// SPDX-License-Identifier: GPL-2.0
/* The open-coded number iterator on an atomic event. */
#include "extension.h"

HOSTILE("bpf-for", "bpf_iter_num|loop");
SPIN_IMPORT(Udp);

SPIN_HANDLER(loop, struct spin_udp_packet *pkt)
{
	__u64 sum = 0;
	int i;

	bpf_for(i, 0, 1000000)
		sum += i;
	return sum & 1 ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = loop);
