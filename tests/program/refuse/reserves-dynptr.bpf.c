// SPDX-License-Identifier: GPL-2.0
/* A reserved dynptr is held until it is given back. */
#include "extension.h"

HOSTILE("dynptr", "ringbuf|dynptr|unknown func");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	struct bpf_dynptr dynptr;

	bpf_ringbuf_reserve_dynptr(&ring, 8, 0, &dynptr);
	bpf_ringbuf_discard_dynptr(&dynptr, 0);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
