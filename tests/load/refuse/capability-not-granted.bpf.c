// SPDX-License-Identifier: GPL-2.0
/* A capability that the extension needs was not granted. */
#include "extension.h"

HOSTILE("no-grant", "clip");
SPIN_IMPORT(Udp);
SPIN_CAPABILITY(spin_file_t, clip);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return clip ? SPIN_PASS : SPIN_DROP;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass);
