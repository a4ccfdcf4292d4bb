// SPDX-License-Identifier: GPL-2.0
/* A hash whose collisions can be worked out beforehand. */
#include "extension.h"

HOSTILE("map-with-known-seed", "map 'table'.*map_flags 0x40.*secret");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__uint(map_flags, BPF_F_ZERO_SEED);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

SPIN_HANDLER(look, struct spin_udp_packet *pkt)
{
	__u32 key = pkt->dport;
	__u64 *count = bpf_map_lookup_elem(&table, &key);

	if (count)
		++*count;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = look);
