// SPDX-License-Identifier: GPL-2.0
/* The name of a binding has no end. */
#include "extension.h"

HOSTILE("endless", "name");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SEC(".struct_ops.link") struct Udp_PacketArrived it = {
	.abi = SPIN_ABI_VERSION,
	.name = "0123456789abcdef0123456789abcdef",
	.handler = pass,
};
