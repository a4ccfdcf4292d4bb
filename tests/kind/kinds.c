// SPDX-License-Identifier: GPL-2.0
/*
 * The things that extensions are granted, seen from the other side: a process with
 * a range or a strand, the peer of a connection, the reader of a terminal; and
 * grants that are to be refused.
 *
 * usage: kinds range EXT TAG PAGES | strand EXT | strand-of-thread EXT | sleeper |
 *        serve PORT echo|urgent|file PATH|deaf |
 *        pty [stopped] | hold PATH | monotonic EXT SECONDS | refusals FOLDER
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <net/if.h>
#include <termios.h>

#include "raw.h"

#define PAGE	4096UL

static void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

/* ---- a range ---- */

static sigjmp_buf bus;

static void on_bus(int sig)
{
	siglongjmp(bus, sig);
}

static int range_create(const char *ext, __u64 length, __u64 tag)
{
	struct spin_ioc_translation_create create = {
		.length = length, .tag = tag,
	};

	snprintf(create.ext, sizeof(create.ext), "%s", ext);
	return result(ioctl(spin_device(), SPIN_IOC_TRANSLATION_CREATE,
			    &create));
}

static char *range_map(int fd, size_t length)
{
	char *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		give_up("cannot map a range");
	return at;
}

static void touch(const char *at)
{
	if (sigsetjmp(bus, 1))
		say("Bus error");
	else
		say("%llu", *(const volatile unsigned long long *)at);
}

/* Reads "touch N", "present N" and "close" from stdin. */
static int range(const char *ext, __u64 tag, int pages)
{
	struct sigaction action = { .sa_handler = on_bus };
	size_t length = pages * PAGE;
	int fd = range_create(ext, length, tag), page;
	unsigned char *in = calloc(1, pages);
	char *at, line[64];

	if (fd < 0)
		give_up("no range: %s", said(fd));
	at = range_map(fd, length);
	sigaction(SIGBUS, &action, NULL);
	say("ready %d/%d", getpid(), fd);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "touch %d", &page) == 1 && page < pages) {
			touch(at + page * PAGE);
		} else if (!strcmp(line, "present\n")) {
			int i, n = 0;

			if (mincore(at, length, in))
				give_up("mincore");
			for (i = 0; i < pages; i++)
				n += in[i] & 1;
			say("%d", n);
		} else if (!strcmp(line, "close\n")) {
			munmap(at, length);
			close(fd);
			say("closed");
		}
	}
	return 0;
}

/*
 * Pages of a range are supplied and taken out all the time; each page that comes
 * has a higher number than the one before. Seen through two mappings, one after
 * the other, no number is ever lower than one that was seen before: else one of
 * the mappings still had a page that is not the range's any more.
 */
#define LOOKERS	4
#define LOOKED_AT 16

static struct {
	const volatile char *a, *b;
	atomic_long looks, backwards;
	atomic_bool stop;
} both;

static unsigned long long number(const volatile char *at, int page)
{
	return *(const volatile unsigned long long *)(at + page * PAGE);
}

static void *look_at_both(void *arg)
{
	unsigned int seed = (unsigned long)arg;

	while (!both.stop) {
		int page = rand_r(&seed) % LOOKED_AT;
		unsigned long long first = number(both.a, page);
		unsigned long long second = number(both.b, page);
		unsigned long long third = number(both.a, page);

		if (second < first || third < second)
			both.backwards++;
		both.looks++;
	}
	return NULL;
}

