// SPDX-License-Identifier: GPL-2.0
/* A function of the module's, with an argument that it does not have. */
#define spin_udp_reply spin_udp_reply_as_it_is
#include "extension.h"
#undef spin_udp_reply

HOSTILE("declares",
	"declares spin_udp_reply\\(\\) otherwise than the kernel has it: include the header");
SPIN_IMPORT(Udp);

extern int spin_udp_reply(struct spin_udp_packet *pkt, __u64 how) __ksym;

SPIN_HANDLER(echo, struct spin_udp_packet *pkt)
{
	return spin_udp_reply(pkt, 1) ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = echo);
