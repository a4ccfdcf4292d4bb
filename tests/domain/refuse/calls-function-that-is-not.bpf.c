// SPDX-License-Identifier: GPL-2.0
/* A typing error in the name of a function. */
#include "extension.h"

HOSTILE("misspelt",
	"calls spin_udp_replay\\(\\), which this kernel and its modules do not have: there is spin_udp_reply\\(\\)");
SPIN_IMPORT(Udp);

extern int spin_udp_replay(struct spin_udp_packet *pkt) __ksym;

SPIN_HANDLER(echo, struct spin_udp_packet *pkt)
{
	return spin_udp_replay(pkt) ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = echo);
