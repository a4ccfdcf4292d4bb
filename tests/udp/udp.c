// SPDX-License-Identifier: GPL-2.0
/*
 * Datagrams for the tests. Where something is not to arrive, a second datagram
 * to a port nobody interferes with is sent after it: once that is there, the
 * first one will not come any more.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>

#include "tap.h"

#define MARKER_PORT 4999

static void usage(void)
{
	fputs("usage: udp echo ADDRESS PORT SIZE...      send, expect the same back\n"
	      "       udp echo-from SOURCE ADDRESS PORT SIZE...\n"
	      "       udp send ADDRESS PORT SIZE [COUNT] send\n"
	      "       udp deliver PORT [SIZE]            'received' or 'nothing', on loopback\n"
	      "       udp badsum PORT                    as deliver, with a wrong checksum\n"
	      "       udp flood ADDRESS PORT SECONDS SIZE\n"
	      "       udp collect PORT COUNT FILE CHUNK HEADER START SECONDS\n"
	      "                                          check what extension sender sends\n"
	      "       udp segments ADDRESS PORT SIZE LENGTH\n"
	      "                                          LENGTH bytes as one GSO packet\n"
	      "       udp burst ADDRESS PORT SIZE LENGTH COUNT\n"
	      "                                          the same; numbers of COUNT replies\n"
	      "       udp serve PORT                     sends back until the marker comes\n"
	      "       udp blit X Y OFFSET PIXELS FORMAT\n"
	      "       udp list PORT SIZE SECONDS         numbers of those that came\n",
	      stderr);
	exit(2);
}

static void fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_in address(const char *host, int port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(port),
	};

	if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
		usage();
	return to;
}

static int udp_socket(const char *host, int port)
{
	struct sockaddr_in local = address(host, port);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = 4 << 20;

	if (fd < 0 || bind(fd, (void *)&local, sizeof(local)))
		fail("bind");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return fd;
}

static bool readable(int fd, int ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return poll(&pollfd, 1, ms) == 1 && (pollfd.revents & POLLIN);
}

static void fill(unsigned char *bytes, size_t size, unsigned int seed)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (i * 31 + (i >> 8) * 7 + seed) & 0xff;
}

static int echo(const char *source, char **argv, int argc)
{
	struct sockaddr_in to = address(argv[0], atoi(argv[1]));
	unsigned char out[65536], in[65536];
	int fd = udp_socket(source, 0);

	if (connect(fd, (void *)&to, sizeof(to)))
		fail("connect");
	for (int i = 2; i < argc; i++) {
		size_t size = atoi(argv[i]);
		ssize_t got;

		fill(out, size, i);
		if (send(fd, out, size, 0) != (ssize_t)size)
			fail("send");
		if (!readable(fd, 3000)) {
			printf("no reply to %zu bytes\n", size);
			return 1;
		}
		got = recv(fd, in, sizeof(in), 0);
		if (got != (ssize_t)size || memcmp(in, out, size)) {
			printf("reply to %zu bytes has %zd%s\n", size, got,
			       got == (ssize_t)size ? ", other ones" : "");
			return 1;
		}
	}
	puts("echoed");
	return 0;
}

static int send_some(const char *host, int port, size_t size, int count)
{
	struct sockaddr_in to = address(host, port);
	unsigned char bytes[65536];
	int fd = udp_socket("0.0.0.0", 0);

	for (int i = 0; i < count; i++) {
		fill(bytes, size, i);
		if (sendto(fd, bytes, size, 0, (void *)&to, sizeof(to)) < 0)
			fail("sendto");
	}
	close(fd);
	return 0;
}

/* Whether what was sent to @fd arrives, judged when the marker is there. */
static int arrives(int fd, int marker)
{
	char bytes[65536];

	if (!readable(marker, 3000)) {
		puts("not even the marker");
		return 1;
	}
	recv(marker, bytes, sizeof(bytes), 0);
	puts(readable(fd, 0) ? "received" : "nothing");
	return 0;
}

static int deliver(int port, size_t size)
{
	int fd = udp_socket("127.0.0.1", port);
	int marker = udp_socket("127.0.0.1", MARKER_PORT);

	send_some("127.0.0.1", port, size, 1);
	send_some("127.0.0.1", MARKER_PORT, 1, 1);
	return arrives(fd, marker);
}

