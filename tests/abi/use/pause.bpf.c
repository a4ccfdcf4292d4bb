// SPDX-License-Identifier: GPL-2.0
/*
 * Holds a thread up inside the kernel, between the two times that a struct_ops
 * map update looks a program's descriptor up, until another thread has
 * exchanged the descriptor (tests/abi/swap.c).
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

char spin_license[] SEC("license") = "GPL";

volatile struct {
	__u32 victim;	/* thread to hold up; 0: nobody */
	__u32 at_call;	/* which of its calls, from 1 */
	__u32 calls;
	__u32 held;	/* it is being held up */
	__u32 go_on;	/* the descriptor has been exchanged */
} control;

static long wait(__u64 index, void *data)
{
	return control.go_on ? 1 : 0;
}

SEC("kprobe") int pause(void *ctx)
{
	if (!control.victim ||
	    (__u32)bpf_get_current_pid_tgid() != control.victim)
		return 0;
	if (++control.calls != control.at_call)
		return 0;
	control.held = 1;
	bpf_loop(1 << 23, wait, NULL, 0);
	return 0;
}
