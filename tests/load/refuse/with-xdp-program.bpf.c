// SPDX-License-Identifier: GPL-2.0
/* A program of another type in the object: not a handler of anything. */
#include "extension.h"

HOSTILE("foreign", "xdp|program|stray|handler");
SPIN_IMPORT(Udp);

SEC("xdp") int stray(struct xdp_md *ctx)
{
	return 2; /* XDP_PASS */
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass);
