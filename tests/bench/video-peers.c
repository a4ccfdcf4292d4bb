// SPDX-License-Identifier: GPL-2.0
/*
 * Video servers in user space, for comparison with the one in the kernel: each
 * sends the same MPEG-TS file, at the same bit rate and on ticks of the same
 * period, to N clients, by other system calls. Each is given its best: the
 * sockets are connected, all that is due at a tick goes out at once, the file
 * is in the page cache, and no call is made that its way of sending can do
 * without. Prints its counters as a line of JSON when SIGTERM ends it.
 *
 * usage: video-peers --mode=MODE --clip=FILE --clients=N [--rate=BIT/S]
 *	[--tick-us=N] [--first=ADDRESS] [--port=N] [--wait]
 *
 * Client I is at address FIRST+I. With --wait it stops itself (SIGSTOP) when it
 * is ready, and begins when it is told to go on.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <liburing.h>
#include <linux/errqueue.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define UNIT		1316		/* 7 packets of 188 bytes */
#define CLIENTS_MAX	128
/* Segments of one call: 48 KiB cover at most 13 pages, so that the kernel has
 * room for them in one skb (17) and in one pipe (16). */
#define SEGMENTS_MAX	36
#define NSEC		1000000000ull

struct server {
	const char *clip_name;
	int clip;
	const uint8_t *map;
	size_t size;			/* whole units only */
	int sock[CLIENTS_MAX];
	unsigned int clients;
	uint64_t rate;			/* bits per second */
	uint64_t tick_ns;
	struct in_addr first;
	unsigned int port;
	uint8_t buf[SEGMENTS_MAX * UNIT];
	/* counters */
	struct {
		uint64_t calls, sent, failed, copied, by_reference, unknown;
	} count;
	unsigned int ticks;
	struct io_uring ring;
	const uint8_t *registered;	/* a copy of the clip, known to @ring */
};

/* send @units units of the file, from @offset, to every client */
typedef void (*send_fn)(struct server *s, off_t offset, unsigned int units);

static volatile sig_atomic_t stopped, reset, print;

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		reset = 1;
	else if (sig == SIGUSR2)
		print = 1;
	else
		stopped = 1;
}

static void account(struct server *s, ssize_t sent, unsigned int units,
		    uint64_t *bytes)
{
	s->count.calls++;
	if (sent == (ssize_t)units * UNIT) {
		s->count.sent += units;
		*bytes += sent;
	} else {
		s->count.failed += units;
	}
}

static void read_units(struct server *s, off_t offset, unsigned int units)
{
	s->count.calls++;
	if (pread(s->clip, s->buf, units * UNIT, offset) != (ssize_t)units * UNIT)
		errx(1, "%s: short read", s->clip_name);
	/* one copy into this process, however many clients */
	s->count.copied += (uint64_t)units * UNIT;
}

/* read() once, send() to each: what a simple server does */
static void send_plain(struct server *s, off_t offset, unsigned int units)
{
	read_units(s, offset, units);
	for (unsigned int c = 0; c < s->clients; c++)
		for (unsigned int u = 0; u < units; u++)
			account(s, sendto(s->sock[c], s->buf + u * UNIT, UNIT,
					  0, NULL, 0), 1, &s->count.copied);
}

/* read() once, all datagrams that a client is due in one call */
static void send_mmsg(struct server *s, off_t offset, unsigned int units)
{
	struct mmsghdr msgs[SEGMENTS_MAX];
	struct iovec iov[SEGMENTS_MAX];

	read_units(s, offset, units);
	memset(msgs, 0, sizeof(msgs[0]) * units);
	for (unsigned int u = 0; u < units; u++) {
		iov[u] = (struct iovec){ s->buf + u * UNIT, UNIT };
		msgs[u].msg_hdr.msg_iov = &iov[u];
		msgs[u].msg_hdr.msg_iovlen = 1;
	}
	for (unsigned int c = 0; c < s->clients; c++) {
		int n = sendmmsg(s->sock[c], msgs, units, 0);

		if (n < 0)
			n = 0;
		s->count.calls++;
		s->count.sent += n;
		s->count.failed += units - n;
		s->count.copied += (uint64_t)n * UNIT;
	}
}

