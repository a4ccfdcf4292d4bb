// SPDX-License-Identifier: GPL-2.0
/*
 * How long the only processor of a guest has been idle, in nanoseconds. The
 * kernel keeps this account itself, but no longer shows it everywhere in more
 * than units of 10 ms; these are the places where it keeps it. Interrupts
 * taken while idle, and the soft interrupts after them, are not idle time; nor
 * is what comes behind an interrupt that came during a soft interrupt, although
 * the kernel's own account begins there: the soft interrupt goes on.
 */
#include <stdbool.h>
#include <linux/types.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

__u64 idle_ns;		/* in the idle times that have ended */
__u64 idle_since;	/* start of the present one, 0 if there is none */
bool in_softirq;

static __always_inline int begin(void)
{
	if (!idle_since && !in_softirq)
		idle_since = bpf_ktime_get_ns();
	return 0;
}

static __always_inline int end(void)
{
	if (idle_since) {
		idle_ns += bpf_ktime_get_ns() - idle_since;
		idle_since = 0;
	}
	return 0;
}

SEC("fexit/tick_nohz_idle_enter")
int BPF_PROG(idle_enter)
{
	return begin();
}

SEC("fentry/tick_nohz_idle_exit")
int BPF_PROG(idle_exit)
{
	return end();
}

SEC("fentry/tick_irq_enter")
int BPF_PROG(irq_enter)
{
	return end();
}

SEC("fexit/tick_nohz_irq_exit")
int BPF_PROG(irq_exit)
{
	return begin();
}

SEC("fentry/handle_softirqs")
int BPF_PROG(softirq_enter)
{
	in_softirq = true;
	return 0;
}

SEC("fexit/handle_softirqs")
int BPF_PROG(softirq_exit)
{
	in_softirq = false;
	return 0;
}
