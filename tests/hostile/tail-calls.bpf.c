// SPDX-License-Identifier: GPL-2.0
/* A tail call leaves for a program that nobody checked. */
#include "hostile.h"

HOSTILE("tail-call", "tail.?call|prog_array|unknown func");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} programs SEC(".maps");

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	bpf_tail_call(ctx, &programs, 0);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = (void *)it_does);
