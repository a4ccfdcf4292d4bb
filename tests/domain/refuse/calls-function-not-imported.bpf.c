// SPDX-License-Identifier: GPL-2.0
/* A function of an interface that the extension has not imported. */
#include "extension.h"

HOSTILE("no-console", "Console|spin_console_write");
SPIN_IMPORT(Udp);

SPIN_HANDLER(shout, struct spin_udp_packet *pkt)
{
	char text[] = "here";

	spin_console_write(&pkt->ctx, text, sizeof(text));
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = shout);