/* page cache to socket, a datagram per call */
static void send_file(struct server *s, off_t offset, unsigned int units)
{
	for (unsigned int c = 0; c < s->clients; c++) {
		off_t at = offset;

		for (unsigned int u = 0; u < units; u++)
			account(s, sendfile(s->sock[c], s->clip, &at, UNIT), 1,
				&s->count.by_reference);
	}
}

/* page cache to socket, the kernel cuts it into datagrams (UDP_SEGMENT) */
static void send_file_gso(struct server *s, off_t offset, unsigned int units)
{
	for (unsigned int c = 0; c < s->clients; c++) {
		off_t at = offset;

		account(s, sendfile(s->sock[c], s->clip, &at, units * UNIT),
			units, &s->count.by_reference);
	}
}

/* from the mapped file by copy, the kernel cuts it into datagrams */
static void send_gso(struct server *s, off_t offset, unsigned int units)
{
	for (unsigned int c = 0; c < s->clients; c++)
		account(s, send(s->sock[c], s->map + offset, units * UNIT, 0),
			units, &s->count.copied);
}

/*
 * Take the notifications of MSG_ZEROCOPY off the error queue. The bytes stay
 * unchanged in the file, so nobody waits for these; they are fetched when some
 * have come together, which the kernel then reports as one range.
 */
