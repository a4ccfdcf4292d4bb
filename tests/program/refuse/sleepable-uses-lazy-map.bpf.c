// SPDX-License-Identifier: GPL-2.0
/* A value that may be freed between two turns of the loop. */
#include "extension.h"

HOSTILE("lazy-map", "map 'lazy'.*freed while.*BPF_F_NO_PREALLOC");
SPIN_IMPORT(Clock);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u64);
} lazy SEC(".maps");

SPIN_SLEEPABLE_HANDLER(loop, struct spin_clock_tick *tick)
{
	__u32 key = 1;
	__u64 *value = bpf_map_lookup_elem(&lazy, &key);
	int i;

	if (!value)
		return 0;
	spin_for(i, 0, 100)
		*value += i;
	return 0;
}

SPIN_BIND(Clock_Tick, it, .handler = loop, .period_us = 1000);
