// SPDX-License-Identifier: GPL-2.0
/*
 * A client of the video server that trusts nothing: makes clips whose every byte is
 * known, subscribes by hand, and compares what comes with the clip.
 *
 *	video make-ts FILE PACKETS BIT_RATE [SHAPE]	see shapes, below
 *	video make-raw FILE WIDTH HEIGHT RATE FRAMES
 *	video ts SERVER FILE DATAGRAMS		stream exact, in order, no gap
 *	video follow SERVER FILE DATAGRAMS	the same; says "ready" when subscribed
 *	video natted SERVER FILE DATAGRAMS	the same, all by one port
 *	video join SERVER FILE JOINS		the same; what says that it begins anew
 *	video unicast PORT FILE DATAGRAMS	the same, sent without being asked for
 *	video raw SERVER FILE FRAMES		frames exact
 *	video protocol SERVER			what the server must refuse
 *	video crowd SERVER CLIENTS PLACES	many subscribers
 */
#include <arpa/inet.h>
#include <endian.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "../../ext-examples/video-server/video-protocol.h"
#include "tap.h"

#define TS_PACKET	188
#define TS_DATAGRAM	(7 * TS_PACKET)

static void die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

/* --- clips ---------------------------------------------------------------- */

static uint32_t noise(uint32_t at)
{
	at ^= at >> 16;
	at *= 0x7feb352d;
	at ^= at >> 15;
	at *= 0x846ca68b;
	return at ^ at >> 16;
}

/* What is the matter with a clip. */
static const struct shape {
	const char *name;
	double start;		/* what the clock reads first, in seconds */
	double jump;		/* seconds that it leaves out in the middle */
	double quiet;		/* the first half takes so many times as long */
	int before, behind;	/* bytes before and behind each packet */
	bool declared;		/* the jump, by its bit */
	bool errors;		/* packets damaged on the way, with wild clocks */
	bool clockless;
} shapes[] = {
	{ "plain", 1, .quiet = 1 },
	{ "jumps", 1, .quiet = 1, .jump = 1000 },
	{ "jumps-back", 100, .quiet = 1, .jump = -50 },
	{ "says-so", 1, .quiet = 1, .jump = 1000, .declared = true },
	/* 0.3 ms before the end of the clock's numbers */
	{ "wraps", 8589934592 / 90000.0 - 0.0003, .quiet = 1 },
	{ "begins-quietly", 1, .quiet = 20 },
	{ "ends-quietly", 1, .quiet = 0.05 },
	{ "wavers", 1, .quiet = 1.2 },
	{ "m2ts", 1, .quiet = 1, .before = 4 },
	{ "codes", 1, .quiet = 1, .behind = 16 },
	{ "errors", 1, .quiet = 1, .errors = true },
	{ "clockless", 1, .quiet = 1, .clockless = true },
};

static const struct shape *find_shape(const char *name)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (!strcmp(shapes[i].name, name))
			return &shapes[i];
	errno = EINVAL;
	die(name);
	return NULL;
}

/* When packet @i of @packets comes, in seconds. */
static double ts_time(const struct shape *shape, int i, int packets,
		      double bit_rate)
{
	double packet = 8 * TS_PACKET / bit_rate;
	int quiet = i < packets / 2 ? i : packets / 2;

	return shape->start + packet * (i - quiet + quiet * shape->quiet) +
	       (i >= packets / 2 ? shape->jump : 0);
}

/* An adaptation field with a clock in it. */
static void put_clock(uint8_t *p, double seconds, bool begins)
{
	uint64_t pcr = (uint64_t)(27e6 * seconds + 0.5) % (300ull << 33);
	uint64_t base = pcr / 300, ext = pcr % 300;

	p[3] |= 0x20;
	p[4] = 7;	/* length of the adaptation field */
	p[5] = 0x10 | (begins ? 0x80 : 0);
	p[6] = base >> 25;
	p[7] = base >> 17;
	p[8] = base >> 9;
	p[9] = base >> 1;
	p[10] = (base & 1) << 7 | 0x7e | ext >> 8;
	p[11] = ext;
}

