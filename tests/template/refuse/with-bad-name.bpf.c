// SPDX-License-Identifier: GPL-2.0
/* The name of a binding has a space and a slash in it. */
#include "extension.h"

HOSTILE("bad-binding", "name");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SEC(".struct_ops.link") struct Udp_PacketArrived it = {
	.abi = SPIN_ABI_VERSION, .name = "a /b",
	.handler = pass,
};
