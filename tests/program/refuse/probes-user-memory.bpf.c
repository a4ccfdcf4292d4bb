// SPDX-License-Identifier: GPL-2.0
/* bpf_probe_read_user() reads the memory of the process that was interrupted. */
#include "extension.h"

HOSTILE("probe-user", "probe_read|unknown func");
SPIN_IMPORT(Udp);

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	__u64 word = 0;

	bpf_probe_read_user(&word, sizeof(word), (void *)0x400000);
	if (word & 1)
		return SPIN_DROP;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
