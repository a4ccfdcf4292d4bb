// SPDX-License-Identifier: GPL-2.0
/* A guard lets a helper write: what is at the head of a queue, to an element. */
#include "extension.h"

HOSTILE("guard-peek", "bpf_map_peek_elem.. is not for extensions|guard.*(change|write|helper|call)");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 4);
	__uint(value_size, sizeof(__u64));
} queue SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

SPIN_GUARD(peek, struct spin_udp_packet *pkt)
{
	__u32 zero = 0;
	__u64 *value = bpf_map_lookup_elem(&table, &zero);

	if (value)
		bpf_map_peek_elem(&queue, value);
	return true;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it,
	.guard_fn = peek, .handler = pass);
