// SPDX-License-Identifier: GPL-2.0
/* A per-CPU variable of the kernel, read. */
#include "extension.h"

HOSTILE("ksym-percpu", "kernel variable");
SPIN_IMPORT(Udp);

struct rq {
	unsigned int nr_running;
} __attribute__((preserve_access_index));
extern const struct rq runqueues __ksym;

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	const struct rq *rq = bpf_this_cpu_ptr(&runqueues);

	if (rq->nr_running > 1)
		return SPIN_DROP;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