/* The range is made, then "ready"; a line on stdin, and it begins. */
static int monotonic(const char *ext, int seconds)
{
	int fd = range_create(ext, LOOKED_AT * PAGE, 1000);
	pthread_t lookers[LOOKERS];
	char line[16];
	unsigned long i;

	if (fd < 0)
		give_up("no range: %s", said(fd));
	both.a = range_map(fd, LOOKED_AT * PAGE);
	both.b = range_map(fd, LOOKED_AT * PAGE);
	say("ready %d/%d", getpid(), fd);
	if (!fgets(line, sizeof(line), stdin))
		return 1;
	for (i = 0; i < LOOKERS; i++)
		pthread_create(&lookers[i], NULL, look_at_both, (void *)(i + 1));
	sleep(seconds);
	both.stop = true;
	for (i = 0; i < LOOKERS; i++)
		pthread_join(lookers[i], NULL);
	say("%s looks, %ld backwards", both.looks > 1000 ? "many" : "few",
	    both.backwards);
	return 0;
}

/* ---- a strand ---- */

static int strand_register(const char *ext)
{
	struct spin_ioc_strand_register block = {
		.group = 77,
	};

	snprintf(block.ext, sizeof(block.ext), "%s", ext);
	return result(ioctl(spin_device(), SPIN_IOC_STRAND_REGISTER, &block));
}

/* Works a little, and sleeps; "close" ends the registration. */
/* A thread that is not the process's first, and keeps its strand through exec. */
static void *strand_thread(void *ext)
{
	static const char *const argv[] = { "kinds", "sleeper", NULL };
	int fd = strand_register(ext);
	char line[16];

	if (fd < 0 || fcntl(fd, F_SETFD, 0))
		give_up("no strand: %s", said(fd));
	say("ready %d/%d", getpid(), fd);
	say("%d", gettid());
	if (fgets(line, sizeof(line), stdin))
		execv("/proc/self/exe", (char **)argv);
	give_up("exec");
}

static int strand_of_thread(char *ext)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, strand_thread, ext))
		give_up("no thread");
	pthread_join(thread, NULL);
	return 1;
}

static _Noreturn void sleeper(void)
{
	say("again");
	for (;;)
		nap(5);
}

static int strand(const char *ext)
{
	struct pollfd in = { .fd = 0, .events = POLLIN };
	int fd = strand_register(ext);
	char line[16];

	if (fd < 0)
		give_up("no strand: %s", said(fd));
	say("ready %d/%d", getpid(), fd);
	for (;;) {
		double until = now() + 0.005;

		while (now() < until)
			;
		if (poll(&in, 1, 10) <= 0)
			continue;
		if (!fgets(line, sizeof(line), stdin))
			return 0;
		if (!strcmp(line, "close\n")) {
			close(fd);
			say("closed");
		}
	}
}

/* ---- the peer of a connection ---- */

static int listener(int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 1))
		give_up("cannot listen");
	return fd;
}

static void serve_echo(int peer)
{
	static const char text[] = "what comes goes back";
	char back[sizeof(text)] = "";

	if (send(peer, text, sizeof(text), 0) != sizeof(text) ||
	    recv(peer, back, sizeof(back), MSG_WAITALL) != sizeof(back))
		say("no echo");
	else
		say("echo %s", strcmp(text, back) ? "wrong" : "right");
	/* until the other side closes */
	say("%s", recv(peer, back, 1, 0) == 0 ? "closed" : "not closed");
}

static void serve_file(int peer, const char *path)
{
	FILE *file = fopen(path, "r");
	long got = 0, wrong = 0;
	char buf[4096];
	ssize_t n, i;

	if (!file)
		give_up("%s", path);
	fseek(file, 0, SEEK_END);
	for (long size = ftell(file), at = (rewind(file), 0); at < size; at += n) {
		n = recv(peer, buf, sizeof(buf), 0);
		if (n <= 0)
			break;
		for (i = 0; i < n; i++)
			wrong += fgetc(file) != (unsigned char)buf[i];
		got += n;
	}
	say("%ld received, %ld wrong", got, wrong);
}

/*
 * Urgent data on the way: the extension goes on without it, and what is behind it
 * comes back; one byte at the very end does not hide the end.
 */
