// SPDX-License-Identifier: GPL-2.0
/* A context built in the value of a map. */
#include "extension.h"

HOSTILE("map-context", "R1|type|pointer|expected|trusted");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct spin_udp_packet);
} packets SEC(".maps");

SPIN_HANDLER(forge, struct spin_udp_packet *pkt)
{
	__u32 zero = 0;
	struct spin_udp_packet *mine = bpf_map_lookup_elem(&packets, &zero);

	return mine ? spin_udp_reply(mine) : SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = forge);
