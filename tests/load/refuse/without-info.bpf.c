// SPDX-License-Identifier: GPL-2.0
/* A BPF object that says nothing about itself. */
#include "extension.h"

SPIN_LICENSE("GPL");
REFUSED("SPIN_EXTENSION|extension|rodata.spin");

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass);