static void serve_urgent(int peer)
{
	static const char text[] = "before" "behind";
	const struct timeval patience = { .tv_sec = 20 };
	char back[sizeof(text)] = "";
	int half = (sizeof(text) - 1) / 2, got;

	setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(peer, text, half, 0) != half || send(peer, "!", 1, MSG_OOB) != 1 ||
	    send(peer, text + half, half, 0) != half)
		give_up("cannot send");
	got = recv(peer, back, 2 * half, MSG_WAITALL);
	say("echo %s", got == 2 * half && !memcmp(back, text, 2 * half) ? "right" :
	    "wrong");
	if (send(peer, "!", 1, MSG_OOB) != 1 || shutdown(peer, SHUT_WR))
		give_up("cannot end");
}

static int serve(int port, const char *how, const char *path)
{
	int fd = listener(port), peer;
	char byte;

	say("ready");
	peer = accept(fd, NULL, NULL);
	if (peer < 0)
		give_up("accept");
	if (!strcmp(how, "echo"))
		serve_echo(peer);
	else if (!strcmp(how, "urgent"))
		serve_urgent(peer);
	else if (!strcmp(how, "file"))
		serve_file(peer, path);
	else	/* deaf: reads nothing, until it is killed */
		while (read(0, &byte, 1) != 1)
			pause();
	return 0;
}

/* ---- a terminal ---- */

static int terminal(char *name, size_t size)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);

	if (fd < 0 || grantpt(fd) || unlockpt(fd) || ptsname_r(fd, name, size))
		give_up("no pseudo-terminal");
	return fd;
}

/* Says what is written on a terminal, line by line; or stops it and says nothing. */
static int pty(bool stopped)
{
	char name[64], line[256];
	int fd = terminal(name, sizeof(name));
	int slave = open(name, O_RDWR | O_NOCTTY);
	FILE *out = fdopen(fd, "r");

	if (slave < 0 || !out)
		give_up("%s", name);
	if (stopped && tcflow(slave, TCOOFF))
		give_up("tcflow");
	say("ready %s", name);
	if (stopped)
		for (;;)
			pause();
	while (fgets(line, sizeof(line), out)) {
		line[strcspn(line, "\r\n")] = '\0';
		say("%s", line);
	}
	return 0;
}

/* ---- grants that are refused ---- */

static int ext;

static void refused(const char *name, __u32 kind, int fd, __u64 value,
		    __u32 rights, int expected)
{
	struct spin_ioc_ext_grant grant = {
		.kind = kind, .fd = fd, .fd2 = -1,
		.value = value, .rights = rights,
	};
	const char *why;

	snprintf(grant.name, sizeof(grant.name), "%s", name);
	expect(name, result(ioctl(ext, SPIN_IOC_EXT_GRANT, &grant)), expected);
	why = ext_verdict(ext);
	check("and says why", strstr(why, name), "a sentence that names it",
	      "'%s'", why);
}

static int file_fd(const char *folder)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/plain", folder);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd < 0)
		give_up("%s", path);
	return fd;
}

static int closed_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static int tcp(int family)
{
	return socket(family, SOCK_STREAM, 0);
}

/* A connection in another network name space. */
static int foreign_stream(void)
{
	int own = open("/proc/self/ns/net", O_RDONLY), fd, server;
	struct ifreq lo = { .ifr_name = "lo" };
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	if (unshare(CLONE_NEWNET))
		give_up("unshare");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ioctl(fd, SIOCGIFFLAGS, &lo);
	lo.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &lo))
		give_up("cannot bring lo up");
	close(fd);
	server = listener(0);
	getsockname(server, (struct sockaddr *)&addr, &len);
	fd = tcp(AF_INET);
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		give_up("connect");
	if (setns(own, CLONE_NEWNET))
		give_up("setns");
	return fd;
}

