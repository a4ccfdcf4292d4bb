// SPDX-License-Identifier: GPL-2.0
/*
 * video-client - receives raw video (RTP, RFC 4175) and draws it, in the
 * kernel: the handler of Udp.PacketArrived writes each line from the packet
 * straight into the granted frame buffer. That is one copy, by the CPU.
 *
 * Clock.Tick shows what was drawn, and keeps the subscription to the server.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/clock.h>
#include <spin/bpf/console.h>
#include <spin/bpf/framebuffer.h>
#include <spin/bpf/socket.h>
#include <spin/bpf/udp.h>
#include <linux/errno.h>
#include "../video-server/video-protocol.h"

SPIN_EXTENSION("video-client");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Clock);
SPIN_IMPORT(Socket);
SPIN_IMPORT(FrameBuffer);
SPIN_IMPORT(Console);

SPIN_CAPABILITY(spin_framebuffer_t, screen);
SPIN_CAPABILITY(spin_socket_t, net);		/* bound to `port` */

SPIN_SETTING(spin_ipv4_t, server, 0);
SPIN_SETTING(__u16, server_port, VIDEO_SERVER_PORT);
SPIN_SETTING(__u16, port, VIDEO_CLIENT_PORT);
SPIN_SETTING(__u32, x, 0);		/* where the picture goes */
SPIN_SETTING(__u32, y, 0);
SPIN_SETTING(__u64, stop_after, 0);	/* whole frames; 0: go on for ever */
SPIN_SETTING(__u32, subscribe, 1);	/* 0: the stream comes by itself */
SPIN_SETTING(__u32, sampling, 1);	/* 1 RGB, 2 BGR, 3 RGBA, 4 BGRA */

#define SEC_NS		1000000000ULL
#define RTP_HEADER	12		/* without what may follow */
#define RTP_EXTENSION	0x10		/* in its first byte … */
#define RTP_SOURCES	0x0f		/* … with their number */
#define RTP_TYPE_MIN	96		/* types whose meaning is agreed upon */
#define RTP_MARKER	0x80
#define RAW_HEADER	2		/* the extended sequence number */
#define LINE_HEADER	6
#define LINES_MAX	SPIN_BLIT_PIECES_MAX	/* in a datagram */
#define PIXELS_MAX	512		/* what one call draws */
#define UNANSWERED_MAX	5		/* requests; then somebody is told */
#define JUMP_MAX	4096		/* datagrams; more is a new stream */
#define WINDOW		64		/* datagrams within which late ones count */

/*
 * `spinctl ext show` does not show these, and the compiler leaves structures whole:
 * BTF has no words for half of one.
 */
#define private static __attribute__((used))

/* Counters; `spinctl ext show video-client` prints them. */
__u64 datagrams;	/* with video in them */
__u64 lines;		/* pieces of lines drawn */
__u64 frames;		/* shown: the last datagram of each has come */
__u64 frames_damaged;	/* of those, with something missing */
__u64 lost;		/* datagrams that have not come (yet) */
__u64 reordered;	/* came late; no longer counted as lost */
__u64 duplicates;
__u64 stale;		/* came so late that a newer frame is being drawn */
__u64 malformed;	/* not RTP, or not RFC 4175 */
__u64 interlaced;	/* datagrams of pictures in two halves: not drawn */
__u64 too_large;	/* of more than 32 pieces of lines or 512 pixels: neither */
__u64 outside;		/* pieces of lines beyond the display's edge */
__u64 undrawn;		/* pieces of lines the display would not take */
__u64 restarts;		/* the stream began anew */
__u64 flushes;
__u64 subscribes;	/* requests sent */
__u64 challenges;	/* … answered by these */
__u64 leases;
__u64 refusals;
__u64 strays;		/* replies to no request of ours */
__u64 failed;		/* requests that could not be sent */
__u64 unanswered;	/* requests since the last reply */
__u64 subscribed;	/* 1: the server holds a lease for us */
__u64 finished;		/* 1: stop_after was reached */
__u64 width;		/* of the picture, as the server says */
__u64 height;

/* A reply on its way from the packet handler to the tick. */
struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 16);
	__type(value, struct video_reply);
} replies SEC(".maps");

private __u32 pixel_bytes, pixel_format;
private __u32 to_pixels;	/* 2^17 / pixel_bytes, rounded up: right for 16 bits */
private __u32 nonce;
/* Something was drawn since the last flush. */
private volatile __u32 drawn;

