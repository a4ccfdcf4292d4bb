// SPDX-License-Identifier: GPL-2.0
/*
 * The other end of a guest's network card: takes a video server's datagrams as
 * N clients would, and says how many came, how many are missing and whether
 * the bytes are the clip's. It is at the far end of `qemu -netdev stream`, a
 * socket on which every Ethernet frame follows its length (32 bits, big
 * endian), so it sees what the card put on the wire, checksums included.
 *
 *	10.77.0.2		the sink itself; UDP port 9000 takes commands
 *	10.77.0.100 + I		client I; its stream comes to UDP port 5004
 *
 * Commands, each a datagram of text; the guest cannot be too fast for them,
 * since nothing is lost on this wire and all is in order:
 *	subscribe SERVER N	clients 0 to N-1 subscribe to the server in the
 *				kernel, and stay subscribed until "leave"
 *	leave SERVER N		they unsubscribe
 *	begin SERVER N		count from here on
 *	end SERVER N		print what was counted, as a line of JSON
 *
 * usage: sink SOCKET CLIP     (ends when qemu closes the connection)
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../ext-examples/video-server/video-protocol.h"

#define NET		0x0a4d0000u	/* 10.77.0.0 */
#define SINK		(NET + 2)
#define SERVER		(NET + 1)
#define FIRST		(NET + 100)
#define CONTROL_PORT	9000
#define STREAM_PORT	5004
#define CLIENTS		128
#define TS_PACKET	188
#define UNIT		(7 * TS_PACKET)
#define NOWHERE		SIZE_MAX
/* The guest's time runs in jumps: a lease is renewed by what was received. */
#define RENEW_BYTES	1000000

static const uint8_t sink_mac[6] = { 0x52, 0x54, 0x00, 0x77, 0x00, 0x02 };

static struct client {
	size_t next;			/* offset of the byte due next */
	uint64_t datagrams, bytes, lost, bad, marks;
	uint64_t until_renewal;		/* bytes */
	__be64 cookie;			/* the server's, once it gave one */
	bool subscribed;
} clients[CLIENTS];

static const uint8_t *clip;
static size_t clip_size;
static uint8_t guest_mac[6];
static int qemu;
static bool counting;
static uint64_t corrupt;		/* frames that are wrong in themselves */

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static uint32_t sum(const uint8_t *p, size_t n, uint32_t s)
{
	for (; n > 1; n -= 2, p += 2)
		s += get16(p);
	return n ? s + (*p << 8) : s;
}

static uint16_t fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

static void write_all(const uint8_t *p, size_t n)
{
	while (n) {
		ssize_t w = write(qemu, p, n);

		if (w < 0 && errno != EINTR)
			err(1, "writing to qemu");
		if (w > 0) {
			p += w;
			n -= w;
		}
	}
}

/* send @len bytes at @frame + 4, whose Ethernet addresses are filled in here */
static void transmit(uint8_t *frame, size_t len)
{
	put32(frame, len);
	memcpy(frame + 4, guest_mac, 6);
	memcpy(frame + 10, sink_mac, 6);
	write_all(frame, 4 + len);
}

/* a datagram from client @client to the server in the guest */
static void request(unsigned int client, enum video_type type)
{
	struct video_request req = {
		.magic = htonl(VIDEO_MAGIC), .version = VIDEO_VERSION,
		.type = type, .format = VIDEO_TS,
		.cookie = clients[client].cookie,
	};
	enum { len = sizeof(req) };
	uint8_t frame[4 + 14 + 28 + len] = { };
	uint8_t *ip = frame + 18, *udp = ip + 20;

	put16(frame + 16, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, 28 + len);
	ip[8] = 64;
	ip[9] = 17;
	put32(ip + 12, FIRST + client);
	put32(ip + 16, SERVER);
	put16(ip + 10, ~fold(sum(ip, 20, 0)));
	put16(udp, STREAM_PORT);
	put16(udp + 2, VIDEO_SERVER_PORT);
	put16(udp + 4, 8 + len);
	memcpy(udp + 8, &req, len);
	put16(udp + 6, ~fold(sum(udp, 8 + len, sum(ip + 12, 8, 17 + 8 + len))));
	transmit(frame, 14 + 28 + len);
}

