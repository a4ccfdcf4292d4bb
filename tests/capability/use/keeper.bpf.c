// SPDX-License-Identifier: GPL-2.0
/* Is handed a file by Reader.Read, and keeps a pointer to it, if it may. */
#include "../../procedure/reader.h"

SPIN_EXTENSION("keeper");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);

SPIN_EXPORT_PUBLIC(Reader, Read);

/* Delete the element at each tick: the map releases what is in it. */
SPIN_SETTING(__u32, drop, 0);

struct entry {
	struct spin_file __kptr *file;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct entry);
} kept SEC(".maps");

__u64 ticks;
__s32 during;		/* first byte, or an errno, by the argument */
__s32 rights;		/* of the argument */
__s32 after;		/* by the pointer, at a tick */
__u64 keeps;		/* pointers that were had */
__u64 refused;		/* and that were not */

static __s32 read_by(struct spin_ctx *ctx, struct spin_file *file)
{
	__u8 byte = 0;
	int done = spin_file_read(ctx, file, 0, &byte, 1);

	return done == 1 ? byte : done;
}

static void keep(struct spin_ctx *ctx, struct spin_file *file)
{
	struct entry fresh = {}, *entry;
	__u32 key = 1;

	bpf_map_update_elem(&kept, &key, &fresh, BPF_NOEXIST);
	entry = bpf_map_lookup_elem(&kept, &key);
	if (entry)
		file = bpf_kptr_xchg(&entry->file, file);
	if (file)
		spin_file_release(file);
}

SPIN_SLEEPABLE_HANDLER(take, struct spin_call *call)
{
	__u32 slot = SPIN_ARG(call, Reader, Read, file);
	struct spin_file *file;
	__u8 byte = 0;
	int done;

	done = spin_file_read(&call->ctx, slot, 0, &byte, 1);
	during = done == 1 ? byte : done;
	rights = spin_capability_rights(&call->ctx, slot);
	file = spin_file_acquire(&call->ctx, slot);
	if (!file) {
		refused++;
		return 0;
	}
	keeps++;
	keep(&call->ctx, file);
	return 0;
}

SPIN_IMPLEMENT(Reader, Read, taking, .handler = take);

SPIN_SLEEPABLE_HANDLER(look, struct spin_clock_tick *tick)
{
	struct spin_file *file;
	struct entry *entry;
	__u32 key = 1;

	ticks++;
	entry = bpf_map_lookup_elem(&kept, &key);
	if (!entry)
		return 0;
	file = bpf_kptr_xchg(&entry->file, NULL);
	if (file) {
		after = read_by(&tick->ctx, file);
		keep(&tick->ctx, file);
	}
	if (drop)
		bpf_map_delete_elem(&kept, &key);
	return 0;
}

SPIN_BIND(Clock_Tick, looking, .handler = look, .period_us = 5000);
