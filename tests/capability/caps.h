/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Uses a file in all the ways there are: by its slot, by a pointer, by a pointer
 * kept in a map; and another one that is granted later, or never. NAME is its own.
 */
#include "extension.h"

SPIN_EXTENSION(NAME);
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);
SPIN_IMPORT(Socket);

SPIN_CAPABILITY_OPTIONAL(spin_file_t, clip);
SPIN_CAPABILITY_LATE(spin_file_t, later);
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

SPIN_SETTING(__u32, keep, 1);

__u64 ticks;
__s32 by_slot;		/* first byte, or an errno */
__s32 by_pointer;
__s32 by_map;
__s32 by_late;
__s32 rights;
__s32 late_rights;
__s32 socket_as_file;	/* a pointer of another kind: 1 if there was one */
__s32 sent;
__s64 size;

static __s32 read_slot(struct spin_clock_tick *tick, __u32 slot)
{
	__u8 byte = 0;
	int done = spin_file_read(&tick->ctx, slot, 0, &byte, 1);

	return done == 1 ? byte : done;
}

static __s32 read_pointer(struct spin_clock_tick *tick, struct spin_file *file)
{
	__u8 byte = 0;
	int done = spin_file_read(&tick->ctx, file, 0, &byte, 1);

	return done == 1 ? byte : done;
}

static __s32 try_pointer(struct spin_clock_tick *tick)
{
	struct spin_file *file = spin_file_acquire(&tick->ctx, clip);
	__s32 result;

	if (!file)
		return -1000;
	result = read_pointer(tick, file);
	size = spin_file_size(&tick->ctx, file);
	spin_file_release(file);
	return result;
}

static __s32 try_map(struct spin_clock_tick *tick)
{
	struct spin_file *file;
	struct entry *entry;
	__u32 zero = 0;
	__s32 result;

	entry = bpf_map_lookup_elem(&kept, &zero);
	if (!entry)
		return -1001;
	file = bpf_kptr_xchg(&entry->file, NULL);
	if (!file)
		file = spin_file_acquire(&tick->ctx, clip);
	if (!file)
		return -1000;
	result = read_pointer(tick, file);
	if (!keep) {
		spin_file_release(file);
		return result;
	}
	file = bpf_kptr_xchg(&entry->file, file);
	if (file)
		spin_file_release(file);
	return result;
}

static void try_socket(struct spin_clock_tick *tick)
{
	struct spin_udp_dest dest = {
		.addr = bpf_htonl(0x7f000001), .port = 4246,
	};
	struct spin_send msg = { .socket = out, .len = 10 };
	struct spin_file *file = spin_file_acquire(&tick->ctx, out);

	if (file) {
		socket_as_file = 1;
		spin_file_release(file);
	}
	file = spin_file_acquire(&tick->ctx, clip);
	if (!file)
		return;
	sent = spin_socket_send_file(&tick->ctx, file, &msg, &dest,
				     sizeof(dest));
	spin_file_release(file);
}

SPIN_SLEEPABLE_HANDLER(use, struct spin_clock_tick *tick)
{
	by_slot = read_slot(tick, clip);
	by_pointer = try_pointer(tick);
	by_map = try_map(tick);
	by_late = read_slot(tick, later);
	rights = spin_capability_rights(&tick->ctx, clip);
	late_rights = spin_capability_rights(&tick->ctx, later);
	try_socket(tick);
	ticks++;
	return 0;
}

SPIN_BIND(Clock_Tick, use_it, .handler = use, .period_us = 5000);
