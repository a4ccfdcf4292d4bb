// SPDX-License-Identifier: GPL-2.0
/*
 * spin-subscribe - keep a subscription to a stream of the video server, so that a
 * program which knows nothing of its protocol (ffmpeg, vlc) can receive it.
 */
#include <argp.h>
#include <arpa/inet.h>
#include <ctype.h>
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "video-protocol.h"
#include "clean.h"

#ifndef SPIN_VERSION
#define SPIN_VERSION "0"
#endif

#define RESEND_MS	300	/* a request without a reply is sent again */
#define LEAVE_MS	1000	/* that long to say good-bye */
#define STOP_MS		3000	/* that long for the command to end */
#define LISTEN_S	30	/* a cold ffmpeg takes its time to start */
#define LISTEN_POLL_MS	20

const char *argp_program_version = "spin-subscribe " SPIN_VERSION;

struct options {
	char *server;
	uint16_t server_port;
	uint16_t port;
	uint8_t format;
	const char *sdp;
	unsigned int wait_s;
	unsigned int time_s;
	bool no_listen;
	bool quiet;
	char **command;
};

static struct options opt = {
	.server_port = VIDEO_SERVER_PORT,
	.port = 5004,
	.format = VIDEO_TS,
	.wait_s = 10,
};

static int sock = -1;
static int signals = -1;
static pid_t child;
static int child_status;
static bool child_ended;
static bool stop;		/* a signal told us to */
static uint32_t nonce;
static uint64_t cookie;		/* as on the wire */

static void __attribute__((format(printf, 1, 2))) complain(const char *fmt, ...)
{
	char text[8192];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	clean_text(text);
	fprintf(stderr, "spin-subscribe: %s\n", text);
}

#define die(...)				\
	do {					\
		complain(__VA_ARGS__);		\
		exit(1);			\
	} while (0)

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* --- options ------------------------------------------------------------- */

static bool parse_number(const char *text, unsigned long min, unsigned long max,
			 unsigned long *number)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*number = strtoul(text, &end, 10);
	return !*end && !errno && *number >= min && *number <= max;
}

