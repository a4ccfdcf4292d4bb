// SPDX-License-Identifier: GPL-2.0
/* Uses a pointer that is still in the map, and may go at any time. */
#include "extension.h"

HOSTILE("cap-takes-no-exchange", "referenced|trusted");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);
SPIN_IMPORT(Socket);
SPIN_IMPORT(Strand);

SPIN_CAPABILITY_OPTIONAL(spin_file_t, clip);
SPIN_CAPABILITY_OPTIONAL(spin_socket_t, out);

struct entry {
	struct spin_file __kptr *file;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct entry);
} kept SEC(".maps");

SPIN_SLEEPABLE_HANDLER(try, struct spin_clock_tick *tick)
{
	struct spin_file *file;
	struct entry *entry;
	__u32 zero = 0;

	entry = bpf_map_lookup_elem(&kept, &zero);
	if (!entry)
		return 0;
	file = entry->file;
	if (!file)
		return 0;
	return spin_file_size(&tick->ctx, file) < 0;
}

SPIN_BIND(Clock_Tick, try_it, .handler = try, .period_us = 1000);
