// SPDX-License-Identifier: GPL-2.0
/* A loop that ends soon, as people see and the verifier does not. */
#include "hostile.h"

HOSTILE("divides",
	"loop");
SPIN_IMPORT(Udp);

SPIN_HANDLER(divide, struct spin_udp_packet *pkt)
{
	__u32 n = pkt->dport, steps = 0;

	while (n > 3) {
		n /= 3;
		steps++;
	}
	return steps > 4 ? SPIN_DROP : SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = divide);