static void refused_streams(const char *folder)
{
	int pair[2];

	socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
	refused("stream-closed", SPIN_CAP_STREAM, closed_fd(), 0, 0, -EBADF);
	refused("stream-file", SPIN_CAP_STREAM, file_fd(folder), 0, 0, -ENOTSOCK);
	refused("stream-udp", SPIN_CAP_STREAM, socket(AF_INET, SOCK_DGRAM, 0), 0,
		0, -EPROTOTYPE);
	refused("stream-unix", SPIN_CAP_STREAM, pair[0], 0, 0, -EPROTOTYPE);
	if (tcp(AF_INET6) < 0)
		skip("stream-tcp6", "no IPv6 here");
	else
		refused("stream-tcp6", SPIN_CAP_STREAM, tcp(AF_INET6), 0, 0,
			-EPROTOTYPE);
	refused("stream-idle", SPIN_CAP_STREAM, tcp(AF_INET), 0, 0, -ENOTCONN);
	refused("stream-listens", SPIN_CAP_STREAM, listener(0), 0, 0, -ENOTCONN);
	refused("stream-elsewhere", SPIN_CAP_STREAM, foreign_stream(), 0, 0,
		-EXDEV);
	refused("stream-keep", SPIN_CAP_STREAM, tcp(AF_INET), 0, SPIN_RIGHT_KEEP,
		-EOPNOTSUPP);
}

static void refused_directories(const char *folder)
{
	refused("directory-closed", SPIN_CAP_DIRECTORY, closed_fd(), 0, 0, -EBADF);
	refused("directory-file", SPIN_CAP_DIRECTORY, file_fd(folder), 0, 0,
		-ENOTDIR);
	refused("directory-proc", SPIN_CAP_DIRECTORY,
		open("/proc", O_RDONLY | O_DIRECTORY), 0, 0, -EOPNOTSUPP);
	refused("directory-path", SPIN_CAP_DIRECTORY,
		open(folder, O_PATH | O_DIRECTORY), 0, 0, -EBADF);
	refused("directory-write", SPIN_CAP_DIRECTORY,
		open(folder, O_RDONLY | O_DIRECTORY), 0, SPIN_RIGHT_WRITE,
		-EOPNOTSUPP);
}

static void refused_consoles(const char *folder)
{
	char name[64];
	int master = terminal(name, sizeof(name)), slave;

	slave = open(name, O_RDONLY | O_NOCTTY);
	refused("console-closed", SPIN_CAP_CONSOLE, closed_fd(), 0, 0, -EBADF);
	refused("console-file", SPIN_CAP_CONSOLE, file_fd(folder), 0, 0, -ENOTTY);
	refused("console-null", SPIN_CAP_CONSOLE, open("/dev/null", O_WRONLY), 0,
		0, -ENOTTY);
	refused("console-read", SPIN_CAP_CONSOLE, slave, 0, 0, -EACCES);
	refused("console-master", SPIN_CAP_CONSOLE, master, 0, 0, -EOPNOTSUPP);
	refused("console-console", SPIN_CAP_CONSOLE,
		open("/dev/console", O_WRONLY | O_NOCTTY), 0, 0, -EOPNOTSUPP);
	refused("console-kmsg", SPIN_CAP_CONSOLE, open("/dev/kmsg", O_WRONLY), 0,
		0, -ENOTTY);
}

static int domain_open(const char *name)
{
	struct spin_ioc_domain_open block = {
		.rights = SPIN_DOMAIN_MODIFY,
	};

	snprintf(block.name, sizeof(block.name), "%s", name);
	return result(ioctl(spin_device(), SPIN_IOC_DOMAIN_OPEN, &block));
}

/* @domain is there for this. */
static void refused_interfaces(const char *folder, const char *domain)
{
	int fd = domain_open(domain);

	if (fd < 0)
		give_up("no domain: %s", said(fd));
	refused("interface-closed", SPIN_CAP_INTERFACE, closed_fd(), 0, 0, -EBADF);
	refused("interface-file", SPIN_CAP_INTERFACE, file_fd(folder), 0, 0,
		-EINVAL);
	refused("interface-no-import", SPIN_CAP_INTERFACE, fd, 0, 0, -EACCES);
	refused("interface-passed", SPIN_CAP_INTERFACE, fd, 0, SPIN_RIGHT_PASS,
		-EOPNOTSUPP);
}

