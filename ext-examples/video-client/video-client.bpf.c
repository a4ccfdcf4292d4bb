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
#include "../video-protocol.h"

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

#define SEC_NS		1000000000ULL
#define RTP_VERSION	(2 << 6)	/* no padding, extension or sources */
#define RTP_TYPE	96
#define RTP_HEADER	14		/* and the extended sequence number */
#define LINE_HEADER	6
#define LINES_MAX	2		/* in a datagram */
#define RGB		3		/* bytes in a pixel */
#define JUMP_MAX	4096		/* datagrams; more is a new stream */
#define WINDOW		64		/* datagrams within which late ones count */

/* Not for users to see; and whole: BTF has no words for half a structure. */
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
__u64 malformed;	/* not RTP, or not RFC 4175 as this handles it */
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

private __u32 screen_width, screen_height;
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
	       pkt->sport == server_port;
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
	/* Not from before the stream began, when nothing was missed. */
	if (lost)
		lost--;
	return RTP_LATE;
}

/* Where in the order of the stream is number @sequence? */
static __noinline int rtp_track(__u32 sequence, __u32 ssrc, __u32 timestamp)
{
	__s32 ahead = sequence - rtp.next;

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

/* A line's header that we can make sense of: length, field bit. */
static __always_inline bool is_line(const __u8 *header)
{
	__u32 len = get16(header);

	return len && len % RGB == 0 && !(header[2] & 0x80);
}

static __always_inline bool more_lines(const __u8 *header)
{
	return header[4] & 0x80;
}

/* The lines of a datagram: their headers, and where the pixels begin. */
struct line_headers {
	const __u8 *header[LINES_MAX];
	__u32 pixels;
};

/* One line or two; all headers come before the pixels. */
static __noinline int find_lines(struct spin_udp_packet *pkt, const __u8 *head,
				 struct line_headers *in)
{
	const __u8 *first = head + RTP_HEADER, *second;
	__u32 start = RTP_HEADER + LINE_HEADER, len;

	if (head[0] != RTP_VERSION || (head[1] & 0x7f) != RTP_TYPE ||
	    !is_line(first))
		return 0;
	in->header[0] = first;
	len = get16(first);
	if (more_lines(first)) {
		second = (const void *)spin_udp_data(pkt, start, LINE_HEADER);
		if (!second || !is_line(second) || more_lines(second))
			return 0;
		in->header[1] = second;
		start += LINE_HEADER;
		len += get16(second);
	}
	in->pixels = start;
	return pkt->len >= start + len;
}

/* One piece of a line, whose pixels begin @offset bytes into the payload. */
static __noinline int draw(struct spin_udp_packet *pkt, const __u8 *header,
			   __u32 offset)
{
	struct spin_blit blit = {
		.framebuffer = screen,
		.x = x + (get16(header + 4) & 0x7fff),
		.y = y + (get16(header + 2) & 0x7fff),
		.offset = offset,
		.pixels = get16(header) / RGB,
		.format = SPIN_PIXELS_RGB24,
	};

	if (blit.x >= screen_width || blit.y >= screen_height) {
		outside++;
		return 0;
	}
	/* What sticks out on the right is cut off. */
	if (blit.pixels > screen_width - blit.x) {
		blit.pixels = screen_width - blit.x;
		outside++;
	}
	if (spin_framebuffer_blit(pkt, &blit))
		undrawn++;
	else
		lines++;
	return 0;
}

static __noinline int draw_lines(struct spin_udp_packet *pkt,
				 const struct line_headers *in)
{
	draw(pkt, in->header[0], in->pixels);
	if (in->header[1])
		draw(pkt, in->header[1], in->pixels + get16(in->header[0]));
	drawn = 1;
	return 0;
}

/* Is it to be drawn: not here already, nor of a frame before this one? */
static __noinline int is_fresh(const __u8 *head)
{
	__u32 sequence = get16(head + 12) << 16 | get16(head + 2);
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
	if (age == RTP_LATE)
		reordered++;
	if ((__s32)(timestamp - rtp.timestamp) < 0) {
		stale++;
		return 0;
	}
	rtp.timestamp = timestamp;
	return 1;
}

static __noinline int end_frame(void)
{
	bool whole = lost == rtp.missing;

	frames++;
	if (!whole)
		frames_damaged++;
	rtp.missing = lost;
	/* Leaves a whole frame on the display. */
	if (stop_after && frames >= stop_after && whole)
		finished = 1;
	return 0;
}

static __noinline int take_video(struct spin_udp_packet *pkt, const __u8 *head)
{
	struct line_headers in = {};

	if (!find_lines(pkt, head, &in))
		return SPIN_DROP;
	if (is_fresh(head)) {
		draw_lines(pkt, &in);
		if (head[1] & 0x80)
			end_frame();
	}
	return SPIN_CONSUME;
}

static __noinline int take_reply(struct spin_udp_packet *pkt)
{
	struct video_reply reply;

	if (pkt->len != sizeof(reply) ||
	    spin_udp_load(pkt, 0, &reply, sizeof(reply)) ||
	    reply.magic != bpf_htonl(VIDEO_MAGIC) ||
	    reply.version != VIDEO_VERSION || reply.format != VIDEO_RAW)
		return SPIN_DROP;
	/* Not to be had by who does not see our requests. */
	if (reply.nonce != nonce || bpf_map_push_elem(&replies, &reply, 0))
		__sync_fetch_and_add(&strays, 1);
	return SPIN_CONSUME;
}

SPIN_HANDLER(take_packet, struct spin_udp_packet *pkt)
{
	const __u8 *head = (const void *)spin_udp_data(pkt, 0, RTP_HEADER +
							       LINE_HEADER);
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
private bool told_refusal;
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
	if (spin_socket_send(&tick->ctx, &request, &dest, sizeof(dest)) != 1)
		failed++;
	return 0;
}

/* From the stack: the kernel's functions take no read-only memory. */
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

SPIN_SLEEPABLE_HANDLER(show, struct spin_clock_tick *tick)
{
	__u64 now = tick->now_ns;
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
		/* Until a reply says otherwise. */
		next_request_ns = now + SEC_NS;
		ask(tick, finished ? VIDEO_LEAVE : VIDEO_SUBSCRIBE);
	} else if (finished && subscribed && !has_left) {
		subscribed = 0;
		next_request_ns = now + SEC_NS;
		ask(tick, VIDEO_LEAVE);
	}
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

SPIN_SLEEPABLE_HANDLER(look_at_screen, struct spin_initialize *init)
{
	struct spin_geometry screen_is = {};

	if (!server) {
		refuse(init, "server is not set: say --set server=ADDRESS");
		return -EINVAL;
	}
	if (!server_port || !port) {
		refuse(init, "port and server_port must not be 0");
		return -EINVAL;
	}
	if (spin_framebuffer_geometry(&init->ctx, screen, &screen_is)) {
		refuse(init, "cannot tell the size of the display granted as screen");
		return -EINVAL;
	}
	if (x >= screen_is.width || y >= screen_is.height) {
		refuse(init, "x and y lie outside of the display");
		return -EINVAL;
	}
	screen_width = screen_is.width;
	screen_height = screen_is.height;
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