/* A picture's packets with the clock, a sound's, and one that lists both. */
static int packet_pid(int i)
{
	return i % 40 == 1 ? 0 : i % 5 == 2 ? 0x101 : 0x100;
}

static int make_ts(const char *path, int packets, double bit_rate,
		   const struct shape *shape)
{
	uint8_t counters[0x102] = { [0] = 3, [0x101] = 9 };
	FILE *file = fopen(path, "w");
	uint8_t around[16] = { 0 };

	if (!file)
		die(path);
	for (int i = 0; i < packets; i++) {
		int pid = packet_pid(i);
		uint8_t p[TS_PACKET] = { 0 };

		/* (Of large ones nobody compares the bytes.) */
		for (int b = 0; b < TS_PACKET && packets < 100000; b++)
			p[b] = noise(i * TS_PACKET + b);
		p[0] = 0x47;
		p[1] = pid >> 8;
		p[2] = pid;
		p[3] = 0x10 | (counters[pid]++ & 15);
		if (i % 10 == 0 && !shape->clockless)
			put_clock(p, ts_time(shape, i, packets, bit_rate),
				  shape->declared && i == packets / 2);
		if (i % 10 == 5 && shape->errors) {
			put_clock(p, i, false);
			p[1] |= 0x80;
		}
		if (fwrite(around, 1, shape->before, file) < (size_t)shape->before ||
		    fwrite(p, TS_PACKET, 1, file) != 1 ||
		    fwrite(around, 1, shape->behind, file) < (size_t)shape->behind)
			die(path);
	}
	return fclose(file) ? 1 : 0;
}

static int make_raw(const char *path, int width, int height, int rate,
		    int frames)
{
	struct video_clip clip = {
		.width = htole32(width), .height = htole32(height),
		.rate_num = htole32(rate), .rate_den = htole32(1),
		.frames = htole32(frames), .line_bytes = htole32(3 * width),
	};
	uint64_t bytes = 3ull * width * height;
	uint64_t stride = (bytes + VIDEO_CLIP_PAGE - 1) / VIDEO_CLIP_PAGE *
			  VIDEO_CLIP_PAGE;
	FILE *file = fopen(path, "w");
	uint8_t *frame = calloc(1, stride + VIDEO_CLIP_PAGE);

	if (!file || !frame)
		die(path);
	memcpy(clip.magic, VIDEO_CLIP_MAGIC, 8);
	clip.frame_stride = htole64(stride);
	memcpy(frame, &clip, sizeof(clip));
	fwrite(frame, VIDEO_CLIP_PAGE, 1, file);
	for (int f = 0; f < frames; f++) {
		memset(frame, 0, stride);
		for (uint64_t b = 0; b < bytes; b++)
			frame[b] = noise(f * bytes + b);
		if (fwrite(frame, stride, 1, file) != 1)
			die(path);
	}
	return fclose(file) ? 1 : 0;
}

static const uint8_t *map_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	void *bytes;

	if (fd < 0 || fstat(fd, &st))
		die(path);
	*size = st.st_size;
	bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		die(path);
	close(fd);
	return bytes;
}

/* --- talking to the server ------------------------------------------------ */

static struct sockaddr_in server;

