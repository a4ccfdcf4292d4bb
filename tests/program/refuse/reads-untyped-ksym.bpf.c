// SPDX-License-Identifier: GPL-2.0
/* The address of a kernel symbol, by name. */
#include "extension.h"

HOSTILE("ksym-untyped", "kernel variable");
SPIN_IMPORT(Udp);

extern const void init_task __ksym;

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	if ((__u64)&init_task & 8)
		return SPIN_DROP;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