/* true if the datagram is the server's word and not part of the stream */
static bool reply(unsigned int client, const uint8_t *p, size_t n)
{
	struct video_reply r;

	if (n != sizeof(r) || get32(p) != VIDEO_MAGIC)
		return false;
	memcpy(&r, p, sizeof(r));
	if (r.type == VIDEO_CHALLENGE && r.cookie != clients[client].cookie) {
		clients[client].cookie = r.cookie;
		request(client, VIDEO_SUBSCRIBE);
	} else if (r.type == VIDEO_REFUSED) {
		warnx("client %u was refused: reason %u", client, r.reason);
	}
	return true;
}

static void arp(const uint8_t *p, size_t len)
{
	uint8_t frame[4 + 60] = { };
	uint8_t *a = frame + 18;
	uint32_t asked;

	if (len < 28 || get16(p + 6) != 1)
		return;
	asked = get32(p + 24);
	if (asked != SINK && (asked < FIRST || asked >= FIRST + CLIENTS))
		return;
	put16(frame + 16, 0x0806);
	memcpy(a, p, 6);
	put16(a + 6, 2);
	memcpy(a + 8, sink_mac, 6);
	put32(a + 14, asked);
	memcpy(a + 18, p + 8, 10);
	transmit(frame, 60);
}

/* does the clip, which is a loop, have these bytes at @at? */
static bool is_at(size_t at, const uint8_t *p, size_t n)
{
	size_t first = n < clip_size - at ? n : clip_size - at;

	return !memcmp(clip + at, p, first) &&
	       !memcmp(clip, p + first, n - first);
}

static size_t find(size_t from, const uint8_t *p, size_t n)
{
	size_t packets = clip_size / TS_PACKET;

	for (size_t i = 0; i < packets; i++) {
		size_t at = (from / TS_PACKET + i) % packets * TS_PACKET;

		if (is_at(at, p, n))
			return at;
	}
	return NOWHERE;
}

/*
 * A packet of its own that says that the clip's clock jumps, as the server in the
 * kernel sends at the join of the loop: an adaptation field with that bit, and no
 * payload.
 */
static bool is_mark(const uint8_t *p, size_t n)
{
	return n == TS_PACKET && p[0] == 0x47 && (p[3] & 0x30) == 0x20 &&
	       p[4] == TS_PACKET - 5 && p[5] & 0x80;
}

static void stream(struct client *c, const uint8_t *p, size_t n)
{
	size_t at = c->next;

	if (is_mark(p, n)) {
		c->marks += counting;
		return;
	}

	if (n == 0 || n > clip_size || n % TS_PACKET) {
		c->bad++;
		return;
	}
	if (at == NOWHERE || !is_at(at, p, n)) {
		at = find(at == NOWHERE ? 0 : at, p, n);
		if (at == NOWHERE) {
			c->bad++;
			return;
		}
		if (c->next != NOWHERE && counting)
			c->lost += ((at + clip_size - c->next) % clip_size +
				    UNIT - 1) / UNIT;
	}
	c->next = (at + n) % clip_size;
	if (counting) {
		c->datagrams++;
		c->bytes += n;
	}
	if (c->subscribed) {
		if (c->until_renewal <= n) {
			c->until_renewal = RENEW_BYTES;
			request(c - clients, VIDEO_SUBSCRIBE);
		} else {
			c->until_renewal -= n;
		}
	}
}

static void report(const char *server, unsigned int n)
{
	uint64_t datagrams = 0, bytes = 0, lost = 0, bad = corrupt, marks = 0;
	uint64_t least = UINT64_MAX;

	for (unsigned int i = 0; i < CLIENTS; i++) {
		datagrams += clients[i].datagrams;
		bytes += clients[i].bytes;
		lost += clients[i].lost;
		bad += clients[i].bad;
		marks += clients[i].marks;
		if (i < n && clients[i].datagrams < least)
			least = clients[i].datagrams;
	}
	printf("{\"server\": \"%s\", \"clients\": %u, \"datagrams\": %ju, "
	       "\"bytes\": %ju, \"lost\": %ju, \"bad\": %ju, \"marks\": %ju, "
	       "\"least_of_a_client\": %ju}\n", server, n,
	       (uintmax_t)datagrams, (uintmax_t)bytes, (uintmax_t)lost,
	       (uintmax_t)bad, (uintmax_t)marks, (uintmax_t)(n ? least : 0));
	fflush(stdout);
}

