// SPDX-License-Identifier: GPL-2.0
/* A spin lock can be held by the code this one interrupted. */
#include "extension.h"

HOSTILE("spin-lock", "spin_lock|spin lock|unknown func");
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

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	__u32 zero = 0;
	struct element *element = bpf_map_lookup_elem(&locked, &zero);

	if (element) {
		bpf_spin_lock(&element->lock);
		element->count++;
		bpf_spin_unlock(&element->lock);
	}
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