static void reap(struct server *s, int sock)
{
	char control[128];
	struct msghdr msg = { .msg_control = control };

	for (;;) {
		struct cmsghdr *c;

		msg.msg_controllen = sizeof(control);
		s->count.calls++;
		if (recvmsg(sock, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			return;
		for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
			struct sock_extended_err *e = (void *)CMSG_DATA(c);

			if (e->ee_origin == SO_EE_ORIGIN_ZEROCOPY &&
			    (e->ee_code & SO_EE_CODE_ZEROCOPY_COPIED))
				s->count.unknown += e->ee_data - e->ee_info + 1;
		}
		/* what is pending is one range, as a rule; the next call would
		 * only say that there is no more */
		return;
	}
}

#define REAP_TICKS	16

static void send_gso_zerocopy(struct server *s, off_t offset, unsigned int units)
{
	bool due = s->ticks % REAP_TICKS == 0;

	for (unsigned int c = 0; c < s->clients; c++) {
		account(s, send(s->sock[c], s->map + offset, units * UNIT,
				MSG_ZEROCOPY), units, &s->count.by_reference);
		if (due)
			reap(s, s->sock[c]);
	}
}

/*
 * io_uring: sockets and memory are registered once, and all clients take one
 * system call. Pages of a file cannot stay registered, so the clip is copied
 * into anonymous memory before the stream begins.
 */
#define RING_ENTRIES	512
#define HUGE_PAGE	(2ul << 20)

static void ring_try(int result, const char *what)
{
	if (result < 0)
		errx(1, "io_uring: %s: %s", what, strerror(-result));
}

static void ring_prepare(struct server *s)
{
	struct io_uring_params params = {
		.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_CQSIZE |
			 IORING_SETUP_DEFER_TASKRUN,
		.cq_entries = 8 * RING_ENTRIES,
	};
	size_t size = (s->size + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	struct iovec memory = {
		.iov_base = aligned_alloc(HUGE_PAGE, size),
		.iov_len = size,
	};

	if (!memory.iov_base)
		err(1, "memory for the clip");
	/* fewer, larger pages where the machine has them */
	if (madvise(memory.iov_base, size, MADV_HUGEPAGE) && errno != EINVAL)
		err(1, "MADV_HUGEPAGE");
	memset(memory.iov_base, 0, size);
	memcpy(memory.iov_base, s->map, s->size);
	s->registered = memory.iov_base;
	ring_try(io_uring_queue_init_params(RING_ENTRIES, &s->ring, &params),
		 "a ring");
	ring_try(io_uring_register_buffers(&s->ring, &memory, 1), "memory");
	ring_try(io_uring_register_files(&s->ring, s->sock, s->clients),
		 "sockets");
	ring_try(io_uring_register_ring_fd(&s->ring), "the ring");
}

/* Each send has two completions: its result, and that its memory is free. */
static void ring_reap(struct server *s)
{
	struct io_uring_cqe *cqe;
	unsigned int head, seen = 0;

	io_uring_for_each_cqe(&s->ring, head, cqe) {
		seen++;
		if (cqe->flags & IORING_CQE_F_NOTIF) {
			if ((uint32_t)cqe->res & IORING_NOTIF_USAGE_ZC_COPIED)
				s->count.unknown++;
		} else {
			s->count.calls--;	/* account() counts system calls */
			account(s, cqe->res, cqe->user_data,
				&s->count.by_reference);
		}
	}
	io_uring_cq_advance(&s->ring, seen);
}

static void send_ring(struct server *s, off_t offset, unsigned int units)
{
	ring_reap(s);
	for (unsigned int c = 0; c < s->clients; c++) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(&s->ring);

		if (!sqe)
			errx(1, "io_uring: no room for client %u", c);
		io_uring_prep_send_zc_fixed(sqe, c, s->registered + offset,
					    units * UNIT, 0,
					    IORING_SEND_ZC_REPORT_USAGE, 0);
		sqe->flags |= IOSQE_FIXED_FILE;
		sqe->user_data = units;
	}
	s->count.calls++;
	/* with events, or the completions of the last tick pile up */
	ring_try(io_uring_submit_and_get_events(&s->ring), "submit");
}

static void ring_finish(struct server *s)
{
	ring_try(io_uring_get_events(&s->ring), "events");
	ring_reap(s);
}

static void reap_all(struct server *s)
{
	for (unsigned int i = 0; i < s->clients; i++)
		reap(s, s->sock[i]);
}

/**
 * struct mode - a way to send
 * @name: on the command line
 * @send: sends some units of the file to every client
 * @segment: the sockets cut what they are given into datagrams (UDP_SEGMENT)
 * @zerocopy: the sockets are to take MSG_ZEROCOPY
 * @prepare: called once, when clip and sockets are open
 * @finish: called before the counters are printed
 */
struct mode {
	const char *name;
	send_fn send;
	bool segment, zerocopy;
	void (*prepare)(struct server *s);
	void (*finish)(struct server *s);
};

static const struct mode modes[] = {
	{ "sendto", .send = send_plain },
	{ "sendmmsg", .send = send_mmsg },
	{ "sendfile", .send = send_file },
	{ "sendfile-gso", .send = send_file_gso, .segment = true },
	{ "gso", .send = send_gso, .segment = true },
	{ "gso-zerocopy", .send = send_gso_zerocopy, .segment = true,
	  .zerocopy = true, .finish = reap_all },
	{ "uring-zc", .send = send_ring, .segment = true,
	  .prepare = ring_prepare, .finish = ring_finish },
};

static const struct mode *find_mode(const char *name)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].name, name))
			return &modes[i];
	errx(2, "no such mode: %s", name);
}

static void set(int sock, int level, int option, int value, const char *what)
{
	if (setsockopt(sock, level, option, &value, sizeof(value)))
		err(1, "%s", what);
}

static void open_sockets(struct server *s, const struct mode *mode)
{
	for (unsigned int c = 0; c < s->clients; c++) {
		struct sockaddr_in to = {
			.sin_family = AF_INET,
			.sin_port = htons(s->port),
			.sin_addr.s_addr = htonl(ntohl(s->first.s_addr) + c),
		};
		int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		if (sock < 0)
			err(1, "socket");
		set(sock, SOL_SOCKET, SO_SNDBUFFORCE, 4 << 20, "SO_SNDBUFFORCE");
		if (mode->segment)
			set(sock, SOL_UDP, UDP_SEGMENT, UNIT, "UDP_SEGMENT");
		if (mode->zerocopy)
			set(sock, SOL_SOCKET, SO_ZEROCOPY, 1, "SO_ZEROCOPY");
		if (connect(sock, (struct sockaddr *)&to, sizeof(to)))
			err(1, "connect to client %u", c);
		s->sock[c] = sock;
	}
}

