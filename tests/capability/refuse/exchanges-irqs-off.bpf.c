// SPDX-License-Identifier: GPL-2.0
/* Exchanges a pointer where the map that ends may not be waited for. */
#include "extension.h"

HOSTILE("cap-exchanges-irqs-off", "kptr_xchg");
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

SPIN_HANDLER(try, struct spin_strand_switch *sw)
{
	struct spin_file *file;
	struct entry *entry;
	__u32 zero = 0;

	entry = bpf_map_lookup_elem(&kept, &zero);
	if (!entry)
		return 0;
	file = bpf_kptr_xchg(&entry->file, NULL);
	if (file)
		spin_file_release(file);
	return 0;
}

SPIN_BIND(Strand_Checkpoint, try_it, .handler = try);
