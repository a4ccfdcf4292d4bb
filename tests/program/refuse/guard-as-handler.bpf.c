// SPDX-License-Identifier: GPL-2.0
/* A guard's yes, taken as a handler's result, is SPIN_CONSUME. */
#include "extension.h"

HOSTILE("guard-as-handler",
	"handler of binding 'it' of Udp.PacketArrived is 'to_port', a guard: a handler stands there");
SPIN_IMPORT(Udp);

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == 4242;
}

_Static_assert(FITS(to_port, Udp_PacketArrived, guard_fn), "its place");
_Static_assert(!FITS(to_port, Udp_PacketArrived, handler), "another");

SPIN_BIND(Udp_PacketArrived, it, .handler = (void *)to_port);
