// SPDX-License-Identifier: GPL-2.0
/* A context built on the extension's own stack. */
#include "extension.h"

HOSTILE("own-context", "R1|type|pointer|expected|trusted");
SPIN_IMPORT(Udp);

SPIN_HANDLER(forge, struct spin_udp_packet *pkt)
{
	struct spin_udp_packet mine = { .len = 4 };

	return spin_udp_reply(&mine);
}

SPIN_BIND(Udp_PacketArrived, it, .handler = forge);
