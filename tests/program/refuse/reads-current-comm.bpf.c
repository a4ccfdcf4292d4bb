// SPDX-License-Identifier: GPL-2.0
/* Who is the current task? */
#include "extension.h"

HOSTILE("current-pid", "get_current_pid_tgid|unknown func");
SPIN_IMPORT(Udp);

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	if (bpf_get_current_pid_tgid() >> 32 == 1)
		return SPIN_DROP;
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
