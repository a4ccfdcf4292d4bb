// SPDX-License-Identifier: GPL-2.0
/* Variables of each shape that --set can reach, and of some that it cannot. */
#include "extension.h"

SPIN_EXTENSION("settings");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);

struct {
	__u32 a;
	struct {
		__s8 low;
		char text[8];
	} inner;
	__u32 bits : 3;
	__u64 list[4];
} st = { .a = 1, .bits = 5 };

struct {
	__u16 port;
	spin_ipv4_t from;
} peers[3];

__u32 numbers[8];
void *pointer;

SPIN_HANDLER(tick, struct spin_clock_tick *tick)
{
	return st.bits == 5 && !pointer ? 0 : -1;
}

SPIN_BIND(Clock_Tick, it, .handler = tick, .period_us = 1000000);
