// SPDX-License-Identifier: GPL-2.0
/* Takes what it finds, and tries to use it. */
#include "../smuggle.h"

SPIN_EXTENSION("smuggle-takes");

__u64 taken;
__s32 read;
__s64 size;
__s32 readahead;
__s32 by_number;

SPIN_SLEEPABLE_HANDLER(take, struct spin_clock_tick *tick)
{
	struct spin_file *file;
	struct entry *entry;
	__u32 zero = 0;
	__u8 byte;

	entry = bpf_map_lookup_elem(&spin_test_smuggled, &zero);
	if (!entry)
		return 0;
	file = bpf_kptr_xchg(&entry->file, NULL);
	if (!file)
		return 0;
	read = spin_file_read(&tick->ctx, file, 0, &byte, 1);
	size = spin_file_size(&tick->ctx, file);
	readahead = spin_file_readahead(&tick->ctx, file, 0, 4096);
	/* The other's slot is nothing here. */
	by_number = spin_file_read(&tick->ctx, 1, 0, &byte, 1);
	spin_file_release(file);
	taken++;
	return 0;
}

SPIN_BIND(Clock_Tick, taking, .handler = take, .period_us = 5000);
