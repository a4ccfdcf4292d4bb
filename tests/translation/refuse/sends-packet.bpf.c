// SPDX-License-Identifier: GPL-2.0
/* A function of packets, given the context of a fault. */
#include "extension.h"
#include <spin/bpf/translation.h>

HOSTILE("vm-sends-packet", "spin_udp_packet|expected|type");
SPIN_IMPORT(Translation);
SPIN_IMPORT(Udp);

SPIN_SLEEPABLE_HANDLER(confused, struct spin_fault *fault)
{
	return spin_udp_reply((struct spin_udp_packet *)fault);
}

SPIN_BIND(Translation_PageNotPresent, it, .handler = confused);