static int badsum(int port)
{
	int fd = udp_socket("127.0.0.1", port);
	int marker = udp_socket("127.0.0.1", MARKER_PORT);
	int raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	struct sockaddr_in to = address("127.0.0.1", 0);
	struct {
		struct iphdr ip;
		struct udphdr udp;
		char text[16];
	} packet = {
		.ip = {
			.version = 4, .ihl = 5, .ttl = 64,
			.protocol = IPPROTO_UDP,
			.tot_len = htons(sizeof(packet)),
			.saddr = htonl(INADDR_LOOPBACK),
			.daddr = htonl(INADDR_LOOPBACK),
		},
		.udp = {
			.source = htons(3333), .dest = htons(port),
			.len = htons(sizeof(packet) - sizeof(packet.ip)),
			.check = htons(0xdead),
		},
		.text = "a wrong checksum",
	};

	if (raw < 0 || sendto(raw, &packet, sizeof(packet), 0, (void *)&to,
			      sizeof(to)) != sizeof(packet))
		fail("raw socket");
	send_some("127.0.0.1", MARKER_PORT, 1, 1);
	return arrives(fd, marker);
}

/*
 * One send of many datagrams, which stay one packet until a socket gets them.
 * Each begins with its number; the last may be shorter. Then the marker.
 */
static int segments_by(int fd, struct sockaddr_in to, int size, int length)
{
	unsigned char bytes[65536];

	for (int at = 0; at < length; at += size) {
		int len = length - at < size ? length - at : size;

		fill(bytes + at, len, at / size);
		bytes[at] = at / size;
	}
	if (setsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, sizeof(size)))
		fail("UDP_SEGMENT");
	if (sendto(fd, bytes, length, 0, (void *)&to, sizeof(to)) != length)
		fail("sendto");
	return 0;
}

static int segments(const char *host, int port, int size, int length)
{
	int fd = udp_socket("0.0.0.0", 0);

	segments_by(fd, address(host, port), size, length);
	close(fd);
	return send_some(host, MARKER_PORT, 1, 1);
}

/* The numbers of those that come back, until there are @count. */
static int burst(const char *host, int port, int size, int length, int count)
{
	struct sockaddr_in to = address(host, port);
	int fd = udp_socket("0.0.0.0", 0);
	unsigned char in[65536];

	if (connect(fd, (void *)&to, sizeof(to)))
		fail("connect");
	segments_by(fd, to, size, length);
	for (int i = 0; i < count && readable(fd, 3000); i++) {
		if (recv(fd, in, sizeof(in), 0) < 1)
			fail("recv");
		printf("%s%d", i ? " " : "", in[0]);
	}
	putchar('\n');
	return 0;
}

/* An ordinary program that answers, until the marker comes. */
static int serve(int port)
{
	struct pollfd fds[2] = {
		{ .fd = udp_socket("0.0.0.0", port), .events = POLLIN },
		{ .fd = udp_socket("0.0.0.0", MARKER_PORT), .events = POLLIN },
	};
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char bytes[65536];
	int served = 0;

	puts("ready");
	fflush(stdout);
	while (poll(fds, 2, -1) > 0 && !fds[1].revents) {
		ssize_t got = recvfrom(fds[0].fd, bytes, sizeof(bytes), 0,
				       (void *)&from, &len);

		if (got < 0 || sendto(fds[0].fd, bytes, got, 0, (void *)&from,
				      len) != got)
			served--;
		served++;
	}
	printf("%d served\n", served);
	return 0;
}

/* The numbers of the datagrams that came, until the marker does. */
static int list(int port, int size, double seconds)
{
	int fd = udp_socket("0.0.0.0", port);
	int marker = udp_socket("0.0.0.0", MARKER_PORT);
	unsigned char in[65536], want[65536];
	bool first = true;

	puts("ready");
	fflush(stdout);
	if (!readable(marker, seconds * 1000)) {
		puts("not even the marker");
		return 1;
	}
	while (readable(fd, 0)) {
		ssize_t got = recv(fd, in, sizeof(in), 0);

		fill(want, got, in[0]);
		want[0] = in[0];
		printf("%s%d%s", first ? "" : " ", in[0],
		       got > size || memcmp(in, want, got) ? "(wrong)" :
		       got < size ? "(short)" : "");
		first = false;
	}
	putchar('\n');
	return 0;
}

