// SPDX-License-Identifier: GPL-2.0
/* Puts a socket where a file belongs. */
#include "extension.h"

HOSTILE("cap-wrong-pointer-into-map", "kptr");
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
	struct spin_socket *socket = spin_socket_acquire(&tick->ctx, out);
	struct spin_file *file;
	struct entry *entry;
	__u32 zero = 0;

	if (!socket)
		return 0;
	entry = bpf_map_lookup_elem(&kept, &zero);
	if (!entry) {
		spin_socket_release(socket);
		return 0;
	}
	file = (void *)bpf_kptr_xchg(&entry->file, (void *)socket);
	if (file)
		spin_file_release(file);
	return 0;
}

SPIN_BIND(Clock_Tick, try_it, .handler = try, .period_us = 1000);
