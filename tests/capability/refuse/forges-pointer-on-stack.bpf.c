// SPDX-License-Identifier: GPL-2.0
/* Makes a file of its own. */
#include "extension.h"

HOSTILE("cap-forges-pointer-on-stack", "spin_file|trusted");
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
	__u64 made[8] = { 1 };

	return spin_file_size(&tick->ctx, (struct spin_file *)made) < 0;
}

SPIN_BIND(Clock_Tick, try_it, .handler = try, .period_us = 1000);
