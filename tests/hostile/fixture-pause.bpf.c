// SPDX-License-Identifier: GPL-2.0
/*
 * Holds a thread up inside the kernel, between the two times that a struct_ops
 * map update looks a program's descriptor up, until another thread has
 * exchanged the descriptor (tests/suite/swap.c).
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

char license[] SEC("license") = "GPL";

volatile __u32 victim;	/* thread to hold up; 0: nobody */
volatile __u32 at_call;	/* which of its calls, from 1 */
volatile __u32 calls;
volatile __u32 held;	/* it is being held up */
volatile __u32 go_on;	/* the descriptor has been exchanged */

static long wait(__u64 index, void *data)
{
	return go_on ? 1 : 0;
}

SEC("kprobe") int pause(void *ctx)
{
	if (!victim || (__u32)bpf_get_current_pid_tgid() != victim)
		return 0;
	calls++;
	if (calls != at_call)
		return 0;
	held = 1;
	bpf_loop(1 << 23, wait, NULL, 0);
	return 0;
}
