// SPDX-License-Identifier: GPL-2.0
/* Straight-line code that is just too long. */
#include "extension.h"

HOSTILE("long", "may take [0-9]+ instructions");
SPIN_IMPORT(Udp);

#define X1	sum += sum >> 3; opaque(sum);
#define X8	X1 X1 X1 X1 X1 X1 X1 X1
#define X64	X8 X8 X8 X8 X8 X8 X8 X8
#define X512	X64 X64 X64 X64 X64 X64 X64 X64

SPIN_HANDLER(plod, struct spin_udp_packet *pkt)
{
	__u64 sum = pkt->len;

	/* clang-format off */
	X512 X512 X512 X512 X512 X512 X512 X512
	/* clang-format on */
	return sum & 1 ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = plod);
