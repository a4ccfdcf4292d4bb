// SPDX-License-Identifier: GPL-2.0
/* A pointer into the middle of the context: what lies before it is no header. */
#include "extension.h"

HOSTILE("offset-context", "R1|type|pointer|offset|off|must");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Console);

SPIN_HANDLER(shift, struct spin_udp_packet *pkt)
{
	char text[] = "shifted";

	return spin_console_write((struct spin_ctx *)((char *)pkt + 8), text,
				  sizeof(text));
}

SPIN_BIND(Udp_PacketArrived, it, .handler = shift);
