// SPDX-License-Identifier: GPL-2.0
/*
 * video-server - streams a clip to many clients, from the page cache to the
 * device without a copy.
 *
 * Three handlers. Domain.Initialize looks at the clips and refuses the load if
 * they are not what they should be. Udp.PacketArrived takes the requests of
 * clients; it may not sleep, so it only checks them and puts them in queues.
 * Clock.Tick, the one thread that owns the tables of subscribers, answers the
 * requests and sends what is due. Documentation/video.rst has the protocol.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/clock.h>
#include <spin/bpf/console.h>
#include <spin/bpf/file.h>
#include <spin/bpf/socket.h>
#include <spin/bpf/udp.h>
#include <linux/errno.h>
#include "../video-protocol.h"

SPIN_EXTENSION("video-server");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);
SPIN_IMPORT(Socket);
SPIN_IMPORT(Console);

SPIN_CAPABILITY(spin_file_t, clip);		/* an MPEG transport stream */
SPIN_CAPABILITY_OPTIONAL(spin_file_t, raw);	/* a raw clip (spin-clip) */
SPIN_CAPABILITY(spin_socket_t, net);		/* bound to `port` */

SPIN_SETTING(__u16, port, VIDEO_SERVER_PORT);
SPIN_SETTING(__u32, ts_bitrate, 0);	/* bits per second; 0: from the clip */
SPIN_SETTING(__u32, lease_s, 10);
SPIN_SETTING(__u32, clients, 64);	/* of each format */
SPIN_SETTING(__u32, per_address, 64);	/* of those, from one address */

#define SEC_NS		1000000000ULL
#define TICK_US		10000
#define TICK_NS		(TICK_US * 1000ULL)
#define CLIENTS		128		/* a table's room */
#define EPOCH_NS	(60 * SEC_NS)	/* a cookie lives for one or two */
#define SWEEP_NS	(SEC_NS / 4)	/* how often leases are looked at */
#define PROVEN_MAX	64		/* requests answered in one tick */
#define STRANGERS_MAX	32
#define BURST_MAX	1024		/* datagrams of raw video in one tick */

#define TS_PACKET	188
#define TS_DATAGRAM	(7 * TS_PACKET)
#define TS_DATAGRAM_BITS (TS_DATAGRAM * 8)
#define TS_BURST	48		/* datagrams sent at once: fewer than 64 KiB */
#define TS_CALLS	24		/* for one tick, at most */
#define TS_SYNC		0x47
#define TS_RATE_MAX	400000000ULL
#define TS_SCAN_PACKETS	21		/* looked at with one read */
#define TS_SCAN_READS	256
#define PCR_HZ		27000000ULL

/* Not for users to see; and whole: BTF has no words for half a structure. */
#define private static __attribute__((used))

#define RTP_TYPE	96
#define RTP_HZ		90000ULL
#define RAW_PAYLOAD	1400		/* of a datagram: any Ethernet takes it */
#define RAW_LINES	2		/* of a datagram, at most */
#define RAW_HEADER	14		/* RTP and the extended sequence number */
#define RAW_LINE_HEADER	6
#define RGB		3		/* bytes in a pixel */

/* Counters; `spinctl ext show video-server` prints them. */
__u64 requests;		/* that made sense */
__u64 malformed;	/* that did not, and were dropped */
__u64 overflowed;	/* dropped because a queue was full */
__u64 challenged;	/* asked to prove their address */
__u64 accepted;		/* new subscriptions */
__u64 renewed;
__u64 described;
__u64 left;
__u64 expired;
__u64 refused;		/* all refusals; these three are the reasons: */
__u64 refused_full;
__u64 refused_format;
__u64 refused_port;
__u64 ts_clients;	/* now */
__u64 raw_clients;	/* now */
__u64 ts_datagrams;	/* one for each that it was sent to */
__u64 raw_datagrams;
__u64 ts_sends;		/* one for all that it was sent to */
__u64 raw_sends;
__u64 ts_loops;		/* times the clip began again */
__u64 raw_frames;
__u64 failed;		/* datagrams a client could not be sent */
__u64 errors;		/* sends that failed for all: the file, or no memory */
__u64 ts_resyncs;	/* fell behind for so long that time was given up */
__u64 raw_resyncs;

/* A request on its way from the packet handler to the tick; host byte order. */
struct request {
	__be32 addr;
	__u16 sport;
	__u16 port;		/* where the stream is to go */
	__u32 nonce;
	__u8 type;
	__u8 format;
	__u16 reserved;
};

/*
 * Who has shown that he can read what is sent to his address waits in a queue
 * of his own: a flood from forged addresses cannot crowd him out.
 */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 512);
	__type(value, struct request);
} proven SEC(".maps"), strangers SEC(".maps");

/*
 * The subscribers of one format. Those that get the datagram being sent are
 * the first `sending`, in the shape spin_socket_send() takes; behind them wait
 * those that are to start with the next frame.
 */