static void command(const uint8_t *p, size_t n)
{
	char text[128], verb[16], server[32];
	unsigned int number;

	if (n >= sizeof(text))
		return;
	memcpy(text, p, n);
	text[n] = 0;
	if (sscanf(text, "%15s %31s %u", verb, server, &number) != 3 ||
	    number > CLIENTS) {
		warnx("not a command: %s", text);
		return;
	}
	if (!strcmp(verb, "begin")) {
		for (unsigned int i = 0; i < CLIENTS; i++) {
			clients[i].datagrams = clients[i].bytes = 0;
			clients[i].lost = clients[i].bad = clients[i].marks = 0;
		}
		corrupt = 0;
		counting = true;
	} else if (!strcmp(verb, "end")) {
		counting = false;
		report(server, number);
		for (unsigned int i = 0; i < CLIENTS; i++)
			clients[i].next = NOWHERE;
	} else if (!strcmp(verb, "subscribe") || !strcmp(verb, "leave")) {
		for (unsigned int i = 0; i < number; i++) {
			clients[i].subscribed = verb[0] == 's';
			clients[i].until_renewal = RENEW_BYTES;
			request(i, clients[i].subscribed ? VIDEO_SUBSCRIBE :
							   VIDEO_LEAVE);
		}
	} else {
		warnx("no such command: %s", text);
	}
}

static void udp(const uint8_t *ip, size_t len)
{
	const uint8_t *u = ip + 20;
	uint32_t to = get32(ip + 16);
	unsigned int who = to - FIRST;
	size_t n;

	if (len < 28 || get16(u + 4) < 8 || get16(u + 4) > len - 20 ||
	    fold(sum(ip, 20, 0)) != 0xffff || (get16(ip + 6) & 0x3fff) ||
	    (get16(u + 6) &&
	     fold(sum(u, get16(u + 4), sum(ip + 12, 8, 17 + get16(u + 4)))) != 0xffff)) {
		corrupt++;
		return;
	}
	n = get16(u + 4) - 8;
	if (to == SINK && get16(u + 2) == CONTROL_PORT)
		command(u + 8, n);
	else if (who < CLIENTS && get16(u + 2) == STREAM_PORT &&
		 !reply(who, u + 8, n))
		stream(&clients[who], u + 8, n);
}

static void frame(const uint8_t *p, size_t len)
{
	if (len < 14)
		return;
	memcpy(guest_mac, p + 6, 6);
	if (get16(p + 12) == 0x0806)
		arp(p + 14, len - 14);
	else if (get16(p + 12) == 0x0800 && len >= 34 && p[14] == 0x45 &&
		 p[14 + 9] == 17)
		udp(p + 14, len - 14);
}

static void receive(void)
{
	static uint8_t buf[1 << 20];
	size_t have = 0;

	for (;;) {
		size_t at = 0;
		ssize_t n = read(qemu, buf + have, sizeof(buf) - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err(1, "reading from qemu");
		if (n == 0)
			return;
		have += n;
		while (have - at >= 4) {
			size_t len = get32(buf + at);

			if (len > sizeof(buf) - 4)
				errx(1, "frame of %zu bytes", len);
			if (have - at - 4 < len)
				break;
			frame(buf + at + 4, len);
			at += 4 + len;
		}
		memmove(buf, buf + at, have - at);
		have -= at;
	}
}

static void load_clip(const char *name)
{
	struct stat st;
	int fd = open(name, O_RDONLY);

	if (fd < 0 || fstat(fd, &st))
		err(1, "%s", name);
	clip_size = st.st_size - st.st_size % TS_PACKET;
	if (clip_size < UNIT)
		errx(1, "%s: too short", name);
	clip = mmap(NULL, clip_size, PROT_READ, MAP_SHARED, fd, 0);
	if (clip == MAP_FAILED)
		err(1, "%s: mmap", name);
	close(fd);
}

int main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listener, size = 4 << 20;

	if (argc != 3)
		errx(2, "usage: sink SOCKET CLIP");
	load_clip(argv[2]);
	/* On a busy host, do not let qemu's queue overflow; if we may. */
	setpriority(PRIO_PROCESS, 0, -10);
	if (strlen(argv[1]) >= sizeof(at.sun_path))
		errx(1, "%s: path too long for a socket", argv[1]);
	strcpy(at.sun_path, argv[1]);
	unlink(argv[1]);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(listener, 1))
		err(1, "%s", argv[1]);
	qemu = accept(listener, NULL, NULL);
	if (qemu < 0)
		err(1, "accept");
	setsockopt(qemu, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	close(listener);
	for (unsigned int i = 0; i < CLIENTS; i++)
		clients[i].next = NOWHERE;
	receive();
	return 0;
}
