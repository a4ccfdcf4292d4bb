// SPDX-License-Identifier: GPL-2.0
/* More than an extension may have, at once. */
#include "hostile.h"

HOSTILE("large",
	"may have [0-9]+ bytes of kernel memory, and needs more; load it with --limit memory=N");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 20000000);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u64[4]);
} large SEC(".maps");

SPIN_HANDLER(look, struct spin_udp_packet *pkt)
{
	__u32 key = pkt->sport;

	return bpf_map_lookup_elem(&large, &key) ? SPIN_DROP : SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = look);
