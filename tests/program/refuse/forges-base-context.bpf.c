// SPDX-License-Identifier: GPL-2.0
/* The part that all contexts have in common, built on the stack. */
#include "extension.h"

HOSTILE("base-context", "R1|type|pointer|expected|trusted");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Console);

SPIN_HANDLER(forge, struct spin_udp_packet *pkt)
{
	struct spin_ctx mine = { .event_id = 1 };
	char text[] = "forged";

	return spin_console_write(&mine, text, sizeof(text));
}

SPIN_BIND(Udp_PacketArrived, it, .handler = forge);
