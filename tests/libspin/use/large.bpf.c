// SPDX-License-Identifier: GPL-2.0
/* Its maps take more memory than a small limit allows, one of them most of it. */
#include "extension.h"

SPIN_EXTENSION("large");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} small SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 100000);
	__type(key, __u32);
	__type(value, __u64);
} large SEC(".maps");

SPIN_HANDLER(look, struct spin_udp_packet *pkt)
{
	__u32 key = pkt->sport;

	return bpf_map_lookup_elem(&large, &key) &&
	       bpf_map_lookup_elem(&small, &key) ? SPIN_DROP : SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = look);
