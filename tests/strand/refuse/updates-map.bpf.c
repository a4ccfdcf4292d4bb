// SPDX-License-Identifier: GPL-2.0
/* A handler takes a map's lock under that of the run queue. */
#include "extension.h"
#include <spin/bpf/strand.h>

HOSTILE("strand-update", "map_update_elem|locks of a map");
SPIN_IMPORT(Strand);

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} table SEC(".maps");

SPIN_HANDLER(update, struct spin_strand_switch *sw)
{
	__u32 key = sw->pid;
	__u64 value = sw->now_ns;

	bpf_map_update_elem(&table, &key, &value, BPF_ANY);
	return 0;
}

SPIN_BIND(Strand_Checkpoint, it, .handler = update);
