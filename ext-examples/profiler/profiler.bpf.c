// SPDX-License-Identifier: GPL-2.0
/*
 * profiler - where the time of threads goes: on the CPU, off it because they
 * waited for something, off it because others had the CPU.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/strand.h>
#include "profiler.h"

SPIN_EXTENSION("profiler");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Strand);

#define GROUPS	(PROFILER_GROUPS + PROFILER_RUNS)

/*
 * By group, the number a strand was registered with. `spinctl ext show profiler`
 * prints them; spin-profile(1) makes a table of them: of its own groups, each of
 * which it gives to one strand at a time.
 */
__u64 strands[GROUPS];		/* registered so far */
__u64 switches[GROUPS];		/* off the CPU */
__u64 preemptions[GROUPS];	/* of these: it could have gone on */
__u64 on_ns[GROUPS];		/* on the CPU */
__u64 off_ns[GROUPS];		/* off the CPU, asleep or preempted */
__u64 preempted_ns[GROUPS];	/* of this: preempted */
__u64 longest_ns[GROUPS];	/* longest time on the CPU in one go */
__u64 other;			/* events of groups beyond these */

static __always_inline void add(__u64 *sum, __u64 value)
{
	/* Strands of one group run on several CPUs at a time. */
	__sync_fetch_and_add(sum, value);
}

/* If others raise it at the same time, the second try is against theirs. */
static __always_inline void raise_to(__u64 *most, __u64 value)
{
	__u64 seen = *(volatile __u64 *)most;

	if (value > seen)
		seen = __sync_val_compare_and_swap(most, seen, value);
	if (value > seen)
		__sync_val_compare_and_swap(most, seen, value);
}

/* spin-profile has a command in this group, and had another one before. */
static __always_inline void begin_anew(__u64 group)
{
	strands[group] = 0;
	switches[group] = 0;
	preemptions[group] = 0;
	on_ns[group] = 0;
	off_ns[group] = 0;
	preempted_ns[group] = 0;
	longest_ns[group] = 0;
}

SPIN_HANDLER(goes_off, struct spin_strand_switch *sw)
{
	__u64 group = sw->group, ran = sw->now_ns - sw->since_ns;

	if (group >= GROUPS) {
		add(&other, 1);
		return 0;
	}
	add(&on_ns[group], ran);
	raise_to(&longest_ns[group], ran);
	if (sw->edge)		/* the registration ends; it runs on */
		return 0;
	add(&switches[group], 1);
	if (sw->preempted)
		add(&preemptions[group], 1);
	return 0;
}

SPIN_HANDLER(comes_on, struct spin_strand_switch *sw)
{
	__u64 group = sw->group, waited = sw->now_ns - sw->since_ns;

	if (group >= GROUPS) {
		add(&other, 1);
		return 0;
	}
	if (sw->edge) {		/* it was running, and is registered now */
		if (group >= PROFILER_GROUPS)
			begin_anew(group);
		add(&strands[group], 1);
		return 0;
	}
	add(&off_ns[group], waited);
	if (sw->preempted)
		add(&preempted_ns[group], waited);
	return 0;
}

SPIN_BIND(Strand_Checkpoint, off,
	.handler = goes_off);
SPIN_BIND(Strand_Resume, on,
	.handler = comes_on);
