// SPDX-License-Identifier: GPL-2.0
/* Looking a task up by its pid. */
#include "extension.h"

HOSTILE("task-from-pid", "bpf_task_from_pid|bpf_task_release");
SPIN_IMPORT(Udp);

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));
extern struct task_struct *bpf_task_from_pid(__s32 pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

SPIN_HANDLER(peek, struct spin_udp_packet *pkt)
{
	struct task_struct *task = bpf_task_from_pid(1);

	if (!task)
		return SPIN_PASS;
	bpf_task_release(task);
	return SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = peek);