/*
 * Where the stream is. Handlers on two CPUs could disturb each other here; the
 * datagrams of one flow come through one CPU, and all that could go wrong is a
 * count.
 */
private struct {
	__u32 ssrc;
	__u32 next;		/* sequence number expected */
	__u32 timestamp;	/* of the frame being drawn */
	__u32 started;
	__u64 seen;		/* bit n: number next - 1 - n has come */
	__u64 missing;		/* `lost` when the frame began */
	__u32 drawn;		/* some of the frame is on the display */
	__u32 left_out;		/* and some was not to be drawn */
} rtp;

/* --- packets: in the softirq --------------------------------------------- */

/*
 * In pieces of a few lines that each return early, and none inlined: of one
 * long function the compiler puts shared ends before their users, and a jump
 * back looks like a loop.
 */

SPIN_GUARD(from_server, struct spin_udp_packet *pkt)
{
	return pkt->dport == port && pkt->saddr == server &&
	       (!subscribe || pkt->sport == server_port);
}

static __always_inline __u32 get16(const __u8 *at)
{
	return at[0] << 8 | at[1];
}

static __always_inline __u32 get32(const __u8 *at)
{
	return get16(at) << 16 | get16(at + 2);
}

enum rtp_age { RTP_NEW, RTP_LATE, RTP_DUPLICATE };

static __noinline int rtp_restart(__u32 sequence, __u32 ssrc, __u32 timestamp)
{
	if (rtp.started)
		restarts++;
	rtp.started = 1;
	rtp.ssrc = ssrc;
	rtp.timestamp = timestamp;
	rtp.next = sequence + 1;
	rtp.seen = 1;
	rtp.missing = lost;
	return RTP_NEW;
}

/* Number rtp.next - 1 - @behind. */
static __noinline int rtp_late(__u32 behind)
{
	if (behind < WINDOW) {
		if (rtp.seen & 1ULL << behind)
			return RTP_DUPLICATE;
		rtp.seen |= 1ULL << behind;
	}
	/* A gap before the stream began is none: nothing was missed. */
	if (lost)
		lost--;
	return RTP_LATE;
}

/*
 * Where in the order of the stream is number @sequence? Its low half tells: who
 * is further than JUMP_MAX from it has begun anew. (The high half need not be
 * there: ffmpeg and GStreamer send 0.)
 */
static __noinline int rtp_track(__u32 sequence, __u32 ssrc, __u32 timestamp)
{
	__s32 ahead = (__s16)(sequence - rtp.next);

	if (!rtp.started || ssrc != rtp.ssrc || ahead > JUMP_MAX ||
	    ahead < -JUMP_MAX)
		return rtp_restart(sequence, ssrc, timestamp);
	if (ahead < 0)
		return rtp_late(-ahead - 1);
	lost += ahead;
	rtp.seen = ahead < WINDOW - 1 ? rtp.seen << (ahead + 1) | 1 : 1;
	rtp.next = sequence + 1;
	return RTP_NEW;
}

/* The pieces of lines of a datagram: as in the packet, then as they are drawn. */
struct lines {
	struct spin_blit_piece piece[LINES_MAX];
	__u32 count;
	__u32 bytes;
	__u32 pixels;		/* in these; whole ones */
	__u32 fields;		/* bits of all lines' numbers: 15: interlaced */
};

/*
 * Headers become pieces, until one says that it is the last. (If there are fewer,
 * what is behind them is zero, which says so too.) No loop is allowed here, and
 * each line's instructions count: they are written out, in one function.
 *
 * Returns: do even more follow than there is room for?
 */
static __noinline int take_lines(struct lines *in)
{
	__u32 bytes = 0, pixels = 0, fields = 0, count, more, share = to_pixels;

#define LINE(I)								\
	do {								\
		__u32 size = bpf_ntohs(in->piece[I].pixels);		\
		__u32 line = bpf_ntohs(in->piece[I].y);			\
		__u32 some = size * share >> 17;			\
									\
		more = bpf_ntohs(in->piece[I].x);			\
		bytes += size;						\
		pixels += some;						\
		fields |= line;						\
		in->piece[I].pixels = some;				\
		in->piece[I].y = line;					\
		in->piece[I].x = more & 0x7fff;				\
		count = (I) + 1;					\
		if (!(more & 0x8000))					\
			goto out;					\
	} while (0)
#define FOUR(I) LINE(I); LINE((I) + 1); LINE((I) + 2); LINE((I) + 3)
	FOUR(0); FOUR(4); FOUR(8); FOUR(12); FOUR(16); FOUR(20); FOUR(24); FOUR(28);
#undef FOUR
#undef LINE
out:
	in->count = count;
	in->bytes = bytes;
	in->pixels = pixels;
	in->fields = fields;
	return more & 0x8000;
}

