// SPDX-License-Identifier: GPL-2.0
/*
 * tally: named counters that applications share. An application opens a counter by
 * its name and gets a reference; to count it needs the reference, which it may hand
 * on to another process without giving it any other counter.
 */
#include <spin/bpf/reference.h>
#include "tally.h"

SPIN_EXTENSION("tally");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Trap);
SPIN_IMPORT(Reference);

#define COUNTER	1	/* type of the references: the value is an index */

#define EINVAL	22
#define ENOSPC	28
#define EEXIST	17

struct name {
	char text[TALLY_NAME_LEN];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TALLY_MAX);
	__type(key, struct name);
	__type(value, __u32);
} names SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TALLY_MAX);
	__type(key, __u32);
	__type(value, __u64);
} sums SEC(".maps");

/* Indices that were taken for a name which somebody else was quicker with. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, TALLY_MAX);
	__type(value, __u32);
} spare SEC(".maps");

__u32 used;		/* indices given out */
__u64 opened, added, closed;

static int done(struct spin_syscall *call, __u64 answer)
{
	spin_syscall_return(call, answer);
	return SPIN_SYSCALL_DONE;
}

static int take_index(__u32 *index)
{
	if (!bpf_map_pop_elem(&spare, index))
		return 0;
	if (used >= TALLY_MAX)
		return -ENOSPC;
	*index = __sync_fetch_and_add(&used, 1);
	return *index < TALLY_MAX ? 0 : -ENOSPC;
}

/* The index of a counter, a new one if there is none of that name. */
static int find(const struct name *name, __u32 *index)
{
	__u32 *found = bpf_map_lookup_elem(&names, name);
	__u32 next = 0;
	int err;

	if (!found) {
		err = take_index(&next);
		if (err)
			return err;
		err = bpf_map_update_elem(&names, name, &next, BPF_NOEXIST);
		if (err)
			bpf_map_push_elem(&spare, &next, 0);
		if (err && err != -EEXIST)	/* somebody came first */
			return err;
		found = bpf_map_lookup_elem(&names, name);
		if (!found)
			return -ENOSPC;
	}
	*index = *found;
	return 0;
}

static int open_counter(struct spin_syscall *call)
{
	struct name name;
	__u32 index;
	__s64 ref;
	int err;

	err = spin_syscall_load(call, 0, &name, sizeof(name));
	if (err)
		return err;
	if (!name.text[0] || name.text[TALLY_NAME_LEN - 1])
		return -EINVAL;
	err = find(&name, &index);
	if (err)
		return err;
	ref = spin_externalize_value(call, COUNTER, index);
	if (ref < 0)
		return ref;
	__sync_fetch_and_add(&opened, 1);
	return done(call, ref);
}

static int add(struct spin_syscall *call)
{
	__u64 value = 0, *sum;
	__u32 index;
	int err;

	err = spin_internalize_value(call, call->arg[0], COUNTER, &value);
	if (err)
		return err;
	index = value;
	sum = bpf_map_lookup_elem(&sums, &index);
	if (!sum)
		return -EINVAL;
	__sync_fetch_and_add(&added, 1);
	return done(call, __sync_fetch_and_add(sum, call->arg[1]) + call->arg[1]);
}

static int close_counter(struct spin_syscall *call)
{
	int err = spin_reference_delete(call, call->arg[0]);

	if (err)
		return err;
	__sync_fetch_and_add(&closed, 1);
	return done(call, 0);
}

SPIN_HANDLER(serve, struct spin_syscall *call)
{
	switch (call->number) {
	case TALLY_OPEN:
		return open_counter(call);
	case TALLY_ADD:
		return add(call);
	case TALLY_CLOSE:
		return close_counter(call);
	default:
		return SPIN_SYSCALL_PASS;
	}
}

SPIN_BIND(Trap_SystemCall, server, .handler = serve);
