// SPDX-License-Identifier: GPL-2.0
/* A tail call leaves for a program that nobody checked. */
#include "extension.h"

HOSTILE("tail-call", "tail.?call|prog_array|unknown func");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} programs SEC(".maps");

/* By hand, for what SPIN_HANDLER() does not show: what the kernel calls it with. */
struct spin_args_it_does {
	struct spin_udp_packet *pkt;
};

int it_does(struct spin_udp_packet *pkt);

SEC("struct_ops/it_does")
int __program_it_does(struct spin_args_it_does *args) __asm__("it_does");
int __program_it_does(struct spin_args_it_does *args)
{
	bpf_tail_call(args, &programs, 0);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