/* Where the headers of the lines begin; 0: this is not what we can draw. */
static __noinline int find_lines(struct spin_udp_packet *pkt, const __u8 *head)
{
	__u32 at = RTP_HEADER + 4 * (head[0] & RTP_SOURCES);
	const __u8 *extension;

	if ((head[1] & ~RTP_MARKER & 0xff) < RTP_TYPE_MIN)
		return 0;
	if (head[0] & RTP_EXTENSION) {
		extension = spin_udp_data(pkt, at, 4);
		if (!extension)
			return 0;
		at += 4 + 4 * get16(extension + 2);
	}
	at += RAW_HEADER;
	return at + LINE_HEADER < pkt->len ? at : 0;
}

/* @at: of the lines' headers. Returns: where the pixels are, or 0. */
static __noinline int read_lines(struct spin_udp_packet *pkt, __u32 at,
				 struct lines *in)
{
	__u32 size = pkt->len - at;

	if (size > sizeof(in->piece))
		size = sizeof(in->piece);
	if (!size)
		return 0;
	barrier_var(size);
	if (size > sizeof(in->piece) ||
	    spin_udp_load(pkt, at, in->piece, size))
		return 0;
	if (take_lines(in)) {
		too_large++;
		return -1;
	}
	at += in->count * LINE_HEADER;
	/* If any piece has bytes over, so have all together. */
	if (!in->bytes || in->pixels * pixel_bytes != in->bytes ||
	    at + in->bytes > pkt->len)
		return 0;
	if (in->fields & 0x8000) {
		interlaced++;
		return -1;
	}
	if (in->pixels > PIXELS_MAX) {
		too_large++;
		return -1;
	}
	return at;
}

/* @at: of the pixels */
static __noinline int draw_lines(struct spin_udp_packet *pkt, struct lines *in,
				 __u32 at)
{
	struct spin_blit blit = {
		.framebuffer = screen,
		.x = x,
		.y = y,
		.offset = at,
		.pixels = in->pixels,
		.format = pixel_format,
	};
	__u32 count = in->count;
	int whole;

	if (!count || count > LINES_MAX)
		return 0;
	whole = spin_framebuffer_blit_pieces(pkt, &blit, in->piece,
					     count * sizeof(in->piece[0]));
	if (whole < 0) {
		undrawn += count;
		return 0;
	}
	lines += whole;
	outside += count - whole;
	drawn = 1;
	return 0;
}

/* Is it to be drawn: not here already, nor of a frame before this one? */
static __noinline int is_fresh(const __u8 *head)
{
	__u32 sequence = get16(head + 2);
	__u32 timestamp = get32(head + 4);
	int age;

	datagrams++;
	if (finished)
		return 0;
	age = rtp_track(sequence, get32(head + 8), timestamp);
	if (age == RTP_DUPLICATE) {
		duplicates++;
		return 0;
	}
	if (age == RTP_LATE) {
		reordered++;
		if (timestamp != rtp.timestamp) {
			stale++;
			return 0;
		}
	}
	/* Its sender's clock may jump; what is newest is what is to be seen. */
	rtp.timestamp = timestamp;
	return 1;
}

static __noinline int end_frame(void)
{
	bool whole = lost == rtp.missing && !rtp.left_out;

	if (rtp.drawn) {
		frames++;
		if (!whole)
			frames_damaged++;
	}
	rtp.missing = lost;
	rtp.drawn = 0;
	rtp.left_out = 0;
	/* Leaves a whole frame on the display. */
	if (stop_after && frames >= stop_after && whole)
		finished = 1;
	return 0;
}

static __noinline int take_video(struct spin_udp_packet *pkt, const __u8 *head)
{
	struct lines in = {};
	int at = find_lines(pkt, head);

	if (!at)
		return SPIN_DROP;
	at = read_lines(pkt, at, &in);
	if (!at)
		return SPIN_DROP;
	if (!is_fresh(head))
		return SPIN_CONSUME;
	if (at > 0) {
		draw_lines(pkt, &in, at);
		rtp.drawn = 1;
	} else {
		rtp.left_out = 1;
	}
	if (head[1] & RTP_MARKER)
		end_frame();
	return SPIN_CONSUME;
}

