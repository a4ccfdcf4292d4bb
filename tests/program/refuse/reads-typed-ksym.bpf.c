// SPDX-License-Identifier: GPL-2.0
/* A variable of the kernel, by its BTF type. */
#include "extension.h"

HOSTILE("ksym-typed", "kernel variable");
SPIN_IMPORT(Udp);

struct rq {
	unsigned int nr_running;
} __attribute__((preserve_access_index));
extern const struct rq runqueues __ksym;

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	if (((__u64)&runqueues & 8))
		return SPIN_DROP;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
