// SPDX-License-Identifier: GPL-2.0
/* An exception unwinds through frames of the kernel. */
#include "extension.h"

HOSTILE("throws", "bpf_throw|exception");
SPIN_IMPORT(Udp);

extern void bpf_throw(__u64 cookie) __ksym;

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	if (pkt->len == 1)
		bpf_throw(0);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
