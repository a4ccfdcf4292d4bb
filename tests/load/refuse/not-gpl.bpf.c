// SPDX-License-Identifier: GPL-2.0
/* An extension that is not under the GPL. */
#include "extension.h"

SPIN_EXTENSION("proprietary");
SPIN_LICENSE("Proprietary");
REFUSED("licen[cs]e|GPL");
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass);
