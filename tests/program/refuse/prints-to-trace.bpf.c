// SPDX-License-Identifier: GPL-2.0
/* bpf_trace_printk() is a channel to all who trace. */
#include "extension.h"

HOSTILE("printk", "trace_printk|trace_vprintk|unknown func");
SPIN_IMPORT(Udp);

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	bpf_printk("seen %d", pkt->len);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
