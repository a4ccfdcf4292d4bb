// SPDX-License-Identifier: GPL-2.0
/* bpf_ringbuf_output() wakes tasks up: not under an atomic event. */
#include "extension.h"

HOSTILE("ring-output", "ringbuf|unknown func");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	__u32 len = pkt->len;

	bpf_ringbuf_output(&ring, &len, sizeof(len), 0);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
