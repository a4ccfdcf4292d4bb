// SPDX-License-Identifier: GPL-2.0
/*
 * Sends raw video as RFC 4175 lets one pack it, three frames of noise, and writes
 * the last one to standard output: red, green, blue.
 *
 * usage: rtp FROM TO PORT [NAME=NUMBER...]
 *	width, height		of the picture; 64 and 48
 *	sampling		1 RGB, 2 BGR, 3 RGBA, 4 BGRA
 *	lines			in a datagram; 2
 *	pieces			a line has; 1
 *	sources, extension	words of them in the RTP header
 *	padding			bytes behind the pixels
 *	type			of the payload; 96
 *	field			1: of an interlaced picture
 *	number			of the first datagram
 *	high			1: with the numbers' high halves
 *	clock, step		of the first frame, and from one to the next
 *	drop, twice, late	which datagram of each frame (1: the first) is not
 *				sent, is sent twice, or behind the next one
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct option {
	const char *name;
	long value;
} options[] = {
	{ "width", 64 }, { "height", 48 }, { "sampling", 1 }, { "lines", 2 },
	{ "pieces", 1 }, { "sources", 0 }, { "extension", 0 }, { "padding", 0 },
	{ "type", 96 }, { "field", 0 }, { "number", 0 }, { "high", 0 },
	{ "clock", 0 }, { "step", 3600 }, { "drop", 0 }, { "twice", 0 },
	{ "late", 0 }, { NULL, 0 },
};

static long *option(const char *name, size_t len)
{
	struct option *o;

	for (o = options; o->name; o++)
		if (strlen(o->name) == len && !strncmp(o->name, name, len))
			return &o->value;
	fprintf(stderr, "rtp: '%s'?\n", name);
	exit(2);
}

static uint32_t get(const char *name)
{
	return *option(name, strlen(name));
}

static uint8_t noise(uint32_t at)
{
	at *= 0x7feb352d;
	at ^= at >> 15;
	at *= 0x846ca68b;
	return at >> 16;
}

static uint8_t *put16(uint8_t *at, uint32_t value)
{
	at[0] = value >> 8;
	at[1] = value;
	return at + 2;
}

static uint8_t *put32(uint8_t *at, uint32_t value)
{
	return put16(put16(at, value >> 16), value);
}

/* One color of a pixel, 0 red, 1 green, 2 blue, of @frame. */
static uint8_t color(uint32_t frame, uint32_t x, uint32_t y, uint32_t i)
{
	return noise(((frame * get("height") + y) * get("width") + x) * 3 + i);
}

static uint8_t *put_pixel(uint8_t *at, uint32_t frame, uint32_t x, uint32_t y)
{
	uint32_t sampling = get("sampling"), i;

	for (i = 0; i < 3; i++)
		*at++ = color(frame, x, y, sampling & 1 ? i : 2 - i);
	if (sampling > 2)
		*at++ = 0x55;
	return at;
}

static uint8_t *put_header(uint8_t *at, uint32_t number, uint32_t clock,
			   uint32_t ssrc, int last)
{
	uint32_t i, sources = get("sources"), extension = get("extension");

	*at++ = 2 << 6 | !!get("padding") << 5 | !!extension << 4 | sources;
	*at++ = last << 7 | get("type");
	at = put16(at, number);
	at = put32(at, clock);
	at = put32(at, ssrc);
	for (i = 0; i < sources; i++)
		at = put32(at, 0xffffffff);
	if (extension)
		at = put32(at, 0xbede0000 | extension);
	for (i = 0; i < extension; i++)
		at = put32(at, 0xffffffff);
	return put16(at, get("high") ? number >> 16 : 0);
}

/* The lines of @frame from @y on. */
static size_t datagram(uint8_t *at, uint32_t frame, uint32_t y, uint32_t number,
		       uint32_t clock, uint32_t ssrc)
{
	uint32_t width = get("width"), pieces = get("pieces"), end, i, line, x;
	uint32_t bytes = get("sampling") > 2 ? 4 : 3, padding = get("padding");
	uint32_t part = width / pieces;
	uint8_t *begin = at;

	end = y + get("lines");
	if (end > get("height"))
		end = get("height");
	at = put_header(at, number, clock, ssrc, end == get("height"));
	for (line = y; line < end; line++)
		for (i = 0; i < pieces; i++) {
			at = put16(at, part * bytes);
			at = put16(at, line | get("field") << 15);
			at = put16(at, i * part | (line + 1 < end || i + 1 < pieces) << 15);
		}
	for (line = y; line < end; line++)
		for (x = 0; x < part * pieces; x++)
			at = put_pixel(at, frame, x, line);
	for (i = 0; i < padding; i++)
		*at++ = i + 1 < padding ? 0 : padding;
	return at - begin;
}

static struct sockaddr_in to = { .sin_family = AF_INET };
static int fd;

static void send_bytes(const uint8_t *bytes, size_t size)
{
	if (sendto(fd, bytes, size, 0, (void *)&to, sizeof(to)) < 0) {
		perror("rtp: sendto");
		exit(1);
	}
}

static void send_frame(uint32_t frame, uint32_t *number, uint32_t clock)
{
	static uint8_t bytes[65536], held[65536];
	static size_t held_size;
	uint32_t y, nth = 1;

	for (y = 0; y < get("height"); y += get("lines"), nth++) {
		size_t size = datagram(bytes, frame, y, (*number)++, clock,
				       getpid());

		if (nth == get("drop"))
			continue;
		if (nth == get("late")) {
			memcpy(held, bytes, size);
			held_size = size;
			continue;
		}
		send_bytes(bytes, size);
		if (nth == get("twice"))
			send_bytes(bytes, size);
		if (held_size)
			send_bytes(held, held_size);
		held_size = 0;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	uint32_t frame, x, y, number, clock;
	int i;

	if (argc < 4 || inet_pton(AF_INET, argv[1], &from.sin_addr) != 1 ||
	    inet_pton(AF_INET, argv[2], &to.sin_addr) != 1)
		return 2;
	to.sin_port = htons(atoi(argv[3]));
	for (i = 4; i < argc; i++)
		*option(argv[i], strcspn(argv[i], "=")) =
			strtol(argv[i] + strcspn(argv[i], "=") + 1, NULL, 0);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (void *)&from, sizeof(from))) {
		perror("rtp: bind");
		return 1;
	}
	number = get("number");
	clock = get("clock");
	for (frame = 0; frame < 3; frame++, clock += get("step"))
		send_frame(frame, &number, clock);
	for (y = 0; y < get("height"); y++)
		for (x = 0; x < get("width"); x++)
			for (i = 0; i < 3; i++)
				putchar(color(2, x, y, i));
	return fflush(stdout) ? 1 : 0;
}
