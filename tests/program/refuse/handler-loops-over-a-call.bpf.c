// SPDX-License-Identifier: GPL-2.0
/* A short loop that calls a global function: the loop multiplies its cost. */
#include "extension.h"

HOSTILE("loop-global", "instructions|loop");
SPIN_IMPORT(Udp);

#define X1	sum += sum >> 3; opaque(sum);
#define X8	X1 X1 X1 X1 X1 X1 X1 X1
#define X64	X8 X8 X8 X8 X8 X8 X8 X8

__attribute__((noinline)) int work(int x)
{
	__u64 sum = x;

	/* clang-format off */
	X64 X64
	/* clang-format on */
	return sum;
}

SPIN_HANDLER(loop, struct spin_udp_packet *pkt)
{
	int sum = pkt->len;

	for (__u32 i = 0; i < 64; i++) {
		sum += work(sum);
		opaque(sum);
	}
	return sum & 1 ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = loop);
