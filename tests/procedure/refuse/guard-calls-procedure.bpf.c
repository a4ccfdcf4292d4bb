// SPDX-License-Identifier: GPL-2.0
/* A guard changes nothing, and who knows what a procedure does. */
#include "../procedure.h"

HOSTILE("guard-calls", "guard must not change anything, and spin_call");
SPIN_IMPORT(Udp);

SPIN_IMPORT_PROCEDURE(Adder, Add);

SPIN_GUARD(ask, struct spin_udp_packet *pkt)
{
	return SPIN_CALL(&pkt->ctx, Adder, Add, .a = 1) > 0;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, asking, .guard_fn = ask,
	.handler = pass);
