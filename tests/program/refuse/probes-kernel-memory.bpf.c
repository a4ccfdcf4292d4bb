// SPDX-License-Identifier: GPL-2.0
/* bpf_probe_read_kernel() reads any address. */
#include "extension.h"

HOSTILE("probe-read", "probe_read|unknown func");
SPIN_IMPORT(Udp);

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	__u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), (void *)0xffffffff81000000ull);
	if (word & 1)
		return SPIN_DROP;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
