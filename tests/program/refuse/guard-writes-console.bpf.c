// SPDX-License-Identifier: GPL-2.0
/* A guard writes to the console. */
#include "extension.h"

HOSTILE("guard-console", "guard.*spin_console_write|spin_console_write.*guard");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Console);

SPIN_GUARD(shout, struct spin_udp_packet *pkt)
{
	char text[] = "guard";

	spin_console_write(&pkt->ctx, text, sizeof(text));
	return true;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it,
	.guard_fn = shout, .handler = pass);
