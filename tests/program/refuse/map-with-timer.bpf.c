// SPDX-License-Identifier: GPL-2.0
/* A timer in a map that another program may arm; the extension looks on. */
#include "extension.h"

HOSTILE("map-with-timer", "map 'timers'.*timer");
SPIN_IMPORT(Udp);

struct element {
	struct bpf_timer timer;
	__u64 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct element);
} timers SEC(".maps");

SPIN_HANDLER(look, struct spin_udp_packet *pkt)
{
	__u32 zero = 0;
	struct element *element = bpf_map_lookup_elem(&timers, &zero);

	if (element)
		element->count++;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = look);
