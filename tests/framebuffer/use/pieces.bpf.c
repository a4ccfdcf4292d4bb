// SPDX-License-Identifier: GPL-2.0
/*
 * Draws what a datagram to port 4248 asks for, in pieces of lines: x, y, offset,
 * pixels and four bytes, which are the format, how many pieces below one
 * another, the pixels of each, and bytes that are too many behind them. Writes
 * down what was returned.
 */
#include "extension.h"

SPIN_EXTENSION("pieces");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);
SPIN_IMPORT(FrameBuffer);

SPIN_CAPABILITY(spin_framebuffer_t, screen);

#define ROOM	40

__u32 asked;
__s32 results[64];
__u32 width;
__u32 height;
__s32 wrong_slot;

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == 4248;
}

static __noinline int draw_pieces(struct spin_udp_packet *pkt, __u32 *words,
				  __u32 slot)
{
	struct spin_blit blit = {
		.framebuffer = slot,
		.x = words[0],
		.y = words[1],
		.offset = words[2],
		.pixels = words[3],
		.format = words[4] & 0xff,
	};
	__u32 count = words[4] >> 8 & 0xff, size;
	struct spin_blit_piece piece[ROOM];
	int i;

#pragma unroll
	for (i = 0; i < ROOM; i++) {
		piece[i].pixels = words[4] >> 16 & 0xff;
		piece[i].y = i;
		piece[i].x = 0;
	}
	size = count * sizeof(piece[0]) + (words[4] >> 24);
	if (!size)
		return -1;
	barrier_var(size);
	if (size > sizeof(piece))
		return -1;
	return spin_framebuffer_blit_pieces(pkt, &blit, piece, size);
}

SPIN_HANDLER(draw, struct spin_udp_packet *pkt)
{
	struct spin_geometry geometry = {};
	__u32 words[5] = {}, at = asked, slot = screen;
	int result;

	if (spin_udp_load(pkt, 0, words, sizeof(words)))
		return SPIN_DROP;
	if (words[0] == 77)
		slot = 9;
	result = draw_pieces(pkt, words, slot);
	if (at < 64)
		results[at] = result;
	asked = at + 1;
	if (!spin_framebuffer_geometry(&pkt->ctx, screen, &geometry)) {
		width = geometry.width;
		height = geometry.height;
	}
	return SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, draw_it,
	.guard_fn = to_port, .handler = draw);
