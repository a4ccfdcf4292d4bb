// SPDX-License-Identifier: GPL-2.0
/*
 * Draws what a datagram to port 4248 asks for: x, y, offset, pixels, format as
 * five little-endian words, then pixels. Writes down what the blit returned.
 */
#include "extension.h"

SPIN_EXTENSION("blit");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Clock);
SPIN_IMPORT(FrameBuffer);

SPIN_CAPABILITY(spin_framebuffer_t, screen);

__u32 asked;
__s32 results[64];
__u32 width;
__u32 height;
__u32 flushes;
__s32 wrong_slot;

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == 4248;
}

SPIN_HANDLER(draw, struct spin_udp_packet *pkt)
{
	struct spin_blit blit = { .framebuffer = screen };
	struct spin_geometry geometry = {};
	__u32 words[5] = {}, at = asked;

	if (spin_udp_load(pkt, 0, words, sizeof(words)))
		return SPIN_DROP;
	blit.x = words[0];
	blit.y = words[1];
	blit.offset = words[2];
	blit.pixels = words[3];
	blit.format = words[4];
	if (at < 64)
		results[at] = spin_framebuffer_blit(pkt, &blit);
	asked = at + 1;
	if (!spin_framebuffer_geometry(&pkt->ctx, screen, &geometry)) {
		width = geometry.width;
		height = geometry.height;
	}
	blit.framebuffer = 9;
	wrong_slot = spin_framebuffer_blit(pkt, &blit);
	return SPIN_CONSUME;
}

SPIN_SLEEPABLE_HANDLER(show, struct spin_clock_tick *tick)
{
	if (!spin_framebuffer_flush(&tick->ctx, screen))
		flushes++;
	return 0;
}

SPIN_BIND(Udp_PacketArrived, draw_it,
	.guard_fn = to_port, .handler = draw);
SPIN_BIND(Clock_Tick, show_it, .handler = show, .period_us = 20000);
