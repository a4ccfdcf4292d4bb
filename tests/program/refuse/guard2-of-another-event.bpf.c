// SPDX-License-Identifier: GPL-2.0
/* A guard, in each place where one can stand, that takes the context of another event. */
#include "extension.h"

HOSTILE("wrong-guard2",
	"guard2_fn of binding 'it' of Udp.PacketArrived is 'of_tick', which takes a struct spin_clock_tick");
SPIN_IMPORT(Udp);

SPIN_GUARD(of_tick, struct spin_clock_tick *tick)
{
	return tick->ctx.closure == 7;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

_Static_assert(FITS(of_tick, Clock_Tick, guard2_fn), "its own");
_Static_assert(!FITS(of_tick, Udp_PacketArrived, guard2_fn), "another's");

SPIN_BIND(Udp_PacketArrived, it, .handler = pass, .guard2_fn = (void *)of_tick);