struct table {
	struct spin_udp_dest dest[CLIENTS];
	__u64 expires[CLIENTS];
	__u32 count;
	__u32 sending;
};

/* How far the disk is ahead of what is being sent. */
struct ahead {
	__u64 base;		/* where in the file the stream begins */
	__u64 size;		/* bytes until it begins again */
	__u64 lead;		/* asked for, not sent yet */
	__u64 want;		/* one second's bytes */
	__u32 chunk;		/* bytes asked for at a time */
	__u32 file;
};

private struct table ts_table, raw_table;
private struct ahead ts_ahead, raw_ahead;
private struct spin_send ts_msg, raw_msg, answer;
private __u64 next_sweep_ns;
private __u64 secret[2];

private struct {
	__u64 size;
	__u64 bit_rate;
	__u64 pos;
	__u64 next_ns;		/* when the next datagram is due */
	__u64 fraction;		/* of a nanosecond, in units of 1 / bit_rate */
	__u32 burst;		/* datagrams that a tick may send … */
	__u32 left;		/* … and that this one still may */
} ts;

private struct {
	/* the clip */
	__u64 stride;
	__u64 bit_rate;
	__u32 width;
	__u32 height;
	__u32 line_bytes;
	__u32 rate_num;
	__u32 rate_den;
	__u32 frames;
	/* how it is cut into datagrams */
	__u32 lines;		/* whole lines in one, or 0: */
	__u32 pixels;		/* so many of a line */
	__u32 per_frame;	/* datagrams */
	__u32 burst;
	__u64 step_ns;		/* from one to the next */
	/* where it is */
	__u64 frame_no;		/* since the load, for the time stamp */
	__u64 start_ns;		/* when this frame began, or is to begin */
	__u64 fraction;
	__u32 frame;
	__u32 line;
	__u32 pixel;
	__u32 sent;		/* datagrams of this frame */
	__u32 sequence;
	__u32 timestamp;
	__u32 ssrc;
} rgb;

/* --- text ---------------------------------------------------------------- */

private char text[256];
private __u32 text_len;

static __always_inline void say_bytes(const char *bytes, const __u32 len)
{
	__u32 at = text_len;

	if (at > sizeof(text) - len)
		return;
	__builtin_memcpy(text + at, bytes, len);
	text_len = at + len;
}

#define say(LITERAL) say_bytes(LITERAL, sizeof(LITERAL) - 1)

static __noinline int say_number(__u64 number)
{
	__u64 unit = 10000000000000000000ULL;
	bool started = false;
	int i;

	spin_for(i, 0, 20) {
		__u64 digit = number / unit;
		__u32 at = text_len;

		number -= digit * unit;
		unit /= 10;
		if (digit || i == 19)
			started = true;
		if (started && at < sizeof(text)) {
			text[at] = '0' + digit;
			text_len = at + 1;
		}
	}
	return 0;
}

/* --- cookies ------------------------------------------------------------- */

#define ROTATE(X, N) (((X) << (N)) | ((X) >> (64 - (N))))
#define SIP_ROUND					\
	do {						\
		v0 += v1; v1 = ROTATE(v1, 13);		\
		v1 ^= v0; v0 = ROTATE(v0, 32);		\
		v2 += v3; v3 = ROTATE(v3, 16);		\
		v3 ^= v2;				\
		v0 += v3; v3 = ROTATE(v3, 21);		\
		v3 ^= v0;				\
		v2 += v1; v1 = ROTATE(v1, 17);		\
		v1 ^= v2; v2 = ROTATE(v2, 32);		\
	} while (0)
#define SIP_WORD(W)					\
	do {						\
		__u64 word = (W);			\
							\
		v3 ^= word;				\
		SIP_ROUND;				\
		SIP_ROUND;				\
		v0 ^= word;				\
	} while (0)

/*
 * A cookie is SipHash-2-4 of all that a subscription depends on, and of the
 * time in minutes. The server keeps nothing for who does not come back with it.
 */
static __noinline __u64 cookie_of(const struct request *req, __u64 epoch)
{
	__u64 v0 = secret[0] ^ 0x736f6d6570736575ULL;
	__u64 v1 = secret[1] ^ 0x646f72616e646f6dULL;
	__u64 v2 = secret[0] ^ 0x6c7967656e657261ULL;
	__u64 v3 = secret[1] ^ 0x7465646279746573ULL;
	__u64 hash;

	SIP_WORD((__u64)req->addr | (__u64)req->sport << 32 |
		 (__u64)req->port << 48);
	SIP_WORD(epoch << 8 | req->format);
	SIP_WORD(16ULL << 56);
	v2 ^= 0xff;
	SIP_ROUND;
	SIP_ROUND;
	SIP_ROUND;
	SIP_ROUND;
	hash = v0 ^ v1 ^ v2 ^ v3;
	return hash ? hash : 1;		/* 0 says "no cookie" */
}

