// SPDX-License-Identifier: GPL-2.0
/* An update copies the whole value, with preemption off. */
#include "extension.h"

HOSTILE("large-map", "may take [0-9]+ instructions.*the 40000 bytes of a value of 'large'");
SPIN_IMPORT(Udp);

struct element {
	__u8 bytes[40000];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct element);
} large SEC(".maps");

SPIN_HANDLER(forget, struct spin_udp_packet *pkt)
{
	__u32 key = pkt->dport;

	bpf_map_delete_elem(&large, &key);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = forget);
