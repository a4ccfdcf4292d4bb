// SPDX-License-Identifier: GPL-2.0
/* Each call is charged what the procedure may take. */
#include "../procedure.h"

HOSTILE("calls-cost", "may take [0-9]+ instructions \\(calls counted each time\\)");
SPIN_IMPORT(Udp);

SPIN_IMPORT_PROCEDURE(Adder, Add);

SPIN_HANDLER(call_often, struct spin_udp_packet *pkt)
{
	return SPIN_CALL(&pkt->ctx, Adder, Add, .a = 1) +
	       SPIN_CALL(&pkt->ctx, Adder, Add, .a = 2) +
	       SPIN_CALL(&pkt->ctx, Adder, Add, .a = 3) +
	       SPIN_CALL(&pkt->ctx, Adder, Add, .a = 4);
}

SPIN_BIND(Udp_PacketArrived, calling, .handler = call_often);
