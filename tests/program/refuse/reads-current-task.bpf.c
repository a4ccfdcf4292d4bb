// SPDX-License-Identifier: GPL-2.0
/* Walking from the current task. */
#include "extension.h"

HOSTILE("current-task", "get_current_task|unknown func|pointer");
SPIN_IMPORT(Udp);

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();

	if (task->pid == 1)
		return SPIN_DROP;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