static void parse_server(struct argp_state *state, const char *arg)
{
	unsigned long number;
	char *colon;

	opt.server = strdup(arg);
	if (!opt.server)
		argp_failure(state, 1, errno, "no memory");
	colon = strrchr(opt.server, ':');
	if (!colon)
		return;
	*colon = 0;
	if (strchr(opt.server, ':'))
		argp_error(state, "'%s': IPv6 is not served: name an IPv4 address or a host",
			   clean(arg));
	if (!parse_number(colon + 1, 1, 65535, &number))
		argp_error(state, "'%s' is no port: say one from 1 to 65535",
			   clean(colon + 1));
	opt.server_port = number;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	unsigned long number;

	switch (key) {
	case 'f':
		if (!strcmp(arg, "ts"))
			opt.format = VIDEO_TS;
		else if (!strcmp(arg, "raw"))
			opt.format = VIDEO_RAW;
		else
			argp_error(state, "'%s' is no format: say ts or raw", clean(arg));
		break;
	case 'p':
		if (!parse_number(arg, 1024, 65535, &number))
			argp_error(state, "'%s' is no port for a stream: say one from 1024 to 65535",
				   clean(arg));
		opt.port = number;
		break;
	case 's':
		opt.sdp = arg;
		break;
	case 'w':
		if (!parse_number(arg, 1, 3600, &number))
			argp_error(state, "'%s' is no number of seconds from 1 to 3600", clean(arg));
		opt.wait_s = number;
		break;
	case 't':
		if (!parse_number(arg, 1, 1000000, &number))
			argp_error(state, "'%s' is no number of seconds from 1 to 1000000",
				   clean(arg));
		opt.time_s = number;
		break;
	case 'n':
		opt.no_listen = true;
		break;
	case 'q':
		opt.quiet = true;
		break;
	case ARGP_KEY_ARG:
		if (!opt.server) {
			parse_server(state, arg);
			break;
		}
		/* The command; all the rest is its own. */
		opt.command = state->argv + state->next - 1;
		state->next = state->argc;
		break;
	case ARGP_KEY_END:
		if (!opt.server)
			argp_error(state, "the server is missing: say HOST or HOST:PORT");
		if (opt.sdp && opt.format != VIDEO_RAW)
			argp_error(state, "--sdp is for --format raw: a transport stream describes itself");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_option option_table[] = {
	{ "format", 'f', "ts|raw", 0, "MPEG transport stream (default), or raw video in RTP", 0 },
	{ "port", 'p', "PORT", 0, "The stream is to come to this port (default 5004)", 0 },
	{ "sdp", 's', "FILE", 0, "Write what a receiver of raw video must know, as SDP", 0 },
	{ "time", 't', "SECONDS", 0, "Leave after this time (default: when told to, or when COMMAND ends)", 0 },
	{ "wait", 'w', "SECONDS", 0, "How long to wait for the server (default 10); COMMAND has 30 or more to listen", 0 },
	{ "no-listen", 'n', NULL, 0, "Subscribe without waiting until COMMAND listens at the port", 0 },
	{ "quiet", 'q', NULL, 0, "Say nothing if all is well", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "SERVER[:PORT] [--] [COMMAND…]",
	.doc = "Subscribe to a stream of the video server, and keep it coming.\v"
	       "The stream goes to PORT of this machine, where some program receives it. "
	       "COMMAND is such a program: it is started first, and subscribed for while "
	       "it runs; its exit code is ours. Without one we go on until SIGINT or "
	       "SIGTERM.\n\n"
	       "  spin-subscribe 192.0.2.1 -- ffplay udp://127.0.0.1:5004\n"
	       "  spin-subscribe -f raw -s v.sdp 192.0.2.1 -- \\\n"
	       "      ffplay -protocol_whitelist file,udp,rtp v.sdp",
};

/* --- the protocol -------------------------------------------------------- */

/* A second one would be taken for the first by the server, and end its stream. */
static void take_port(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), len;

	/*
	 * It is not in the file system: it belongs to this network name space, and
	 * goes with us.
	 */
	len = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
		       "spin-subscribe/%u", opt.port);
	if (fd < 0 || bind(fd, (void *)&name,
			   offsetof(struct sockaddr_un, sun_path) + 1 + len)) {
		if (errno == EADDRINUSE)
			die("another spin-subscribe has a stream sent to port %u: say another --port",
			    opt.port);
		die("cannot make a socket: %s", strerror(errno));
	}
}

static void check_address(const struct sockaddr_in *address)
{
	uint32_t top = ntohl(address->sin_addr.s_addr) >> 24;

	if (!top || top >= 224)
		die("'%s' is not the address of one host: no server answers there",
		    opt.server);
}

static void open_socket(void)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found;
	char port[8];
	int err;

	snprintf(port, sizeof(port), "%u", opt.server_port);
	err = getaddrinfo(opt.server, port, &hints, &found);
	if (err)
		die("cannot find the server '%s': %s", opt.server,
		    gai_strerror(err));
	check_address((const struct sockaddr_in *)found->ai_addr);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		die("cannot make a socket: %s", strerror(errno));
	/* Connected, so that the kernel drops what others send us. */
	if (connect(sock, found->ai_addr, found->ai_addrlen))
		die("cannot reach %s: %s", opt.server, strerror(errno));
	freeaddrinfo(found);
	if (getrandom(&nonce, sizeof(nonce), 0) != sizeof(nonce))
		nonce = now_ms() ^ getpid();
}

static void send_request(uint8_t type)
{
	struct video_request req = {
		.magic = htobe32(VIDEO_MAGIC),
		.version = VIDEO_VERSION,
		.type = type,
		.format = opt.format,
		.port = htobe16(opt.port),
		.nonce = nonce,
		.cookie = cookie,
	};

	/* ECONNREFUSED is about an earlier one: nobody was there then. */
	if (send(sock, &req, sizeof(req), 0) < 0 && errno == ECONNREFUSED)
		(void)!send(sock, &req, sizeof(req), 0);
}

/* One reply to a request of ours, if there is one; keeps its cookie. */
static bool read_reply(struct video_reply *reply)
{
	char buf[VIDEO_MESSAGE_LEN + 1];

	for (;;) {
		ssize_t len = recv(sock, buf, sizeof(buf), MSG_DONTWAIT);

		if (len < 0 && (errno == ECONNREFUSED || errno == EINTR))
			continue;
		if (len < 0)
			return false;
		if (len != sizeof(*reply))
			continue;
		memcpy(reply, buf, sizeof(*reply));
		if (reply->magic != htobe32(VIDEO_MAGIC) ||
		    reply->version != VIDEO_VERSION || reply->nonce != nonce ||
		    reply->format != opt.format)
			continue;
		if (reply->cookie)
			cookie = reply->cookie;
		return true;
	}
}

static const char *reason(const struct video_reply *reply)
{
	switch (reply->reason) {
	case VIDEO_FULL:
		return "it has all the subscribers it takes: try again later";
	case VIDEO_NO_FORMAT:
		return "it has no such stream: try the other --format";
	case VIDEO_BAD_PORT:
		return "it sends nothing to that --port";
	case VIDEO_TOO_BIG:
		return "the way to here takes no datagrams as large as the stream's; its log has the sizes";
	case VIDEO_NO_ROUTE:
		return "it cannot send to here: no route; its log has the error";
	default:
		return "it does not say why";
	}
}