static int client_socket(const char *local)
{
	struct sockaddr_in from = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = 8 << 20;

	inet_pton(AF_INET, local, &from.sin_addr);
	if (fd < 0 || bind(fd, (void *)&from, sizeof(from)))
		die("bind");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

static int port_of(int fd)
{
	struct sockaddr_in self;
	socklen_t len = sizeof(self);

	getsockname(fd, (void *)&self, &len);
	return ntohs(self.sin_port);
}

static bool readable(int fd, int ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return poll(&pollfd, 1, ms) == 1 && (pollfd.revents & POLLIN);
}

static void ask(int fd, const void *bytes, size_t size)
{
	if (sendto(fd, bytes, size, 0, (void *)&server, sizeof(server)) !=
	    (ssize_t)size)
		die("sendto");
}

/* From now on it receives only what comes from where was asked. */
static void only_from_server(int fd)
{
	if (connect(fd, (void *)&server, sizeof(server)))
		die("connect");
}

static uint32_t last_nonce = 100;

static struct video_request request(int type, int format, int port,
				    uint64_t cookie)
{
	return (struct video_request) {
		.magic = htonl(VIDEO_MAGIC), .version = VIDEO_VERSION,
		.type = type, .format = format, .port = htons(port),
		.nonce = htonl(++last_nonce), .cookie = cookie,
	};
}

/* The reply to the request of that nonce; what else comes is stream. */
static bool reply(int fd, uint32_t nonce, struct video_reply *got, int ms)
{
	double end = now() + ms / 1000.0;
	uint8_t bytes[2048];

	while (now() < end) {
		ssize_t size;

		if (!readable(fd, 20))
			continue;
		size = recv(fd, bytes, sizeof(bytes), 0);
		if (size != sizeof(*got))
			continue;
		memcpy(got, bytes, sizeof(*got));
		if (got->magic == htonl(VIDEO_MAGIC) && got->nonce == nonce)
			return true;
	}
	return false;
}

/* Sends until there is a reply; its type, or 0. */
static int talk(int fd, int type, int format, int port, uint64_t cookie,
		struct video_reply *got)
{
	for (int i = 0; i < 20; i++) {
		struct video_request req = request(type, format, port, cookie);

		ask(fd, &req, sizeof(req));
		if (reply(fd, req.nonce, got, 300))
			return got->type;
	}
	return 0;
}

/* Subscribe as the protocol wants it: the answer to the second request. */
static int subscribe(int fd, int format, int port, struct video_reply *got)
{
	int type = talk(fd, VIDEO_SUBSCRIBE, format, port, 0, got);

	return type != VIDEO_CHALLENGE ? type :
	       talk(fd, VIDEO_SUBSCRIBE, format, port, got->cookie, got);
}

static void must_subscribe(int fd, int format, int port,
			   struct video_reply *got)
{
	int type = subscribe(fd, format, port, got);

	if (type != VIDEO_ACCEPTED) {
		printf("not subscribed: reply of type %#x, reason %u\n", type,
		       type ? got->reason : 0);
		exit(1);
	}
}

/* Datagrams that come to @fd within @ms. */
static int count_datagrams(int fd, int ms)
{
	double end = now() + ms / 1000.0;
	uint8_t bytes[2048];
	int n = 0;

	while (now() < end)
		if (readable(fd, 10) && recv(fd, bytes, sizeof(bytes), 0) >= 0)
			n++;
	return n;
}

/* --- the streams ---------------------------------------------------------- */

#define MARKS_MAX	16

/* The packets that say, at the join, that all begins anew. */
struct marks {
	uint8_t packet[MARKS_MAX][TS_PACKET];
	int count;
	int seen;	/* at the join at hand */
	int all;	/* at all joins */
	int joins;
};

/* As the standard has them; the private data may be anything. */
static void mark_make(uint8_t *mark, const uint8_t *first, const uint8_t *clip)
{
	bool clock = first[3] & 0x20 && first[4] >= 7 && first[5] & 0x10;
	int at = 6;

	memset(mark, 0xff, 40);
	mark[0] = 0x47;
	mark[1] = first[1] & 0x1f;
	mark[2] = first[2];
	/* no payload, and the number that is before the first packet's */
	mark[3] = 0x20 | ((first[3] - 1) & 15);
	mark[4] = 183;
	mark[5] = 0x82 | (clock ? 0x10 : 0);
	/* the first packet is the clip's first: they come at the same time */
	if (clock) {
		memcpy(mark + at, first + at, 6);
		at += 6;
	}
	mark[at] = 187 - at;
	mark[at + 1] = 0xfe;
	mark[at + 2] = 185 - at;
	memcpy(mark + 40, clip, TS_PACKET - 40);
}

static void marks_make(struct marks *marks, const uint8_t *clip, size_t size)
{
	bool seen[0x2000] = { false };

	for (size_t at = 0; at + TS_PACKET <= size; at += TS_PACKET) {
		int pid = (clip[at + 1] & 0x1f) << 8 | clip[at + 2];

		if (seen[pid] || marks->count == MARKS_MAX)
			continue;
		seen[pid] = true;
		mark_make(marks->packet[marks->count++], clip + at, clip);
	}
}

/* A packet without payload: none of a clip's is. True: it is as it must be. */
static bool mark_take(struct marks *marks, const uint8_t *bytes, bool at_join)
{
	int i = marks->seen++;

	marks->all++;
	return at_join && i < marks->count &&
	       !memcmp(bytes, marks->packet[i], TS_PACKET);
}

/*
 * Datagrams that come to @fd: each must go on in the clip where the last ended,
 * and before it begins again the marks come, all of them. Ends after @wanted
 * datagrams, or @joins joins.
 */
/* Told to end, it says what it saw until then. */
static volatile sig_atomic_t ended;

static void end_it(int signal)
{
	(void)signal;
	ended = 1;
}

static int follow_ts(int fd, const char *path, int wanted, int joins)
{
	size_t size, at = 0;
	const uint8_t *clip = map_file(path, &size);
	struct marks marks = { .count = 0 };
	int got = 0, gaps = 0, wrong = 0;
	double end = now() + 60;	/* for what sends to come up */

	signal(SIGTERM, end_it);
	marks_make(&marks, clip, size);
	while (!ended && got < wanted && marks.joins < joins && now() < end) {
		uint8_t bytes[2048];
		ssize_t len;

		if (!readable(fd, 100))
			continue;
		len = recv(fd, bytes, sizeof(bytes), 0);
		if (len <= 0 || len % TS_PACKET || len > TS_DATAGRAM) {
			wrong++;
			continue;
		}
		if (len == TS_PACKET && !(bytes[3] & 0x10)) {
			/* One that came first may have others before it. */
			if (got && !mark_take(&marks, bytes, !at))
				wrong++;
			continue;
		}
		if (got && !at) {
			if (marks.seen != marks.count)
				wrong++;
			marks.seen = 0;
			marks.joins++;
		}
		if (got && at < size && memcmp(bytes, clip + at, len)) {
			gaps++;
			at = size;
		}
		if (!got)
			end = now() + 120;
		if (!got || at >= size) {
			/* where in the clip is it? */
			for (at = 0; at + len <= size; at += TS_PACKET)
				if (!memcmp(bytes, clip + at, len))
					break;
			if (at + len > size) {
				wrong++;
				at = size;
				got++;
				continue;
			}
		}
		at += len;
		if (at >= size)
			at = 0;
		got++;
	}
	if (wanted < INT_MAX)
		printf("%d datagrams, %d gaps, %d wrong\n", got, gaps, wrong);
	else
		printf("%d joins, %d marks, %d gaps, %d wrong\n", marks.joins,
		       marks.all, gaps, wrong);
	return (got < wanted && marks.joins < joins) || gaps || wrong;
}

/* @one_port: to the server it is one connection, as those that it answers are. */
static int check_ts(const char *path, int wanted, int joins, bool say_ready,
		    bool one_port)
{
	int fd = client_socket("0.0.0.0");
	int control = one_port ? fd : client_socket("0.0.0.0");
	struct video_reply answer;
	int result;

	only_from_server(fd);
	only_from_server(control);
	must_subscribe(control, VIDEO_TS, port_of(fd), &answer);
	if (say_ready) {
		puts("ready");
		fflush(stdout);
	}
	result = follow_ts(fd, path, wanted, joins);
	talk(control, VIDEO_LEAVE, VIDEO_TS, port_of(fd), answer.cookie, &answer);
	return result;
}

/* A receiver that asks for nothing: what video-sender sends by itself. */
static int check_unicast(int port, const char *path, int wanted)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = 8 << 20;

	if (fd < 0 || bind(fd, (void *)&here, sizeof(here)))
		die("bind");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	puts("ready");
	fflush(stdout);
	return follow_ts(fd, path, wanted, INT_MAX);
}

