// SPDX-License-Identifier: GPL-2.0
/* A template of an ABI that does not exist yet. */
#include "extension.h"

HOSTILE("abi", "(ABI|version)");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SEC(".struct_ops.link") struct Udp_PacketArrived it = {
	.abi = 99, .name = "it",
	.handler = pass,
};
