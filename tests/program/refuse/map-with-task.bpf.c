// SPDX-License-Identifier: GPL-2.0
/* Reads a task that another program of the same map put there. */
#include "extension.h"

HOSTILE("map-with-task", "map 'tasks'.*pointer of another");
SPIN_IMPORT(Udp);

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

struct element {
	struct task_struct __kptr *task;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct element);
} tasks SEC(".maps");

__u64 pid;

SPIN_HANDLER(read_it, struct spin_udp_packet *pkt)
{
	__u32 zero = 0;
	struct element *element = bpf_map_lookup_elem(&tasks, &zero);
	struct task_struct *task = element ? element->task : NULL;

	if (task)
		pid = task->pid;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = read_it);
