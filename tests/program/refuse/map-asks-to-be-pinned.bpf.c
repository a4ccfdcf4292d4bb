// SPDX-License-Identifier: GPL-2.0
/* A map with a name in bpffs would outlive the extension, a refused one as well. */
#include "extension.h"

HOSTILE("pins", "map 'seen' asks to be pinned");
SPIN_IMPORT(Udp);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
} seen SEC(".maps");

SPIN_HANDLER(count, struct spin_udp_packet *pkt)
{
	__u32 key = pkt->sport;
	__u64 *value = bpf_map_lookup_elem(&seen, &key);

	if (value)
		__sync_fetch_and_add(value, 1);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = count);
