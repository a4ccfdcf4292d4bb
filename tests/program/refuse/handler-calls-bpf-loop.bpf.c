// SPDX-License-Identifier: GPL-2.0
/* bpf_loop() on an atomic event. */
#include "extension.h"

HOSTILE("bpf-loop", "bpf_loop|loop");
SPIN_IMPORT(Udp);

static long step(__u64 index, void *data)
{
	*(__u64 *)data += index;
	return 0;
}

SPIN_HANDLER(loop, struct spin_udp_packet *pkt)
{
	__u64 sum = 0;

	bpf_loop(1 << 20, step, &sum, 0);
	return sum & 1 ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = loop);
