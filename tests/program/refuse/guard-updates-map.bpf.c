// SPDX-License-Identifier: GPL-2.0
/* A guard updates a map by a helper. */
#include "extension.h"

HOSTILE("guard-update", "guard.*(helper|call|map_update|side effect)");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

SPIN_GUARD(update, struct spin_udp_packet *pkt)
{
	__u32 key = pkt->dport;
	__u64 value = pkt->len;

	bpf_map_update_elem(&table, &key, &value, BPF_ANY);
	return true;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it,
	.guard_fn = update, .handler = pass);