static uint32_t be16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static int check_raw(const char *path, int wanted)
{
	size_t size;
	const uint8_t *file = map_file(path, &size);
	const struct video_clip *clip = (const void *)file;
	uint32_t line_bytes = le32toh(clip->line_bytes);
	uint32_t width = le32toh(clip->width), height = le32toh(clip->height);
	uint32_t frames = le32toh(clip->frames), have = 0;
	uint64_t stride = le64toh(clip->frame_stride);
	uint8_t *frame = calloc(height, line_bytes);
	int control = client_socket("0.0.0.0"), fd = client_socket("0.0.0.0");
	int good = 0, wrong = 0, lost = 0, seen = 0;
	int next_frame = -1, order = 0;
	uint32_t sequence = 0;
	struct video_reply answer;
	double end;

	must_subscribe(control, VIDEO_RAW, port_of(fd), &answer);
	if (ntohl(answer.width) != width || ntohl(answer.height) != height) {
		printf("the server says %ux%u, the clip %ux%u\n",
		       ntohl(answer.width), ntohl(answer.height), width, height);
		return 1;
	}
	end = now() + 20;
	while (good + wrong < wanted && now() < end) {
		uint8_t b[2048];
		ssize_t len;
		uint32_t number, at, pieces, piece[3][3];

		if (!readable(fd, 100))
			continue;
		len = recv(fd, b, sizeof(b), 0);
		if (len < 20 || b[0] != 0x80 || (b[1] & 0x7f) != 96) {
			printf("not RTP of type 96: %zd bytes\n", len);
			return 1;
		}
		number = be16(b + 12) << 16 | be16(b + 2);
		if (seen++ && number != sequence + 1)
			lost += number - sequence - 1;
		sequence = number;
		at = 14;
		pieces = 0;
		do {
			if (pieces == 3 || at + 6 > (size_t)len) {
				printf("more lines than there is room for\n");
				return 1;
			}
			piece[pieces][0] = be16(b + at);
			piece[pieces][1] = be16(b + at + 2) & 0x7fff;
			piece[pieces][2] = be16(b + at + 4) & 0x7fff;
			pieces++;
			at += 6;
		} while (b[at - 2] & 0x80);
		for (uint32_t i = 0; i < pieces; i++) {
			uint32_t bytes = piece[i][0], line = piece[i][1];
			uint32_t offset = piece[i][2] * 3;

			if (line >= height || offset + bytes > line_bytes ||
			    at + bytes > (size_t)len) {
				printf("line %u, %u bytes at %u: beyond the picture\n",
				       line, bytes, offset);
				return 1;
			}
			memcpy(frame + line * line_bytes + offset, b + at, bytes);
			have += bytes;
			at += bytes;
		}
		if (at != (size_t)len) {
			printf("%zd bytes, and %u accounted for\n", len, at);
			return 1;
		}
		if (!(b[1] & 0x80))
			continue;
		/* the last datagram of a frame */
		if (have == height * line_bytes) {
			uint32_t f;

			for (f = 0; f < frames; f++)
				if (!memcmp(frame, file + VIDEO_CLIP_PAGE +
						   f * stride, have))
					break;
			if (f == frames) {
				wrong++;
			} else {
				good++;
				if (next_frame >= 0 && f != (uint32_t)next_frame)
					order++;
				next_frame = (f + 1) % frames;
			}
		} else {
			wrong++;
		}
		have = 0;
		memset(frame, 0, height * line_bytes);
	}
	talk(control, VIDEO_LEAVE, VIDEO_RAW, port_of(fd), answer.cookie,
	     &answer);
	printf("%d frames, %d wrong, %d out of order, %d lost\n", good, wrong,
	       order, lost);
	return good < wanted || wrong || order || lost;
}

