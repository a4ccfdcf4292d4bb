// SPDX-License-Identifier: GPL-2.0
/* A guard stores to the value of a map. */
#include "extension.h"

HOSTILE("guard-map-value", "guard.*(stor|writ)");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} values SEC(".maps");

SPIN_GUARD(count, struct spin_udp_packet *pkt)
{
	__u32 zero = 0;
	__u64 *seen = bpf_map_lookup_elem(&values, &zero);

	if (seen)
		*seen = pkt->len;
	return true;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it,
	.guard_fn = count, .handler = pass);
