// SPDX-License-Identifier: GPL-2.0
/* A handler's result, taken as a guard's: SPIN_DROP would be a yes. */
#include "extension.h"

HOSTILE("handler-as-guard",
	"guard_fn of binding 'it' of Udp.PacketArrived is 'drop', a handler: a guard stands there");
SPIN_IMPORT(Udp);

SPIN_HANDLER(drop, struct spin_udp_packet *pkt)
{
	return SPIN_DROP;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

_Static_assert(FITS(drop, Udp_PacketArrived, handler), "its place");
_Static_assert(!FITS(drop, Udp_PacketArrived, guard_fn), "another");

SPIN_BIND(Udp_PacketArrived, it,
	.guard_fn = (void *)drop, .handler = pass);
