// SPDX-License-Identifier: GPL-2.0
/* The context of a page fault is read as a packet: its closure is where both have it. */
#include "extension.h"

HOSTILE("wrong-context",
	"handler of binding 'it' of Udp.PacketArrived is 'on_fault', which takes a struct spin_fault: it has to take a struct spin_udp_packet");
SPIN_IMPORT(Udp);

SPIN_HANDLER(on_fault, struct spin_fault *fault)
{
	return fault->ctx.closure == 7;
}

_Static_assert(FITS(on_fault, Translation_PageNotPresent, handler), "its own");
_Static_assert(!FITS(on_fault, Udp_PacketArrived, handler), "another's");

SPIN_BIND(Udp_PacketArrived, it, .handler = (void *)on_fault);