static __noinline int take_reply(struct spin_udp_packet *pkt)
{
	const struct video_reply *in;
	struct video_reply reply;

	in = (const void *)spin_udp_data(pkt, 0, sizeof(*in));
	if (!subscribe || pkt->len != sizeof(reply) || !in)
		return SPIN_DROP;
	reply = *in;
	if (reply.magic != bpf_htonl(VIDEO_MAGIC) ||
	    reply.version != VIDEO_VERSION || reply.format != VIDEO_RAW)
		return SPIN_DROP;
	/* A sender that does not see our requests cannot know it. */
	if (reply.nonce != nonce || bpf_map_push_elem(&replies, &reply, 0))
		__sync_fetch_and_add(&strays, 1);
	return SPIN_CONSUME;
}

SPIN_HANDLER(take_packet, struct spin_udp_packet *pkt)
{
	const __u8 *head = spin_udp_data(pkt, 0, RTP_HEADER);
	int verdict = SPIN_DROP;

	/* RTP begins with its version, 2; a reply with an 'S', version 1. */
	if (head)
		verdict = head[0] >> 6 == 2 ? take_video(pkt, head) :
					      take_reply(pkt);
	if (verdict == SPIN_DROP)
		malformed++;
	return verdict;
}

/* --- the subscription: in the tick --------------------------------------- */

private struct spin_send request;
private __u64 cookie;
private __u64 next_request_ns;
private __u64 lease_ends_ns;
private bool told_refusal, told_silence, told_interlaced, told_too_large;
private bool has_left;

static __noinline int ask(struct spin_clock_tick *tick, __u32 type)
{
	struct video_request *out = (struct video_request *)request.header;
	struct spin_udp_dest dest = { .addr = server, .port = server_port };

	__builtin_memset(request.header, 0, sizeof(request.header));
	out->magic = bpf_htonl(VIDEO_MAGIC);
	out->version = VIDEO_VERSION;
	out->type = type;
	out->format = VIDEO_RAW;
	out->port = bpf_htons(port);
	out->nonce = nonce;
	out->cookie = cookie;
	request.socket = net;
	request.header_len = sizeof(*out);
	subscribes++;
	unanswered++;
	if (spin_socket_send(&tick->ctx, &request, &dest, sizeof(dest)) != 1)
		failed++;
	return 0;
}

/*
 * The text is copied to the stack: the kernel's functions take no read-only memory.
 */
#define tell(TICK, LITERAL)						\
	do {								\
		char line[] = LITERAL;					\
									\
		spin_console_write(&(TICK)->ctx, line, sizeof(line));	\
	} while (0)

static __noinline int hear(struct spin_clock_tick *tick,
			   struct video_reply *reply, __u64 now)
{
	__u64 lease;

	unanswered = 0;
	told_silence = false;
	switch (reply->type) {
	case VIDEO_CHALLENGE:
		challenges++;
		/* The same again: then it is not our address it doubts. */
		if (cookie == reply->cookie || finished)
			break;
		cookie = reply->cookie;
		next_request_ns = now;
		break;
	case VIDEO_ACCEPTED:
		leases++;
		cookie = reply->cookie;
		subscribed = 1;
		told_refusal = false;
		width = bpf_ntohl(reply->width);
		height = bpf_ntohl(reply->height);
		lease = bpf_ntohs(reply->lease_s) * SEC_NS;
		if (lease < SEC_NS)
			lease = SEC_NS;
		lease_ends_ns = now + lease;
		/* Two of three renewals may be lost. */
		next_request_ns = now + lease / 3;
		break;
	case VIDEO_REFUSED:
		refusals++;
		subscribed = 0;
		next_request_ns = now + 5 * SEC_NS;
		if (told_refusal)
			break;
		told_refusal = true;
		if (reply->reason == VIDEO_FULL)
			tell(tick, "the server is full; asking again every 5 s");
		else if (reply->reason == VIDEO_NO_FORMAT)
			tell(tick, "the server has no raw video; asking again every 5 s");
		else
			tell(tick, "the server refuses; asking again every 5 s");
		break;
	case VIDEO_LEFT:
		subscribed = 0;
		has_left = true;
		break;
	}
	return 0;
}

