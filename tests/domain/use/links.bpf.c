// SPDX-License-Identifier: GPL-2.0
/*
 * For tests/domain/linker.c: programs that call one function each, and one that
 * calls none.
 */
#include "extension.h"

SPIN_EXTENSION("links");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Clock);

static char text[] = "linked";

SPIN_HANDLER(Console__write, struct spin_udp_packet *pkt)
{
	char line[] = "linked";

	spin_console_write(&pkt->ctx, line, sizeof(line));
	return SPIN_PASS;
}

SPIN_HANDLER(Dispatcher__ask, struct spin_udp_packet *pkt)
{
	return spin_is_installed(&pkt->ctx, 1) ? SPIN_PASS : SPIN_PASS;
}

SPIN_HANDLER(Udp__reply, struct spin_udp_packet *pkt)
{
	spin_udp_reply(pkt);
	return SPIN_PASS;
}

SPIN_HANDLER(Display__ask, struct spin_udp_packet *pkt)
{
	struct spin_geometry geometry;

	spin_framebuffer_geometry(&pkt->ctx, 1, &geometry);
	return SPIN_PASS;
}

SPIN_SLEEPABLE_HANDLER(File__size, struct spin_clock_tick *tick)
{
	spin_file_size(&tick->ctx, 1);
	return 0;
}

SPIN_SLEEPABLE_HANDLER(Socket__send, struct spin_clock_tick *tick)
{
	struct spin_send send = {};
	struct spin_udp_dest dest = {};

	spin_socket_send(&tick->ctx, &send, &dest, sizeof(dest));
	return 0;
}

SPIN_HANDLER(none, struct spin_udp_packet *pkt)
{
	return text[0] ? SPIN_PASS : SPIN_DROP;
}

SPIN_BIND(Udp_PacketArrived, by_console, .handler = Console__write);
SPIN_BIND(Udp_PacketArrived, by_dispatcher, .handler = Dispatcher__ask);
SPIN_BIND(Udp_PacketArrived, by_udp, .handler = Udp__reply);
SPIN_BIND(Udp_PacketArrived, by_framebuffer, .handler = Display__ask);
SPIN_BIND(Clock_Tick, by_file, .handler = File__size,
	.period_us = 1000000);
SPIN_BIND(Clock_Tick, by_socket, .handler = Socket__send,
	.period_us = 1000000);
SPIN_BIND(Udp_PacketArrived, by_nothing, .handler = none);