/* --- the protocol --------------------------------------------------------- */

static void malformed(void)
{
	int fd = client_socket("0.0.0.0"), answered = 0;
	struct video_request good = request(VIDEO_SUBSCRIBE, VIDEO_TS, 0, 0);
	struct video_reply got;
	uint8_t bytes[1400];

	for (size_t size = 0; size < sizeof(bytes); size += size < 60 ? 1 : 167) {
		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, &good, sizeof(good));
		if (size != sizeof(good))
			ask(fd, bytes, size);
	}
	for (size_t i = 0; i < sizeof(good); i++) {
		/* what may be anything, or is judged otherwise */
		if (i == 6 || (i >= 8 && i < 10) || (i >= 12 && i < 24))
			continue;
		memcpy(bytes, &good, sizeof(good));
		bytes[i] ^= 0xa0;
		ask(fd, bytes, sizeof(good));
	}
	for (int format = 0; format < 256; format += format < 8 ? 1 : 31) {
		struct video_request req = request(VIDEO_SUBSCRIBE, format, 0, 0);

		if (format != VIDEO_TS && format != VIDEO_RAW)
			ask(fd, &req, sizeof(req));
	}
	/* replies are no requests */
	for (int type = VIDEO_CHALLENGE; type <= VIDEO_DESCRIPTION; type++) {
		struct video_request req = request(type, VIDEO_TS, 0, 0);

		ask(fd, &req, sizeof(req));
	}
	srand(1);
	for (int i = 0; i < 100; i++) {
		for (size_t b = 0; b < sizeof(good); b++)
			bytes[b] = rand();
		ask(fd, bytes, sizeof(good));
	}
	/* The server answers in order: this reply comes after all others. */
	if (talk(fd, VIDEO_DESCRIBE, VIDEO_TS, 0, 0, &got) != VIDEO_CHALLENGE) {
		check("malformed_requests_get_no_answer", false,
		      "a good request is still answered", "it is not");
		close(fd);
		return;
	}
	answered = count_datagrams(fd, 100);
	check("malformed_requests_get_no_answer", !answered, "no answer",
	      "%d answers", answered);
	close(fd);
}

