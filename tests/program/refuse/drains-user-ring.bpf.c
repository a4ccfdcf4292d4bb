// SPDX-License-Identifier: GPL-2.0
/* bpf_user_ringbuf_drain() runs for as long as user space feeds it. */
#include "extension.h"

HOSTILE("user-ring", "user_ringbuf_drain|unknown func|loop|map");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

static long sample(struct bpf_dynptr *dynptr, void *data)
{
	return 0;
}

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	bpf_user_ringbuf_drain(&ring, sample, NULL, 0);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
