// SPDX-License-Identifier: GPL-2.0
/* The first thing that everybody tries. */
#include "extension.h"

HOSTILE("prints",
	"bpf_trace_printk\\(\\) is not for extensions: use spin_console_write");
SPIN_IMPORT(Udp);

SPIN_HANDLER(print, struct spin_udp_packet *pkt)
{
	bpf_printk("port %d", pkt->dport);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = print);