static void cookies(void)
{
	int fd = client_socket("0.0.0.0"), other = client_socket("0.0.0.0");
	struct video_reply got;
	uint64_t cookie;
	int type, n;

	type = talk(fd, VIDEO_SUBSCRIBE, VIDEO_TS, 0, 0, &got);
	check("request_without_cookie_is_challenged",
	      type == VIDEO_CHALLENGE && got.cookie, "CHALLENGE with a cookie",
	      "type %#x", type);
	cookie = got.cookie;
	n = count_datagrams(fd, 200);
	check("nothing_is_streamed_without_cookie", !n, "no datagram", "%d", n);
	type = talk(fd, VIDEO_SUBSCRIBE, VIDEO_TS, 0, ~cookie, &got);
	check("wrong_cookie_is_challenged", type == VIDEO_CHALLENGE,
	      "CHALLENGE", "type %#x", type);
	type = talk(other, VIDEO_SUBSCRIBE, VIDEO_TS, 0, cookie, &got);
	check("cookie_of_another_port_is_challenged", type == VIDEO_CHALLENGE,
	      "CHALLENGE", "type %#x", type);
	type = talk(fd, VIDEO_SUBSCRIBE, VIDEO_TS, 5555, cookie, &got);
	check("cookie_for_another_target_is_challenged",
	      type == VIDEO_CHALLENGE, "CHALLENGE", "type %#x", type);
	type = talk(fd, VIDEO_SUBSCRIBE, VIDEO_RAW, 0, cookie, &got);
	check("cookie_of_another_format_is_challenged",
	      type == VIDEO_CHALLENGE, "CHALLENGE", "type %#x", type);
	n = count_datagrams(fd, 200);
	check("nothing_is_streamed_with_wrong_cookie", !n, "no datagram", "%d", n);
	type = subscribe(fd, VIDEO_TS, 53, &got);
	check("stream_to_a_service_is_refused",
	      type == VIDEO_REFUSED && got.reason == VIDEO_BAD_PORT,
	      "REFUSED for the port", "type %#x", type);

	type = subscribe(fd, VIDEO_TS, 0, &got);
	check("right_cookie_subscribes", type == VIDEO_ACCEPTED, "ACCEPTED",
	      "type %#x", type);
	cookie = got.cookie;
	n = 0;
	wait_for((n += count_datagrams(fd, 100)) > 3, 20);
	check("subscriber_is_streamed_to", n > 3, "datagrams", "%d", n);
	/* Somebody else cannot send us away. */
	talk(other, VIDEO_LEAVE, VIDEO_TS, 0, cookie, &got);
	n = 0;
	wait_for((n += count_datagrams(fd, 100)) > 3, 20);
	check("nobody_else_can_end_it", n > 3, "datagrams", "%d", n);
	type = talk(fd, VIDEO_LEAVE, VIDEO_TS, 0, cookie, &got);
	check("leave_is_answered", type == VIDEO_LEFT, "LEFT", "type %#x", type);
	n = count_datagrams(fd, 200);
	n = count_datagrams(fd, 200);
	check("nothing_is_streamed_after_leave", !n, "no datagram", "%d", n);

	/* A client that goes silent: the lease (1 s here) runs out. */
	type = subscribe(fd, VIDEO_TS, 0, &got);
	check("lease_is_told", type == VIDEO_ACCEPTED && ntohs(got.lease_s) == 1,
	      "ACCEPTED for 1 s", "type %#x for %u s", type, ntohs(got.lease_s));
	check("lease_ends", wait_for(!count_datagrams(fd, 200), 6),
	      "no more datagrams", "they go on");
	close(fd);
	close(other);
}

