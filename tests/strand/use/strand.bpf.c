// SPDX-License-Identifier: GPL-2.0
/*
 * Counts the switches of strands by group, and whether they come as promised.
 * One more binding has an indexed guard: group 5.
 */
#include "extension.h"
#include <spin/bpf/strand.h>

SPIN_EXTENSION("strand");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Strand);

#define GROUPS	8
#define KEYED	5

__u64 begun[GROUPS];		/* edges: registrations … */
__u64 ended[GROUPS];		/* … and their ends, but by the thread's end */
__u64 switches[GROUPS];		/* checkpoints that are no edges */
__u64 preempted[GROUPS];
__u64 resumes[GROUPS];		/* resumes that are no edges */
__u64 on_ns[GROUPS];
__u64 off_ns[GROUPS];
__u64 first_ns[GROUPS];		/* of the last strand of the group */
__u64 last_ns[GROUPS];
__u64 strand[GROUPS];		/* of the same: its id, thread and process */
__u64 thread[GROUPS];
__u64 process[GROUPS];

__u64 disorder;			/* two events of one kind in a row */
__u64 backwards;		/* time ran backwards */
__u64 torn;			/* an event begins where the last did not end */
__u64 foreign;			/* events of another thread than registered */
__u64 keyed;			/* checkpoints of group KEYED */
__u64 wrong_key;

static __u64 was_on[GROUPS];

/* One strand at a time in a group: nothing here is shared between CPUs. */
static __always_inline void look(struct spin_strand_switch *sw, __u64 g, bool on)
{
	if (was_on[g] == on)
		__sync_fetch_and_add(&disorder, 1);
	was_on[g] = on;
	if (sw->now_ns < sw->since_ns)
		__sync_fetch_and_add(&backwards, 1);
	if (strand[g] == sw->strand) {
		if (last_ns[g] != sw->since_ns)
			__sync_fetch_and_add(&torn, 1);
		if (thread[g] != sw->pid || process[g] != sw->tgid)
			__sync_fetch_and_add(&foreign, 1);
	} else {
		first_ns[g] = sw->since_ns;
	}
	strand[g] = sw->strand;
	thread[g] = sw->pid;
	process[g] = sw->tgid;
	last_ns[g] = sw->now_ns;
}

SPIN_HANDLER(off, struct spin_strand_switch *sw)
{
	__u64 g = sw->group;

	if (g >= GROUPS)
		return 0;
	look(sw, g, false);
	on_ns[g] += sw->now_ns - sw->since_ns;
	if (sw->edge)
		ended[g]++;
	else
		switches[g]++;
	preempted[g] += sw->preempted;
	return 0;
}

SPIN_HANDLER(on, struct spin_strand_switch *sw)
{
	__u64 g = sw->group;

	if (g >= GROUPS)
		return 0;
	look(sw, g, true);
	off_ns[g] += sw->now_ns - sw->since_ns;
	if (sw->edge)
		begun[g]++;
	else
		resumes[g]++;
	return 0;
}

SPIN_HANDLER(count_keyed, struct spin_strand_switch *sw)
{
	if (sw->group == KEYED)
		__sync_fetch_and_add(&keyed, 1);
	else
		__sync_fetch_and_add(&wrong_key, 1);
	return 0;
}

SPIN_BIND(Strand_Checkpoint, goes_off, .handler = off);
SPIN_BIND(Strand_Resume, comes_on, .handler = on);
SPIN_BIND(Strand_Checkpoint, of_group, .handler = count_keyed,
	.match = { .fields = SPIN_STRAND_GROUP, .value = { 0, KEYED } });