/* --- requests: in the softirq -------------------------------------------- */

SPIN_GUARD(to_server, struct spin_udp_packet *pkt)
{
	return pkt->dport == port;
}

/* An address that a datagram can come from, and go back to. */
static __always_inline bool is_unicast(__be32 addr)
{
	__u32 top = bpf_ntohl(addr) >> 24;

	return top && top < 224;
}

SPIN_HANDLER(take_request, struct spin_udp_packet *pkt)
{
	const struct video_request *in;
	struct request req = {};
	__u64 cookie, epoch;
	const __u64 *pad;
	long full;

	in = (const void *)spin_udp_data(pkt, 0, sizeof(*in));
	if (!in || pkt->len != sizeof(*in) || !pkt->sport ||
	    !is_unicast(pkt->saddr))
		goto malformed;
	pad = (const __u64 *)in->pad;
	if (in->magic != bpf_htonl(VIDEO_MAGIC) || in->version != VIDEO_VERSION ||
	    in->zero || in->zero2 || pad[0] || pad[1] || pad[2])
		goto malformed;

	req.addr = pkt->saddr;
	req.sport = pkt->sport;
	req.port = in->port ? bpf_ntohs(in->port) : req.sport;
	req.nonce = bpf_ntohl(in->nonce);
	req.type = in->type;
	req.format = in->format;
	if (req.type < VIDEO_SUBSCRIBE || req.type > VIDEO_DESCRIBE ||
	    req.format < VIDEO_TS || req.format > VIDEO_RAW)
		goto malformed;
	__sync_fetch_and_add(&requests, 1);

	cookie = bpf_be64_to_cpu(in->cookie);
	epoch = bpf_ktime_get_ns() / EPOCH_NS;
	if (cookie && (cookie == cookie_of(&req, epoch) ||
		       cookie == cookie_of(&req, epoch - 1)))
		full = bpf_map_push_elem(&proven, &req, 0);
	else
		full = bpf_map_push_elem(&strangers, &req, 0);
	if (full)
		__sync_fetch_and_add(&overflowed, 1);
	return SPIN_CONSUME;

malformed:
	__sync_fetch_and_add(&malformed, 1);
	return SPIN_DROP;
}

/* --- tables -------------------------------------------------------------- */

static __always_inline void table_move(struct table *table, __u32 to, __u32 from)
{
	to &= CLIENTS - 1;
	from &= CLIENTS - 1;
	table->dest[to] = table->dest[from];
	table->expires[to] = table->expires[from];
}

static __always_inline void table_remove(struct table *table, __u32 i)
{
	/* Those that are sent to now stay in front. */
	if (i < table->sending) {
		table->sending--;
		table_move(table, i, table->sending);
		i = table->sending;
	}
	table->count--;
	table_move(table, i, table->count);
}

static __always_inline void table_sweep(struct table *table, __u64 now)
{
	int i;

	/* From the end: what takes the place of one removed was looked at. */
	spin_for(i, 0, CLIENTS) {
		__u32 k = CLIENTS - 1 - i;

		if (k >= table->count || table->expires[k & (CLIENTS - 1)] > now)
			continue;
		table_remove(table, k);
		expired++;
	}
}

/* --- read-ahead ---------------------------------------------------------- */

static void ahead_set(struct ahead *ahead, __u32 file, __u64 base, __u64 size,
		      __u64 bit_rate)
{
	ahead->file = file;
	ahead->base = base;
	ahead->size = size;
	ahead->lead = 0;
	ahead->want = bit_rate / 8;
	if (ahead->want < 256 << 10)
		ahead->want = 256 << 10;
	if (ahead->want > 64 << 20)
		ahead->want = 64 << 20;
	ahead->chunk = ahead->want / 2;
	if (ahead->chunk > 4 << 20)
		ahead->chunk = 4 << 20;
}

/* @pos: of what is sent next, from the beginning of the stream */
static __always_inline void ahead_run(struct spin_ctx *ctx, struct ahead *ahead,
				      __u64 pos)
{
	__u64 from, len = ahead->chunk;

	if (ahead->lead >= ahead->want || !ahead->size)
		return;
	/* The clip is a ring: its beginning comes behind its end. */
	from = (pos + ahead->lead) % ahead->size;
	if (len > ahead->size - from)
		len = ahead->size - from;
	spin_file_readahead(ctx, ahead->file, ahead->base + from, len);
	ahead->lead += len;
}

static __always_inline void ahead_sent(struct ahead *ahead, __u64 len)
{
	ahead->lead -= len < ahead->lead ? len : ahead->lead;
}

/* --- the two streams ----------------------------------------------------- */

/*
 * @msg holds @datagrams. Returns to how many clients they were sent, or a
 * negative errno.
 */
