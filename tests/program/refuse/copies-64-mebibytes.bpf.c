// SPDX-License-Identifier: GPL-2.0
/*
 * One call, and yet long: a helper that copies a map's value costs what the
 * value is large.
 */
#include "extension.h"

HOSTILE("copies", "instructions");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__uint(value_size, 64 << 20);
} to SEC(".maps"), from SEC(".maps");

SPIN_HANDLER(copy, struct spin_udp_packet *pkt)
{
	__u32 zero = 0;
	void *value = bpf_map_lookup_elem(&from, &zero);

	if (value)
		bpf_map_update_elem(&to, &zero, value, 0);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = copy);