/* Each once: the counters say how often. */
static __noinline int tell_troubles(struct spin_clock_tick *tick)
{
	if (unanswered > UNANSWERED_MAX && !told_silence && !has_left) {
		told_silence = true;
		tell(tick, "no answer from the server: is it loaded there, are server and server_port right, and is net bound to port? Asking again every second");
	}
	if (interlaced && !told_interlaced) {
		told_interlaced = true;
		tell(tick, "the stream is interlaced, and not drawn: have it sent progressive");
	}
	if (too_large && !told_too_large) {
		told_too_large = true;
		tell(tick, "datagrams of more than 32 pieces of lines or 512 pixels are not drawn: have them sent smaller");
	}
	return 0;
}

/* Ask for the stream, go on asking, and leave. */
static __noinline int keep_subscribed(struct spin_clock_tick *tick, __u64 now)
{
	struct video_reply reply;
	int i;

	spin_for(i, 0, 8) {
		if (bpf_map_pop_elem(&replies, &reply))
			break;
		hear(tick, &reply, now);
	}
	if (subscribed && now > lease_ends_ns)
		subscribed = 0;
	if (now >= next_request_ns && !has_left) {
		/* This holds until a reply says otherwise. */
		next_request_ns = now + SEC_NS;
		ask(tick, finished ? VIDEO_LEAVE : VIDEO_SUBSCRIBE);
	} else if (finished && subscribed && !has_left) {
		subscribed = 0;
		next_request_ns = now + SEC_NS;
		ask(tick, VIDEO_LEAVE);
	}
	return 0;
}

SPIN_SLEEPABLE_HANDLER(show, struct spin_clock_tick *tick)
{
	if (subscribe)
		keep_subscribed(tick, tick->now_ns);
	tell_troubles(tick);
	if (drawn) {
		/* First: what is drawn during the flush gets another. */
		drawn = 0;
		if (!spin_framebuffer_flush(&tick->ctx, screen))
			flushes++;
	}
	return 0;
}

/* --- the load ------------------------------------------------------------ */

#define refuse(INIT, LITERAL)						\
	do {								\
		char line[] = LITERAL;					\
									\
		spin_refuse(INIT, line, sizeof(line));			\
	} while (0)

static __noinline int check_settings(struct spin_initialize *init)
{
	__u32 top = bpf_ntohl(server) >> 24;

	if (!server) {
		refuse(init, "server is not set: say --set server=ADDRESS");
		return -EINVAL;
	}
	if (!top || top >= 224) {
		refuse(init, "server is not the address of one host: nothing comes from there");
		return -EINVAL;
	}
	if (!server_port || !port) {
		refuse(init, "port and server_port must not be 0");
		return -EINVAL;
	}
	if (subscribe && port < 1024) {
		refuse(init, "port is below 1024: no video server sends there");
		return -EINVAL;
	}
	if (subscribe > 1 || sampling < 1 || sampling > 4) {
		refuse(init, "subscribe must be 0 or 1, and sampling 1 (RGB), 2 (BGR), 3 (RGBA) or 4 (BGRA)");
		return -EINVAL;
	}
	if (subscribe && sampling != 1) {
		refuse(init, "what a video server sends is RGB: leave sampling at 1, or say --set subscribe=0");
		return -EINVAL;
	}
	pixel_bytes = sampling > 2 ? 4 : 3;
	to_pixels = (131072 + pixel_bytes - 1) / pixel_bytes;
	pixel_format = sampling == 1 ? SPIN_PIXELS_RGB24 :
		       sampling == 2 ? SPIN_PIXELS_BGR24 :
		       sampling == 3 ? SPIN_PIXELS_RGBX32 : SPIN_PIXELS_BGRX32;
	return 0;
}

SPIN_SLEEPABLE_HANDLER(look_at_screen, struct spin_initialize *init)
{
	struct spin_geometry screen_is = {};

	int err = check_settings(init);

	if (err)
		return err;
	if (spin_framebuffer_geometry(&init->ctx, screen, &screen_is)) {
		refuse(init, "cannot tell the size of the display granted as screen");
		return -EINVAL;
	}
	if (x >= screen_is.width || y >= screen_is.height) {
		refuse(init, "x and y lie outside of the display");
		return -EINVAL;
	}
	nonce = bpf_get_prandom_u32();
	return 0;
}

SPIN_BIND(Domain_Initialize, display,
	.handler = look_at_screen);

SPIN_BIND(Udp_PacketArrived, video_in,
	.guard_fn = from_server,
	.handler = take_packet);

SPIN_BIND(Clock_Tick, refresh,
	.handler = show,
	.period_us = 40000);