static __always_inline int send_to_all(struct spin_ctx *ctx, struct table *table,
				       struct spin_send *msg, __u32 datagrams)
{
	__u32 n = table->sending;
	int sent;

	if (!n || n > CLIENTS)
		return 0;
	barrier_var(n);
	sent = spin_socket_send(ctx, msg, table->dest,
				n * sizeof(table->dest[0]));
	if (sent < 0)
		errors++;
	else
		failed += (__u64)(n - sent) * datagrams;
	return sent;
}

static void ts_start(__u64 now)
{
	ts.pos = 0;
	ts.next_ns = now;
	ts.fraction = 0;
	ts_ahead.lead = 0;
}

/* All that is due, or as much of it as goes at once. */
static __always_inline int ts_send(struct spin_ctx *ctx, __u64 now)
{
	__u64 n = 1 + (now - ts.next_ns) * ts.bit_rate /
		      (TS_DATAGRAM_BITS * SEC_NS);
	__u64 len = ts.size - ts.pos;
	__u64 due;
	int sent;

	if (n > TS_BURST)
		n = TS_BURST;
	if (n > ts.left)
		n = ts.left;
	if (len > n * TS_DATAGRAM)
		len = n * TS_DATAGRAM;
	else	/* to the end of the clip, where the last one may be short */
		n = (len + TS_DATAGRAM - 1) / TS_DATAGRAM;
	ts_msg.offset = ts.pos;
	ts_msg.len = len;
	ts_msg.segment = len < TS_DATAGRAM ? len : TS_DATAGRAM;
	sent = send_to_all(ctx, &ts_table, &ts_msg, n);
	if (sent > 0)
		ts_datagrams += sent * n;
	ts_sends += n;

	ts.left -= n;
	ahead_sent(&ts_ahead, len);
	ts.pos += len;
	if (ts.pos >= ts.size) {
		ts.pos = 0;
		ts_loops++;
	}
	due = ts.fraction + len * 8 * SEC_NS;
	ts.next_ns += due / ts.bit_rate;
	ts.fraction = due % ts.bit_rate;
	return sent;
}

static __noinline int ts_run(struct spin_clock_tick *tick, __u64 now)
{
	int i;

	if (!ts_table.count)
		return 0;
	ts_table.sending = ts_table.count;
	ahead_run(&tick->ctx, &ts_ahead, ts.pos);
	/*
	 * A little late is made up for by sending faster; very late, after the
	 * machine stood still, would flood the clients: start anew from here.
	 */
	if (ts.next_ns + SEC_NS / 5 < now) {
		ts.next_ns = now;
		ts_resyncs++;
	}
	ts.left = ts.burst;
	spin_for(i, 0, TS_CALLS) {
		if (!ts.left || ts.next_ns > now)
			break;
		if (ts_send(&tick->ctx, now) < 0)
			break;
	}
	return 0;
}

static void raw_start(__u64 now)
{
	rgb.frame = 0;
	rgb.line = 0;
	rgb.pixel = 0;
	rgb.sent = 0;
	rgb.start_ns = now;
	rgb.fraction = 0;
	raw_ahead.lead = 0;
}

