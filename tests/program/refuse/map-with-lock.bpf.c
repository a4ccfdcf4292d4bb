// SPDX-License-Identifier: GPL-2.0
/* A lock in a map that another program may hold; updates with BPF_F_LOCK wait. */
#include "extension.h"

HOSTILE("map-with-lock", "map 'locked'.*lock");
SPIN_IMPORT(Udp);

struct element {
	struct bpf_spin_lock lock;
	__u64 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct element);
} locked SEC(".maps");

SPIN_HANDLER(look, struct spin_udp_packet *pkt)
{
	__u32 zero = 0;
	struct element *element = bpf_map_lookup_elem(&locked, &zero);

	if (element)
		element->count++;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = look);