static void refused_others(const char *folder)
{
	int range_fd = range_create("pager", PAGE, 0);
	int strand_fd = strand_register("pager");

	if (range_fd < 0 || strand_fd < 0)
		give_up("no range or no strand");
	refused("clock-zero", SPIN_CAP_CLOCK, -1, 0, 0, -ERANGE);
	refused("clock-short", SPIN_CAP_CLOCK, -1, 99, 0, -ERANGE);
	refused("clock-long", SPIN_CAP_CLOCK, -1, 60000001, 0, -ERANGE);
	refused("clock-passed", SPIN_CAP_CLOCK, -1, 100, SPIN_RIGHT_PASS,
		-EOPNOTSUPP);
	refused("region-closed", SPIN_CAP_TRANSLATION, closed_fd(), 0, 0, -EBADF);
	refused("region-file", SPIN_CAP_TRANSLATION, file_fd(folder), 0, 0, -EINVAL);
	refused("region-strand", SPIN_CAP_TRANSLATION, strand_fd, 0, 0, -EINVAL);
	refused("strand-closed", SPIN_CAP_STRAND, closed_fd(), 0, 0, -EBADF);
	refused("strand-file", SPIN_CAP_STRAND, file_fd(folder), 0, 0, -EINVAL);
	refused("strand-region", SPIN_CAP_STRAND, range_fd, 0, 0, -EINVAL);
	refused("strand-write", SPIN_CAP_STRAND, strand_fd, 0, SPIN_RIGHT_WRITE,
		-EOPNOTSUPP);
}

static int refusals(const char *folder)
{
	ext = ext_create("refused");
	if (ext < 0)
		give_up("no extension: %s", said(ext));
	refused_streams(folder);
	refused_directories(folder);
	refused_consoles(folder);
	refused_others(folder);
	refused_interfaces(folder, "Refusals");
	close(ext);
	return 0;
}

/* ---- an open that takes long ---- */

/* Holds the next open of a file until a line comes on stdin. */
static int hold(const char *path)
{
	int fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
	struct fanotify_response response = { .response = FAN_ALLOW };
	struct fanotify_event_metadata event;
	char line[16];

	if (fd < 0 || fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD,
				    path))
		give_up("fanotify of %s", path);
	say("ready");
	if (read(fd, &event, sizeof(event)) != sizeof(event) ||
	    !(event.mask & FAN_OPEN_PERM))
		give_up("no open");
	say("held");
	if (!fgets(line, sizeof(line), stdin))
		give_up("nobody lets go");
	if (fanotify_mark(fd, FAN_MARK_REMOVE, FAN_OPEN_PERM, AT_FDCWD, path))
		give_up("fanotify_mark");
	response.fd = event.fd;
	if (write(fd, &response, sizeof(response)) != sizeof(response))
		give_up("no answer");
	say("let go");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "range"))
		return range(argv[2], atoi(argv[3]), atoi(argv[4]));
	if (argc == 4 && !strcmp(argv[1], "monotonic"))
		return monotonic(argv[2], atoi(argv[3]));
	if (argc == 3 && !strcmp(argv[1], "strand"))
		return strand(argv[2]);
	if (argc >= 4 && !strcmp(argv[1], "serve"))
		return serve(atoi(argv[2]), argv[3], argv[4]);
	if (argc == 3 && !strcmp(argv[1], "strand-of-thread"))
		return strand_of_thread(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "sleeper"))
		sleeper();
	if (argc >= 2 && !strcmp(argv[1], "pty"))
		return pty(argc == 3);
	if (argc == 3 && !strcmp(argv[1], "hold"))
		return hold(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "refusals"))
		return refusals(argv[2]);
	fputs("usage: see the head of kinds.c\n", stderr);
	return 2;
}