/* --- the command --------------------------------------------------------- */

static void read_signals(void)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo != SIGCHLD) {
			stop = true;
			continue;
		}
		if (child > 0 && waitpid(child, &child_status, WNOHANG) == child)
			child_ended = true;
	}
}

static void open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (signals < 0)
		die("cannot take signals: %s", strerror(errno));
}

/* Wait until something comes in, a signal tells us to stop, or @deadline. */
static void wait_until(int64_t deadline)
{
	struct pollfd fds[] = {
		{ .fd = sock, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int64_t left = deadline - now_ms();

	poll(fds, 2, left < 0 ? 0 : left > 60000 ? 60000 : (int)left);
	read_signals();
}

static void start_command(void)
{
	child = fork();
	if (child < 0)
		die("cannot start '%s': %s", opt.command[0], strerror(errno));
	if (!child) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execvp(opt.command[0], opt.command);
		complain("cannot run '%s': %s", opt.command[0], strerror(errno));
		_exit(127);
	}
}

static void stop_command(void)
{
	int64_t deadline = now_ms() + STOP_MS;

	if (child <= 0 || child_ended)
		return;
	kill(child, SIGTERM);
	while (!child_ended && now_ms() < deadline)
		wait_until(now_ms() + LISTEN_POLL_MS);
	if (child_ended)
		return;
	kill(child, SIGKILL);
	while (!child_ended)
		wait_until(now_ms() + LISTEN_POLL_MS);
}

/*
 * Is a UDP socket of this network name space bound to the port? Without /proc
 * nobody can tell: then the stream is not kept waiting.
 */
static bool somebody_listens(uint16_t port)
{
	static const char *const tables[] = { "/proc/net/udp", "/proc/net/udp6" };
	unsigned int i, bound;
	char line[512];
	bool found = false, looked = false;

	for (i = 0; i < 2 && !found; i++) {
		FILE *file = fopen(tables[i], "re");

		if (!file)
			continue;
		looked = true;
		while (!found && fgets(line, sizeof(line), file))
			if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%x", &bound) == 1 &&
			    bound == port)
				found = true;
		fclose(file);
	}
	return found || !looked;
}

/*
 * A receiver that comes into the middle of a frame starts with a torn one:
 * wait until it listens, then have the stream begin.
 */
static bool wait_for_listener(void)
{
	unsigned int wait_s = opt.wait_s > LISTEN_S ? opt.wait_s : LISTEN_S;
	int64_t deadline = now_ms() + wait_s * 1000LL;

	while (!somebody_listens(opt.port)) {
		if (stop || child_ended)
			return false;
		if (now_ms() >= deadline) {
			complain("'%s' does not listen at port %u after %u s: give it the same port as --port, or say --no-listen",
				 opt.command[0], opt.port, wait_s);
			return false;
		}
		wait_until(now_ms() + LISTEN_POLL_MS);
	}
	return true;
}

/* --- what the user sees -------------------------------------------------- */

static void write_sdp(const struct video_reply *reply)
{
	uint32_t num = be32toh(reply->rate_num), den = be32toh(reply->rate_den);
	char rate[32];
	FILE *file = fopen(opt.sdp, "we");

	if (!file)
		die("cannot write '%s': %s", opt.sdp, strerror(errno));
	if (den == 1)
		snprintf(rate, sizeof(rate), "%u", num);
	else
		snprintf(rate, sizeof(rate), "%u/%u", num, den);
	fprintf(file,
		"v=0\r\n"
		"o=- 0 0 IN IP4 127.0.0.1\r\n"
		"s=SPIN video\r\n"
		"c=IN IP4 127.0.0.1\r\n"
		"t=0 0\r\n"
		"m=video %u RTP/AVP 96\r\n"
		"a=rtpmap:96 raw/90000\r\n"
		"a=fmtp:96 sampling=RGB; width=%u; height=%u; depth=8; colorimetry=BT709; exactframerate=%s\r\n",
		opt.port, be32toh(reply->width), be32toh(reply->height), rate);
	if (fclose(file))
		die("cannot write '%s': %s", opt.sdp, strerror(errno));
}

static void describe(const struct video_reply *reply)
{
	double rate = be64toh(reply->bit_rate) / 1e6;

	if (opt.quiet)
		return;
	if (opt.format == VIDEO_RAW)
		fprintf(stderr, "spin-subscribe: raw video, %ux%u at %g frames/s, %.3f Mbit/s, to port %u\n",
			be32toh(reply->width), be32toh(reply->height),
			(double)be32toh(reply->rate_num) / be32toh(reply->rate_den),
			rate, opt.port);
	else
		fprintf(stderr, "spin-subscribe: MPEG-TS, %.3f Mbit/s, to port %u\n",
			rate, opt.port);
}

