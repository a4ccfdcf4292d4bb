// SPDX-License-Identifier: GPL-2.0
/* How many bytes, by what a packet says. */
#include "extension.h"

HOSTILE("variable-size",
	"SIZE of spin_udp_data\\(\\) must be a constant: spin_udp_load");
SPIN_IMPORT(Udp);

SPIN_HANDLER(look, struct spin_udp_packet *pkt)
{
	const __u8 *bytes = spin_udp_data(pkt, 0, pkt->len);

	return bytes && bytes[0] ? SPIN_DROP : SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = look);
