// SPDX-License-Identifier: GPL-2.0
/* Puts a pointer to its file into a map that another extension has, too. */
#include "../smuggle.h"

SPIN_EXTENSION("smuggle-puts");

SPIN_CAPABILITY(spin_file_t, clip);

__u64 put;

SPIN_SLEEPABLE_HANDLER(put_it, struct spin_clock_tick *tick)
{
	struct spin_file *file;
	struct entry *entry;
	__u32 zero = 0;

	entry = bpf_map_lookup_elem(&spin_test_smuggled, &zero);
	if (!entry)
		return 0;
	file = spin_file_acquire(&tick->ctx, clip);
	if (!file)
		return 0;
	file = bpf_kptr_xchg(&entry->file, file);
	if (file)
		spin_file_release(file);
	put++;
	return 0;
}

SPIN_BIND(Clock_Tick, putting, .handler = put_it, .period_us = 5000);