static __always_inline void put16(__u8 *at, __u32 value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static __always_inline void put32(__u8 *at, __u32 value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static __always_inline int raw_send(struct spin_ctx *ctx)
{
	__u8 *header = raw_msg.header;
	__u32 lines = 1, pixels = rgb.pixels, len, k;
	__u32 line = rgb.line, pixel = rgb.pixel;
	bool last;
	int sent;

	if (rgb.lines) {
		lines = rgb.lines;
		if (lines > rgb.height - line)
			lines = rgb.height - line;
		pixels = rgb.width;
	} else if (pixels > rgb.width - pixel) {
		pixels = rgb.width - pixel;
	}
	len = lines * pixels * RGB;
	last = line + lines >= rgb.height && pixel + pixels >= rgb.width;

	header[0] = 2 << 6;
	header[1] = RTP_TYPE | (last ? 0x80 : 0);
	put16(header + 2, rgb.sequence);
	put32(header + 4, rgb.timestamp);
	put32(header + 8, rgb.ssrc);
	put16(header + 12, rgb.sequence >> 16);
	/* A line's header: length, number, first pixel; bit 15: another follows. */
#pragma unroll
	for (k = 0; k < RAW_LINES; k++) {
		__u8 *at = header + RAW_HEADER + k * RAW_LINE_HEADER;

		put16(at, pixels * RGB);
		put16(at + 2, line + k);
		put16(at + 4, pixel | (k + 1 < lines ? 0x8000 : 0));
	}
	raw_msg.header_len = RAW_HEADER + lines * RAW_LINE_HEADER;
	raw_msg.offset = VIDEO_CLIP_PAGE + rgb.frame * rgb.stride +
			 (__u64)line * rgb.line_bytes + pixel * RGB;
	raw_msg.len = len;
	sent = send_to_all(ctx, &raw_table, &raw_msg, 1);
	if (sent > 0)
		raw_datagrams += sent;
	raw_sends++;

	rgb.sequence++;
	rgb.sent++;
	rgb.pixel = pixel + pixels;
	if (rgb.pixel >= rgb.width) {
		rgb.pixel = 0;
		rgb.line = line + lines;
	}
	if (last) {
		__u64 due = rgb.fraction + SEC_NS * rgb.rate_den;

		rgb.start_ns += due / rgb.rate_num;
		rgb.fraction = due % rgb.rate_num;
		rgb.line = 0;
		rgb.sent = 0;
		rgb.frame++;
		if (rgb.frame >= rgb.frames)
			rgb.frame = 0;
		rgb.frame_no++;
		raw_frames++;
		ahead_sent(&raw_ahead, rgb.stride);
	}
	return sent;
}

static __noinline int raw_run(struct spin_clock_tick *tick, __u64 now)
{
	int i;

	if (!raw_table.count)
		return 0;
	ahead_run(&tick->ctx, &raw_ahead, rgb.frame * rgb.stride);
	spin_for(i, 0, BURST_MAX) {
		if (i >= rgb.burst || now < rgb.start_ns + rgb.sent * rgb.step_ns)
			break;
		if (!rgb.sent) {
			if (rgb.start_ns + SEC_NS / 5 < now) {
				rgb.start_ns = now;
				raw_resyncs++;
			}
			/* Who came during the last frame gets this one whole. */
			raw_table.sending = raw_table.count;
			rgb.timestamp = RTP_HZ + rgb.frame_no * RTP_HZ *
					rgb.rate_den / rgb.rate_num;
			/* ffmpeg takes 0 for "no frame yet", and drops it. */
			if (!rgb.timestamp)
				rgb.timestamp = 1;
		}
		if (raw_send(&tick->ctx) < 0)
			break;
	}
	return 0;
}

/* --- requests: in the tick ----------------------------------------------- */

static __noinline int reply(struct spin_clock_tick *tick, struct request *req,
			    __u32 type, __u32 reason)
{
	struct video_reply *out = (struct video_reply *)answer.header;
	struct spin_udp_dest dest = { .addr = req->addr, .port = req->sport };
	bool is_raw = req->format == VIDEO_RAW;
	bool describe = type == VIDEO_ACCEPTED || type == VIDEO_DESCRIPTION;

	__builtin_memset(answer.header, 0, sizeof(answer.header));
	out->magic = bpf_htonl(VIDEO_MAGIC);
	out->version = VIDEO_VERSION;
	out->type = type;
	out->format = req->format;
	out->reason = reason;
	out->port = bpf_htons(req->port);
	out->nonce = bpf_htonl(req->nonce);
	if (type != VIDEO_REFUSED && type != VIDEO_LEFT)
		out->cookie = bpf_cpu_to_be64(
			cookie_of(req, bpf_ktime_get_ns() / EPOCH_NS));
	if (describe) {
		out->lease_s = bpf_htons(lease_s);
		out->bit_rate = bpf_cpu_to_be64(is_raw ? rgb.bit_rate :
						ts.bit_rate);
	}
	if (describe && is_raw) {
		out->width = bpf_htonl(rgb.width);
		out->height = bpf_htonl(rgb.height);
		out->rate_num = bpf_htonl(rgb.rate_num);
		out->rate_den = bpf_htonl(rgb.rate_den);
	}
	answer.socket = net;
	answer.header_len = sizeof(*out);
	if (spin_socket_send(&tick->ctx, &answer, &dest, sizeof(dest)) != 1)
		failed++;
	return 0;
}

static int refuse(struct spin_clock_tick *tick, struct request *req,
		  __u32 reason)
{
	refused++;
	return reply(tick, req, VIDEO_REFUSED, reason);
}

/*
 * What a search in a table has found. In memory: the verifier would follow a
 * count that is kept in a register through every turn of the loop.
 */
private volatile struct {
	__u32 at;		/* CLIENTS: not there */
	__u32 neighbours;	/* of the same address */
} search;

static __noinline int table_search(struct table *table, struct request *req)
{
	int i;

	search.at = CLIENTS;
	search.neighbours = 0;
	spin_for(i, 0, CLIENTS) {
		if (i >= table->count)
			break;
		if (table->dest[i].addr != req->addr)
			continue;
		search.neighbours++;
		if (table->dest[i].port == req->port)
			search.at = i;
	}
	return 0;
}

/* A request from who has proved his address. */
static __noinline int serve(struct spin_clock_tick *tick, struct request *req,
			    struct table *table, __u64 now)
{
	__u32 found, end;

	if (req->port < 1024) {
		refused_port++;
		return refuse(tick, req, VIDEO_BAD_PORT);
	}
	if (req->format == VIDEO_RAW && !raw) {
		refused_format++;
		return refuse(tick, req, VIDEO_NO_FORMAT);
	}
	if (req->type == VIDEO_DESCRIBE) {
		described++;
		return reply(tick, req, VIDEO_DESCRIPTION, 0);
	}

	table_search(table, req);
	found = search.at;
	if (req->type == VIDEO_LEAVE) {
		if (found < CLIENTS) {
			table_remove(table, found);
			left++;
		}
		return reply(tick, req, VIDEO_LEFT, 0);
	}
	if (found < CLIENTS) {
		table->expires[found] = now + lease_s * SEC_NS;
		renewed++;
		return reply(tick, req, VIDEO_ACCEPTED, 0);
	}
	end = table->count;
	if (end >= CLIENTS || end >= clients || search.neighbours >= per_address) {
		refused_full++;
		return refuse(tick, req, VIDEO_FULL);
	}
	/* With nobody to see it the clip stands still, at its beginning. */
	if (!end && req->format == VIDEO_RAW)
		raw_start(now);
	else if (!end)
		ts_start(now);
	table->dest[end].addr = req->addr;
	table->dest[end].port = req->port;
	table->dest[end].reserved = 0;
	table->expires[end] = now + lease_s * SEC_NS;
	table->count = end + 1;
	accepted++;
	return reply(tick, req, VIDEO_ACCEPTED, 0);
}

SPIN_SLEEPABLE_HANDLER(run, struct spin_clock_tick *tick)
{
	__u64 now = tick->now_ns;
	struct request req;
	int i;

	spin_for(i, 0, PROVEN_MAX) {
		if (bpf_map_pop_elem(&proven, &req))
			break;
		if (req.format == VIDEO_RAW)
			serve(tick, &req, &raw_table, now);
		else
			serve(tick, &req, &ts_table, now);
	}
	spin_for(i, 0, STRANGERS_MAX) {
		if (bpf_map_pop_elem(&strangers, &req))
			break;
		challenged++;
		reply(tick, &req, VIDEO_CHALLENGE, 0);
	}
	if (now >= next_sweep_ns) {
		next_sweep_ns = now + SWEEP_NS;
		table_sweep(&ts_table, now);
		table_sweep(&raw_table, now);
	}
	ts_run(tick, now);
	raw_run(tick, now);
	ts_clients = ts_table.count;
	raw_clients = raw_table.count;
	return 0;
}

/* --- the clips ----------------------------------------------------------- */

private __u8 page[VIDEO_CLIP_PAGE] __attribute__((aligned(8)));

/* What the search for the clip's clock has found so far. */
private struct {
	__u64 first, last;		/* PCRs, in units of 1 / PCR_HZ */
	__u64 first_pos, last_pos;	/* of the packets that hold them */
	__u32 pid;
	bool found;
	bool done;
} pcr;

/* The clock reference of a packet, if it has one. */
static __always_inline void pcr_look(const __u8 *packet, __u64 pos)
{
	__u32 pid = (packet[1] & 0x1f) << 8 | packet[2];
	__u64 value;

	/* An adaptation field, long enough, with a PCR in it? */
	if (!(packet[3] & 0x20) || packet[4] < 7 || !(packet[5] & 0x10))
		return;
	if (pcr.found && pid != pcr.pid)
		return;
	value = (__u64)packet[6] << 25 | packet[7] << 17 | packet[8] << 9 |
		packet[9] << 1 | packet[10] >> 7;
	value = value * 300 + ((packet[10] & 1) << 8 | packet[11]);
	if (!pcr.found) {
		pcr.found = true;
		pcr.pid = pid;
		pcr.first = pcr.last = value;
		pcr.first_pos = pcr.last_pos = pos;
	} else if (value <= pcr.last) {
		pcr.done = true;	/* wrapped, or clips put together */
	} else {
		pcr.last = value;
		pcr.last_pos = pos;
		if (value - pcr.first > 10 * PCR_HZ)
			pcr.done = true;
	}
}

/* Packets behind one another, from @pos; sets pcr. */
static __noinline int ts_scan(struct spin_initialize *init, __u64 pos)
{
	int i, got;

	got = spin_file_read(&init->ctx, clip, pos, page,
			     TS_SCAN_PACKETS * TS_PACKET);
	if (got < 0) {
		say("cannot read the clip");
		return -EIO;
	}
	spin_for(i, 0, TS_SCAN_PACKETS) {
		const __u8 *packet = page + i * TS_PACKET;

		if ((i + 1) * TS_PACKET > got || pcr.done)
			break;
		if (packet[0] != TS_SYNC) {
			say("not an MPEG transport stream: byte ");
			say_number(pos + i * TS_PACKET);
			say(" of the clip is not 0x47");
			return -EINVAL;
		}
		pcr_look(packet, pos + i * TS_PACKET);
	}
	return 0;
}

static __noinline int ts_check(struct spin_initialize *init)
{
	__s64 size = spin_file_size(&init->ctx, clip);
	int i, err;

	if (size < 0) {
		say("cannot tell the size of the clip");
		return -EIO;
	}
	if (!size) {
		say("truncated clip: the file is empty");
		return -EINVAL;
	}
	ts.size = size;
	page[0] = 0;
	if (spin_file_read(&init->ctx, clip, 0, page, 1) != 1 ||
	    page[0] != TS_SYNC) {
		say("not an MPEG transport stream: byte 0 of the clip is not 0x47");
		return -EINVAL;
	}
	if (ts.size % TS_PACKET || ts.size < TS_DATAGRAM) {
		say("truncated clip: ");
		say_number(ts.size);
		if (ts.size % TS_PACKET)
			say(" bytes are no whole number of 188-byte packets");
		else
			say(" bytes do not fill one datagram of 1316");
		return -EINVAL;
	}
	spin_for(i, 0, TS_SCAN_READS) {
		__u64 pos = i * (__u64)(TS_SCAN_PACKETS * TS_PACKET);

		if (pos >= ts.size || pcr.done)
			break;
		err = ts_scan(init, pos);
		if (err)
			return err;
	}
	err = ts_scan(init, ts.size - TS_PACKET);
	if (err)
		return err;
	return 0;
}

static __noinline int ts_set(struct spin_initialize *init)
{
	if (ts_bitrate) {
		ts.bit_rate = ts_bitrate;
	} else if (pcr.last > pcr.first && pcr.last_pos > pcr.first_pos) {
		__u64 bytes = pcr.last_pos - pcr.first_pos;

		/* A PCR wraps after a day: no overflow before 10^11 bytes. */
		ts.bit_rate = bytes * 8 * PCR_HZ / (pcr.last - pcr.first);
	} else {
		say("the clip has no clock (PCR) to tell its bit rate by: say --set ts_bitrate=BITS-PER-SECOND");
		return -EINVAL;
	}
	if (ts.bit_rate < 8 * TS_PACKET || ts.bit_rate > TS_RATE_MAX) {
		say("a bit rate of ");
		say_number(ts.bit_rate);
		say(" cannot be served: 1504 to 400000000 bits per second can");
		return -EINVAL;
	}
	ts_msg.socket = net;
	ts_msg.file = clip;
	/* Twice what one tick's time has, to make up for late ones. */
	ts.burst = 4 + 2 * (ts.bit_rate * TICK_NS /
			(TS_DATAGRAM_BITS * SEC_NS));
	ahead_set(&ts_ahead, clip, 0, ts.size, ts.bit_rate);
	return 0;
}

static __always_inline bool is_clip(const struct video_clip *head)
{
	static const __u8 magic[8] = VIDEO_CLIP_MAGIC;

	return !__builtin_memcmp(head->magic, magic, sizeof(magic));
}

static __noinline int raw_check(struct spin_initialize *init)
{
	const struct video_clip *head = (const void *)page;
	__s64 size = spin_file_size(&init->ctx, raw);
	__u64 need, bytes;

	if (size < 0 || spin_file_read(&init->ctx, raw, 0, page,
				       sizeof(page)) < 0) {
		say("cannot read the raw clip");
		return -EIO;
	}
	if (size < (__s64)sizeof(*head) || !is_clip(head)) {
		say("not a raw clip: it does not begin with SPINRAW1 (spin-clip makes such a file)");
		return -EINVAL;
	}
	rgb.width = head->width;
	rgb.height = head->height;
	rgb.rate_num = head->rate_num;
	rgb.rate_den = head->rate_den;
	rgb.frames = head->frames;
	rgb.line_bytes = head->line_bytes;
	rgb.stride = head->frame_stride;
	if (!rgb.width || rgb.width > VIDEO_CLIP_SIDE_MAX ||
	    !rgb.height || rgb.height > VIDEO_CLIP_SIDE_MAX) {
		say("bad raw clip: pictures of ");
		say_number(rgb.width);
		say("x");
		say_number(rgb.height);
		say(" pixels; 1x1 to 4096x4096 can be served");
		return -EINVAL;
	}
	bytes = (__u64)rgb.line_bytes * rgb.height;
	if (rgb.line_bytes != rgb.width * RGB ||
	    rgb.stride != ((bytes + VIDEO_CLIP_PAGE - 1) &
			   ~(VIDEO_CLIP_PAGE - 1ULL))) {
		say("bad raw clip: its line and frame sizes do not follow from its width and height");
		return -EINVAL;
	}
	if (!rgb.rate_num || !rgb.rate_den || !rgb.frames ||
	    rgb.rate_num > 1000000 || rgb.rate_den > 1000000 ||
	    rgb.rate_num > VIDEO_CLIP_RATE_MAX * rgb.rate_den ||
	    rgb.rate_den > rgb.rate_num) {
		say("bad raw clip: ");
		say_number(rgb.frames);
		say(" frames at ");
		say_number(rgb.rate_num);
		say("/");
		say_number(rgb.rate_den);
		say(" per second; 1 or more at 1 to 240 can be served");
		return -EINVAL;
	}
	need = VIDEO_CLIP_PAGE + rgb.frames * rgb.stride;
	if ((__u64)size < need) {
		say("truncated raw clip: ");
		say_number(size);
		say(" bytes, but ");
		say_number(rgb.frames);
		say(" frames need ");
		say_number(need);
		return -EINVAL;
	}
	return 0;
}

static __noinline int raw_set(struct spin_initialize *init)
{
	__u64 period = SEC_NS * rgb.rate_den / rgb.rate_num;
	__u64 bytes = (__u64)rgb.line_bytes * rgb.height;
	__u64 headers;

	/* Whole lines if they fit, else pieces of one. */
	rgb.lines = (RAW_PAYLOAD - RAW_HEADER) /
		    (rgb.line_bytes + RAW_LINE_HEADER);
	if (rgb.lines > RAW_LINES)
		rgb.lines = RAW_LINES;
	if (rgb.lines) {
		rgb.per_frame = (rgb.height + rgb.lines - 1) / rgb.lines;
		headers = rgb.height * RAW_LINE_HEADER;
	} else {
		__u32 pixels = (RAW_PAYLOAD - RAW_HEADER - RAW_LINE_HEADER) / RGB;
		__u32 pieces = (rgb.width + pixels - 1) / pixels;

		/* of about one size: a last one of a pixel helps nobody */
		rgb.pixels = (rgb.width + pieces - 1) / pieces;
		rgb.per_frame = rgb.height * pieces;
		headers = (__u64)rgb.per_frame * RAW_LINE_HEADER;
	}
	headers += (__u64)rgb.per_frame * RAW_HEADER;
	rgb.bit_rate = (bytes + headers) * 8 * rgb.rate_num / rgb.rate_den;

	/* A frame takes nine tenths of its time, so that it is there in time. */
	rgb.step_ns = period * 9 / 10 / rgb.per_frame;
	rgb.burst = 4 + 2 * (rgb.per_frame * TICK_NS / (period * 9 / 10));
	if (rgb.burst > BURST_MAX) {
		say("the raw clip has ");
		say_number(rgb.bit_rate);
		say(" bits per second, which is more than can be served");
		return -EINVAL;
	}
	rgb.ssrc = bpf_get_prandom_u32();
	rgb.sequence = bpf_get_prandom_u32();
	raw_msg.socket = net;
	raw_msg.file = raw;
	ahead_set(&raw_ahead, raw, VIDEO_CLIP_PAGE, rgb.frames * rgb.stride,
		  rgb.bit_rate);
	return 0;
}

static __noinline int settings_check(void)
{
	if (!port) {
		say("port is 0: set it to the port of the socket granted as net");
		return -EINVAL;
	}
	if (!lease_s || lease_s > 3600) {
		say("lease_s must be 1 to 3600 seconds");
		return -EINVAL;
	}
	if (!clients || clients > CLIENTS || !per_address) {
		say("clients must be 1 to 128, and per_address at least 1");
		return -EINVAL;
	}
	return 0;
}

SPIN_SLEEPABLE_HANDLER(look_at_clips, struct spin_initialize *init)
{
	__u32 len;
	int err;

	/* A load that was refused may be tried again with the same maps. */
	text_len = 0;
	pcr.found = pcr.done = false;

	secret[0] = (__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32();
	secret[1] = ((__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32()) ^
		    bpf_ktime_get_ns();

	err = settings_check();
	if (!err)
		err = ts_check(init);
	if (!err)
		err = ts_set(init);
	if (!err && raw)
		err = raw_check(init);
	if (!err && raw)
		err = raw_set(init);
	if (!err) {
		say("port ");
		say_number(port);
		say(": MPEG-TS at ");
		say_number(ts.bit_rate);
		say(" bit/s");
		if (raw) {
			say(", raw video ");
			say_number(rgb.width);
			say("x");
			say_number(rgb.height);
		}
	}
	len = text_len;
	if (len > sizeof(text))
		return -EINVAL;
	if (err)
		spin_refuse(init, text, len);
	else
		spin_console_write(&init->ctx, text, len);
	return err;
}

SPIN_BIND(Domain_Initialize, clips,
	.handler = (void *)look_at_clips);

SPIN_BIND(Udp_PacketArrived, requests_in,
	.guard_fn = (void *)to_server,
	.handler = (void *)take_request);

SPIN_BIND(Clock_Tick, streams_out,
	.handler = (void *)run,
	.period_us = TICK_US);