static void open_clip(struct server *s)
{
	struct stat st;

	s->clip = open(s->clip_name, O_RDONLY | O_CLOEXEC);
	if (s->clip < 0 || fstat(s->clip, &st))
		err(1, "%s", s->clip_name);
	s->size = st.st_size - st.st_size % UNIT;
	if (!s->size)
		errx(1, "%s: too short", s->clip_name);
	s->map = mmap(NULL, s->size, PROT_READ, MAP_SHARED | MAP_POPULATE,
		      s->clip, 0);
	if (s->map == MAP_FAILED)
		err(1, "%s: mmap", s->clip_name);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NSEC + t.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	struct timespec t = { ns / NSEC, ns % NSEC };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void print_counters(struct server *s, const struct mode *mode)
{
	if (mode->finish)
		mode->finish(s);
	printf("COUNTERS {\"server\": \"%s\", \"clients\": %u, \"calls\": %ju, "
	       "\"sent\": %ju, \"failed\": %ju, \"bytes_by_reference\": %ju, "
	       "\"bytes_copied\": %ju, \"copied_after_all\": %ju}\n",
	       mode->name, s->clients, (uintmax_t)s->count.calls,
	       (uintmax_t)s->count.sent, (uintmax_t)s->count.failed,
	       (uintmax_t)s->count.by_reference, (uintmax_t)s->count.copied,
	       (uintmax_t)s->count.unknown);
	fflush(stdout);
}

static void serve(struct server *s, const struct mode *mode)
{
	uint64_t start = now_ns(), tick = start, done = 0;

	while (!stopped) {
		uint64_t due;

		tick += s->tick_ns;
		sleep_until(tick);
		if (reset) {
			reset = 0;
			memset(&s->count, 0, sizeof(s->count));
		}
		due = (uint64_t)((unsigned __int128)(tick - start) * s->rate /
				 (8 * NSEC * UNIT));
		while (done < due && !stopped) {
			uint64_t offset = done * UNIT % s->size;
			uint64_t units = due - done;

			if (units > SEGMENTS_MAX)
				units = SEGMENTS_MAX;
			if (units > (s->size - offset) / UNIT)
				units = (s->size - offset) / UNIT;
			mode->send(s, offset, units);
			done += units;
		}
		s->ticks++;
		if (print) {
			print = 0;
			print_counters(s, mode);
		}
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "mode", required_argument, NULL, 'm' },
		{ "clip", required_argument, NULL, 'f' },
		{ "clients", required_argument, NULL, 'n' },
		{ "rate", required_argument, NULL, 'r' },
		{ "tick-us", required_argument, NULL, 't' },
		{ "first", required_argument, NULL, 'a' },
		{ "port", required_argument, NULL, 'p' },
		{ "wait", no_argument, NULL, 'w' },
		{ }
	};
	static struct server s = {
		.clients = 1, .rate = 3000000, .tick_ns = 10000000, .port = 5004,
	};
	const struct mode *mode = &modes[0];
	bool wait = false;
	int c;

	inet_aton("10.77.0.100", &s.first);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'm': mode = find_mode(optarg); break;
		case 'f': s.clip_name = optarg; break;
		case 'n': s.clients = atoi(optarg); break;
		case 'r': s.rate = strtoull(optarg, NULL, 0); break;
		case 't': s.tick_ns = strtoull(optarg, NULL, 0) * 1000; break;
		case 'p': s.port = atoi(optarg); break;
		case 'w': wait = true; break;
		case 'a':
			if (!inet_aton(optarg, &s.first))
				errx(2, "not an address: %s", optarg);
			break;
		default: return 2;
		}
	}
	if (!s.clip_name || !s.clients || s.clients > CLIENTS_MAX ||
	    !s.rate || !s.tick_ns)
		errx(2, "--clip, --clients (1 to %d), --rate and --tick-us must be right",
		     CLIENTS_MAX);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	signal(SIGUSR1, on_signal);
	signal(SIGUSR2, on_signal);
	open_clip(&s);
	open_sockets(&s, mode);
	if (mode->prepare)
		mode->prepare(&s);
	if (wait)
		raise(SIGSTOP);
	serve(&s, mode);
	/* told to print and to end at once */
	if (print)
		print_counters(&s, mode);
	return s.count.failed ? 1 : 0;
}