/* What extension blit asks for, and 200 bytes of pixels. */
static int blit(char **argv)
{
	struct sockaddr_in to = address("127.0.0.1", 4248);
	struct {
		unsigned int words[5];
		unsigned char pixels[200];
	} message;
	int fd = udp_socket("127.0.0.1", 0);

	for (int i = 0; i < 5; i++)
		message.words[i] = strtoul(argv[i], NULL, 0);
	fill(message.pixels, sizeof(message.pixels), 1);
	if (sendto(fd, &message, sizeof(message), 0, (void *)&to, sizeof(to)) < 0)
		fail("sendto");
	return 0;
}

static int flood(const char *host, int port, double seconds, size_t size)
{
	struct sockaddr_in to = address(host, port);
	unsigned char bytes[65536] = "flood";
	int fd = udp_socket("0.0.0.0", 0);
	double end = now() + seconds;
	unsigned long sent = 0, refused = 0;

	while (now() < end)
		for (int i = 0; i < 64; i++)
			if (sendto(fd, bytes, size, MSG_DONTWAIT, (void *)&to,
				   sizeof(to)) >= 0)
				sent++;
			else if (errno == EPERM)
				refused++;
	printf("%lu %lu\n", sent, refused);
	return 0;
}

static int collect(char **argv)
{
	int fd = udp_socket("0.0.0.0", atoi(argv[0])), count = atoi(argv[1]);
	int file = open(argv[2], O_RDONLY);
	long chunk = atol(argv[3]), header = atol(argv[4]), start = atol(argv[5]);
	double end = now() + atof(argv[6]);
	unsigned char in[65536], want[65536];
	int got = 0, wrong = 0;

	if (file < 0)
		fail(argv[2]);
	puts("ready");
	fflush(stdout);
	while (got < count && now() < end) {
		ssize_t size;
		long offset;

		if (!readable(fd, 100))
			continue;
		size = recv(fd, in, sizeof(in), 0);
		if (!header)	/* no number in it: they come in order */
			offset = start + got * chunk;
		else
			offset = start + in[0] * chunk;
		if (size != header + chunk ||
		    pread(file, want, chunk, offset) != chunk ||
		    memcmp(in + header, want, chunk) ||
		    (header > 1 && in[header - 1] != 0xa0 + header - 1))
			wrong++;
		got++;
	}
	printf("%d received, %d wrong\n", got, wrong);
	return got != count || wrong;
}

int main(int argc, char **argv)
{
	if (argc >= 5 && !strcmp(argv[1], "echo"))
		return echo("0.0.0.0", argv + 2, argc - 2);
	if (argc >= 6 && !strcmp(argv[1], "echo-from"))
		return echo(argv[2], argv + 3, argc - 3);
	if (argc >= 5 && !strcmp(argv[1], "send"))
		return send_some(argv[2], atoi(argv[3]), atoi(argv[4]),
				 argc > 5 ? atoi(argv[5]) : 1);
	if (argc >= 3 && !strcmp(argv[1], "deliver"))
		return deliver(atoi(argv[2]), argc > 3 ? atoi(argv[3]) : 8);
	if (argc == 3 && !strcmp(argv[1], "badsum"))
		return badsum(atoi(argv[2]));
	if (argc == 6 && !strcmp(argv[1], "flood"))
		return flood(argv[2], atoi(argv[3]), atof(argv[4]), atoi(argv[5]));
	if (argc == 6 && !strcmp(argv[1], "segments"))
		return segments(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
	if (argc == 7 && !strcmp(argv[1], "burst"))
		return burst(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]),
			     atoi(argv[6]));
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve(atoi(argv[2]));
	if (argc == 7 && !strcmp(argv[1], "blit"))
		return blit(argv + 2);
	if (argc == 5 && !strcmp(argv[1], "list"))
		return list(atoi(argv[2]), atoi(argv[3]), atof(argv[4]));
	if (argc == 9 && !strcmp(argv[1], "collect"))
		return collect(argv + 2);
	usage();
}
