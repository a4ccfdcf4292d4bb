// SPDX-License-Identifier: GPL-2.0
/* Uses a pointer that it has given up. */
#include "extension.h"

HOSTILE("cap-uses-after-release", "spin_file|trusted|reference");
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
	struct spin_file *file = spin_file_acquire(&tick->ctx, clip);

	if (!file)
		return 0;
	spin_file_release(file);
	return spin_file_size(&tick->ctx, file) < 0;
}

SPIN_BIND(Clock_Tick, try_it, .handler = try, .period_us = 1000);
