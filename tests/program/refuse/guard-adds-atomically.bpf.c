// SPDX-License-Identifier: GPL-2.0
/* A guard adds to a map's value atomically. */
#include "extension.h"

HOSTILE("guard-atomic", "guard.*(atomic|stor|writ)");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} values SEC(".maps");

SPIN_GUARD(add, struct spin_udp_packet *pkt)
{
	__u32 zero = 0;
	__u64 *seen = bpf_map_lookup_elem(&values, &zero);

	if (seen)
		__sync_fetch_and_add(seen, 1);
	return true;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it,
	.guard_fn = add, .handler = pass);