/* --- the life of a subscription ------------------------------------------ */

/*
 * Ask until there is a reply of type @wanted; challenges are answered. False:
 * refused, no answer in time (both said), or we are to stop.
 */
static bool ask(uint8_t type, uint8_t wanted, struct video_reply *reply,
		int64_t deadline, bool silent)
{
	unsigned int challenges = 0;
	int64_t resend = 0;

	while (silent || (!stop && !child_ended)) {
		int64_t now = now_ms();

		if (now >= deadline) {
			if (!silent)
				complain("no answer from %s:%u: is the video server loaded there (video-source, video-sender, video-multicast), and is the port right?",
					 opt.server, opt.server_port);
			return false;
		}
		if (now >= resend) {
			send_request(type);
			resend = now + RESEND_MS;
			challenges = 0;
		}
		wait_until(resend < deadline ? resend : deadline);
		while (read_reply(reply)) {
			if (reply->type == wanted)
				return true;
			if (reply->type == VIDEO_REFUSED) {
				if (!silent)
					complain("%s:%u refuses the subscription: %s",
						 opt.server, opt.server_port,
						 reason(reply));
				return false;
			}
			/*
			 * Answer at once, but do not go on for ever with a server
			 * gone mad.
			 */
			if (reply->type == VIDEO_CHALLENGE && !challenges++)
				send_request(type);
		}
	}
	return false;
}

static bool good_description(const struct video_reply *reply)
{
	if (opt.format != VIDEO_RAW)
		return true;
	if (reply->width && reply->height && reply->rate_num && reply->rate_den)
		return true;
	complain("%s:%u does not say what its pictures look like", opt.server,
		 opt.server_port);
	return false;
}

/* Renew the lease until it is time to go; false: the server went away. */
static bool keep(struct video_reply *reply, int64_t end)
{
	bool good = true;

	while (!stop && !child_ended) {
		int64_t lease = be16toh(reply->lease_s) * 1000LL;
		int64_t now = now_ms(), renew = now + lease / 3;

		if (lease < 1000)
			renew = now + 300;
		while (!stop && !child_ended && now_ms() < renew) {
			if (end && now_ms() >= end)
				return true;
			wait_until(end && end < renew ? end : renew);
			/* Late replies would keep the socket readable. */
			while (read_reply(reply))
				;
		}
		if (stop || child_ended)
			break;
		good = ask(VIDEO_SUBSCRIBE, VIDEO_ACCEPTED, reply,
			   now_ms() + lease, false);
		if (!good)
			break;
	}
	return good || stop || child_ended;
}

int main(int argc, char **argv)
{
	struct video_reply reply;
	int64_t start, end = 0;
	bool subscribed = false, good = false;

	if (unclean_option(argc, argv))
		die("there is no option '%s'", unclean_option(argc, argv));
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &opt))
		return 1;
	take_port();
	open_signals();
	open_socket();
	start = now_ms();

	/* What will come, before anybody receives it: its SDP is needed. */
	if (!ask(VIDEO_DESCRIBE, VIDEO_DESCRIPTION, &reply,
		 start + opt.wait_s * 1000LL, false) ||
	    !good_description(&reply))
		goto out;
	if (opt.sdp)
		write_sdp(&reply);
	describe(&reply);
	if (opt.command) {
		if (!opt.no_listen && access("/proc/net/udp", R_OK) == 0 &&
		    somebody_listens(opt.port)) {
			complain("port %u is taken: say another --port to us and to '%s'",
				 opt.port, opt.command[0]);
			goto out;
		}
		start_command();
		if (!opt.no_listen && !wait_for_listener())
			goto out;
	}
	/* Even if no reply comes: it may have been the reply that was lost. */
	subscribed = true;
	if (!ask(VIDEO_SUBSCRIBE, VIDEO_ACCEPTED, &reply,
		 now_ms() + opt.wait_s * 1000LL, false))
		goto out;
	if (opt.time_s)
		end = now_ms() + opt.time_s * 1000LL;
	good = keep(&reply, end);
out:
	if (subscribed)
		ask(VIDEO_LEAVE, VIDEO_LEFT, &reply, now_ms() + LEAVE_MS, true);
	if (!child_ended) {
		stop_command();
		return good || stop ? 0 : 1;
	}
	return WIFSIGNALED(child_status) ? 128 + WTERMSIG(child_status) :
					   WEXITSTATUS(child_status);
}
