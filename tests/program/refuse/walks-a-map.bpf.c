// SPDX-License-Identifier: GPL-2.0
/* bpf_for_each_map_elem() holds an RCU read lock and is as long as the map. */
#include "extension.h"

HOSTILE("for-each", "bpf_for_each_map_elem\\(\\) is not for extensions|loop");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} values SEC(".maps");

static long each(void *map, __u32 *key, __u64 *value, void *data)
{
	return 0;
}

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	bpf_for_each_map_elem(&values, each, NULL, 0);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
