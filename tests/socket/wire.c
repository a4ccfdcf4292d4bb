// SPDX-License-Identifier: GPL-2.0
/*
 * Looks at what extension sender sends as it leaves: by a tun device, whose packets
 * come as they would be on a wire, or by a UDP socket, for the addresses.
 *
 *	wire tun NAME COUNT FILE CHUNK LEN HEADER SECONDS
 *	wire udp PORT COUNT FILE CHUNK LEN HEADER SECONDS
 *
 * LEN bytes of FILE are one burst, in datagrams of CHUNK bytes, the last one
 * shorter; with a HEADER, each is one datagram, and its first byte its number.
 * A burst comes once and in order, but bursts may overtake each other, as when they
 * are sent from two processors or when a cipher works asynchronously. What has a
 * header comes once for each destination.
 * Says "ready", then, when COUNT have come or so many seconds are over:
 * "N received, M wrong, K sums wrong, from ADDRESS ttl T".
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "tap.h"

#define UDP_HEADER	8
#define COUNT_MAX	1024

static int file;
static long count, chunk, burst, header;
static long next[COUNT_MAX];	/* datagram of this burst */
static int got, wrong, sums;
static struct in_addr from;
static int ttl;

static void die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

/* Is it datagram @n, all of it, and the next one of its burst? */
static bool is_datagram(long n, const unsigned char *in, long size)
{
	static unsigned char want[65536];
	long each = (burst + chunk - 1) / chunk, k = n % each;
	long len = k == each - 1 ? burst - k * chunk : chunk;
	long offset = n / each * burst + k * chunk;

	return (header || k == next[n / each]) && size == header + len &&
	       pread(file, want, len, offset) == len &&
	       !memcmp(in + header, want, len);
}

static void compare(const unsigned char *in, long size)
{
	long n = 0, end = count;

	got++;
	if (header && size) {
		n = in[0];
		end = n < count ? n + 1 : count;
	}
	while (n < end && !is_datagram(n, in, size))
		n++;
	if (n == end)
		wrong++;
	else
		next[n / ((burst + chunk - 1) / chunk)]++;
}

/* The one's complement sum of @size bytes, on top of @sum. */
static unsigned long add(const unsigned char *in, long size, unsigned long sum)
{
	for (long i = 0; i < size; i++)
		sum += i & 1 ? in[i] : in[i] << 8;
	return sum;
}

static bool right_sum(const unsigned char *in, long size, unsigned long sum)
{
	sum = add(in, size, sum);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/* A packet as it is on the wire: IP's header first. */
static void packet(const unsigned char *in, long size)
{
	long ip = (in[0] & 15) * 4, udp = size - ip;

	if (size < 20 || in[0] >> 4 != 4 || in[9] != IPPROTO_UDP ||
	    udp < UDP_HEADER)
		return;
	if (!right_sum(in, ip, 0) ||
	    !right_sum(in + ip, udp, add(in + 12, 8, IPPROTO_UDP + udp)))
		sums++;
	memcpy(&from, in + 12, sizeof(from));
	ttl = in[8];
	compare(in + ip + UDP_HEADER, udp - UDP_HEADER);
}

static int open_tun(const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &ifr))
		die(name);
	return fd;
}

static int open_udp(int port)
{
	struct sockaddr_in local = {
		.sin_family = AF_INET, .sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = 4 << 20;
	int on = 1;

	if (fd < 0 || bind(fd, (void *)&local, sizeof(local)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(fd, IPPROTO_IP, IP_RECVTTL, &on, sizeof(on)))
		die("udp");
	return fd;
}

static void receive(int fd)
{
	static unsigned char in[65536];
	unsigned char control[64];
	struct sockaddr_in peer;
	struct iovec iov = { in, sizeof(in) };
	struct msghdr msg = {
		.msg_name = &peer, .msg_namelen = sizeof(peer),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	ssize_t size = recvmsg(fd, &msg, 0);
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	if (size < 0)
		die("recvmsg");
	from = peer.sin_addr;
	if (cmsg && cmsg->cmsg_type == IP_TTL)
		memcpy(&ttl, CMSG_DATA(cmsg), sizeof(ttl));
	compare(in, size);
}

int main(int argc, char **argv)
{
	static unsigned char in[65536];
	struct timespec t;
	bool tun;
	long end;
	int fd;

	if (argc != 9) {
		fputs("usage: wire tun NAME | udp PORT COUNT FILE CHUNK LEN HEADER SECONDS\n",
		      stderr);
		return 2;
	}
	tun = !strcmp(argv[1], "tun");
	fd = tun ? open_tun(argv[2]) : open_udp(atoi(argv[2]));
	count = atol(argv[3]);
	if (count < 1 || count > COUNT_MAX) {
		fprintf(stderr, "COUNT is 1 to %d\n", COUNT_MAX);
		return 2;
	}
	file = open(argv[4], O_RDONLY);
	if (file < 0)
		die(argv[4]);
	chunk = atol(argv[5]);
	burst = atol(argv[6]);
	header = atol(argv[7]);
	clock_gettime(CLOCK_MONOTONIC, &t);
	end = t.tv_sec + atol(argv[8]);
	puts("ready");
	fflush(stdout);
	do {
		struct pollfd pollfd = { .fd = fd, .events = POLLIN };

		if (poll(&pollfd, 1, 100) != 1 || !(pollfd.revents & POLLIN))
			;
		else if (tun)
			packet(in, read(fd, in, sizeof(in)));
		else
			receive(fd);
		clock_gettime(CLOCK_MONOTONIC, &t);
	} while (got < count && t.tv_sec < end);
	printf("%d received, %d wrong, %d sums wrong, from %s ttl %d\n", got,
	       wrong, sums, inet_ntoa(from), ttl);
	return got != count || wrong || sums;
}
