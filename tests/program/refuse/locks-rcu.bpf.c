// SPDX-License-Identifier: GPL-2.0
/* bpf_rcu_read_lock() is a generic kernel function that is nobody's import. */
#include "extension.h"

HOSTILE("rcu-lock", "rcu_read");
SPIN_IMPORT(Udp);

extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	bpf_rcu_read_lock();
	bpf_rcu_read_unlock();
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