/* --- many ----------------------------------------------------------------- */

static int crowd(int clients, int places)
{
	int accepted = 0, full = 0, silent = 0, fd, type;
	int count = places + 4, *fds = calloc(count, sizeof(int));
	struct video_reply got;

	/* Strangers: each from an address of its own, none comes back. */
	for (int i = 0; i < clients; i++) {
		struct video_request req =
			request(VIDEO_SUBSCRIBE, VIDEO_TS, 4000, 0);
		char from[32];

		snprintf(from, sizeof(from), "127.1.%d.%d", i >> 8 & 255, i & 255);
		fd = client_socket(from);
		ask(fd, &req, sizeof(req));
		close(fd);
	}
	ok("strangers_sent");
	/* As many as there is room for, and four more, that do as they should. */
	for (int i = 0; i < count; i++) {
		char from[32];

		snprintf(from, sizeof(from), "127.2.0.%d", i + 1);
		fds[i] = client_socket(from);
		type = subscribe(fds[i], VIDEO_TS, 0, &got);
		if (type == VIDEO_ACCEPTED)
			accepted++;
		else if (type == VIDEO_REFUSED && got.reason == VIDEO_FULL)
			full++;
		else
			silent++;
	}
	check("strangers_take_no_places", accepted == places && !silent,
	      "every place is given to who brings a cookie",
	      "%d of %d, %d without an answer", accepted, places, silent);
	check("full_server_says_so", full == 4, "4 refusals", "%d", full);
	for (int i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return 0;
}

static void find_server(const char *where)
{
	char host[64];
	char *colon;

	snprintf(host, sizeof(host), "%s", where);
	colon = strchr(host, ':');
	server.sin_family = AF_INET;
	server.sin_port = htons(colon ? atoi(colon + 1) : VIDEO_SERVER_PORT);
	if (colon)
		*colon = '\0';
	if (inet_pton(AF_INET, host, &server.sin_addr) != 1)
		die(where);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if ((argc == 5 || argc == 6) && !strcmp(what, "make-ts"))
		return make_ts(argv[2], atoi(argv[3]), atof(argv[4]),
			       find_shape(argc == 6 ? argv[5] : "plain"));
	if (argc == 7 && !strcmp(what, "make-raw"))
		return make_raw(argv[2], atoi(argv[3]), atoi(argv[4]),
				atoi(argv[5]), atoi(argv[6]));
	if (argc == 5 && !strcmp(what, "unicast"))
		return check_unicast(atoi(argv[2]), argv[3], atoi(argv[4]));
	if (argc > 2)
		find_server(argv[2]);
	if (argc == 5 && (!strcmp(what, "ts") || !strcmp(what, "follow") ||
			  !strcmp(what, "natted")))
		return check_ts(argv[3], atoi(argv[4]), INT_MAX,
				!strcmp(what, "follow"), !strcmp(what, "natted"));
	if (argc == 5 && !strcmp(what, "join"))
		return check_ts(argv[3], INT_MAX, atoi(argv[4]), false, false);
	if (argc == 5 && !strcmp(what, "raw"))
		return check_raw(argv[3], atoi(argv[4]));
	if (argc == 3 && !strcmp(what, "protocol")) {
		malformed();
		cookies();
		return 0;
	}
	if (argc == 5 && !strcmp(what, "crowd"))
		return crowd(atoi(argv[3]), atoi(argv[4]));
	fputs("usage: see the head of tests/video/video.c\n", stderr);
	return 2;
}
