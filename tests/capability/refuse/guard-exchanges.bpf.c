// SPDX-License-Identifier: GPL-2.0
/* A guard that takes a pointer out of a map. */
#include "extension.h"

HOSTILE("cap-guard-exchanges", "kptr_xchg");
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

SPIN_GUARD(look, struct spin_clock_tick *tick)
{
	struct spin_file *file;
	struct entry *entry;
	__u32 zero = 0;

	entry = bpf_map_lookup_elem(&kept, &zero);
	if (!entry)
		return false;
	file = bpf_kptr_xchg(&entry->file, NULL);
	if (file)
		spin_file_release(file);
	return true;
}

SPIN_HANDLER(try, struct spin_clock_tick *tick)
{
	return 0;
}

SPIN_BIND(Clock_Tick, try_it, .guard_fn = look,
	.handler = try, .period_us = 1000);
