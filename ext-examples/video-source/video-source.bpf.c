// SPDX-License-Identifier: GPL-2.0
/*
 * video-source - reads clips, on a clock, and gives them to video-sender.
 *
 * Domain.Initialize looks at the clips and refuses the load if they are not
 * what they should be. Clock.Tick calls VideoSender.SendPacket with what has
 * become due: not the bytes, but where in the file they are, and for the time
 * of the call the right to read it. The sender finds them in the page cache,
 * which this extension fills one second ahead of the stream.
 * Documentation/video.rst has the whole.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/clock.h>
#include <spin/bpf/console.h>
#include <spin/bpf/file.h>
#include <linux/errno.h>
#include "../video-server/text.h"
#include "../video-server/video-protocol.h"
#include "../video-sender/video-sender.h"
#include "video-source.h"

SPIN_EXTENSION("video-source");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Clock);
SPIN_IMPORT(File);
SPIN_IMPORT(Console);
SPIN_IMPORT_PROCEDURE(VideoSender, SendPacket);
SPIN_IMPORT_PROCEDURE(VideoSender, Tick);
SPIN_EXPORT_PUBLIC(VideoSource, Describe);

SPIN_CAPABILITY(spin_file_t, clip);		/* an MPEG transport stream */
SPIN_CAPABILITY_OPTIONAL(spin_file_t, raw);	/* a raw clip (spin-clip) */

SPIN_SETTING(__u32, ts_bitrate, 0);	/* bits per second; 0: from the clip */

#define SEC_NS		1000000000ULL
#define TICK_US		10000
#define TICK_NS		(TICK_US * 1000ULL)
#define BURST_MAX	1024		/* datagrams of raw video in one tick */

#define TS_PACKET	188
#define TS_DATAGRAM	(7 * TS_PACKET)
#define TS_DATAGRAM_BITS (TS_DATAGRAM * 8)
#define TS_BURST	48		/* datagrams sent at once: fewer than 64 KiB */
#define TS_CALLS	24		/* for one tick, at most */
#define TS_SYNC		0x47
#define TS_RATE_MAX	400000000ULL
#define TS_SCAN_PACKETS	21		/* looked at with one read */
#define TS_SCAN_BYTES	(TS_SCAN_PACKETS * TS_PACKET)
#define TS_SCAN_READS	16384		/* at most */
#define TS_SCAN_WHOLE	(16 << 20)	/* bytes that are all looked at; of more: */
#define TS_SCAN_SAMPLES	256
#define TS_SCAN_TAIL	(1 << 20)	/* and so much of the end */
#define TS_NULL		0x1fff		/* the identifier of packets with nothing */
#define PCR_HZ		27000000ULL
#define PCR_WRAP	((1ULL << 33) * 300)
#define PCR_JUMP	(2 * PCR_HZ)	/* the standard has one each 0.1 s */
#define PCR_DRIFT	(PCR_HZ / 2)	/* what receivers hold, at the least */
#define PCR_LONG	(1ULL << 43)	/* 3 days: further than one need look */
#define MARKS		16		/* identifiers that are marked at the join */

/*
 * `spinctl ext show` does not show these, and the compiler leaves structures whole:
 * BTF has no words for half of one.
 */
#define private static __attribute__((used))

#define RTP_TYPE	96
#define RTP_HZ		90000ULL
#define RAW_PAYLOAD	1400		/* of a datagram: any Ethernet takes it */
#define RAW_LINES	2		/* of a datagram, at most */
#define RAW_HEADER	14		/* RTP and the extended sequence number */
#define RAW_LINE_HEADER	6
#define RGB		3		/* bytes in a pixel */

/* Counters; `spinctl ext show video-source` prints them. */
__u64 ts_sends;		/* datagrams, one for all that they were sent to */
__u64 raw_sends;
__u64 ts_loops;		/* times the clip began again */
__u64 ts_marks;		/* packets that say so to the receivers */
__u64 raw_frames;
__u64 errors;		/* calls that sent nothing: the file, or no memory */
__u64 unsent;		/* calls that reached no sender */
__u64 ts_resyncs;	/* fell behind for so long that time was given up */
__u64 raw_resyncs;
__u64 described;	/* calls of VideoSource.Describe */

/* How far the disk is ahead of what is being sent. */
struct ahead {
	__u64 base;		/* where in the file the stream begins */
	__u64 size;		/* bytes until it begins again */
	__u64 lead;		/* asked for, not sent yet */
	__u64 want;		/* one second's bytes */
	__u32 chunk;		/* bytes asked for at a time */
	__u32 file;
};

private struct ahead ts_ahead, raw_ahead;
private struct VideoSender_SendPacket ts_call, raw_call, mark_call;

private struct {
	__u64 size;
	__u64 bit_rate;
	__u64 pos;
	__u64 next_ns;		/* when the next datagram is due */
	__u64 fraction;		/* of a nanosecond, in units of 1 / bit_rate */
	__u32 burst;		/* datagrams that a tick may send … */
	__u32 left;		/* … and that this one still may */
	__u32 mark;		/* to be sent next, of those at the join */
	bool watched;		/* or else it stands still at its beginning */
	bool told;		/* that a call sent nothing */
} ts;

/*
 * What the receivers are told at the join, for each identifier of packets: that
 * its counter, and the clock if it carries that, go on elsewhere.
 */
private struct {
	__u16 pid[MARKS];
	__u8 counter[MARKS];	/* of the clip's first packet, less its own 1 */
	__u64 clock;		/* when the clip begins, in units of 1 / PCR_HZ */
	__u32 clock_pid;	/* TS_NULL: there is none */
	__u32 count;
} marks;

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
	bool watched;
	bool told;
} rgb;

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

/* Once for each clip: the counter says how often. */
static __noinline int tell_error(struct spin_ctx *ctx, __u32 format, __u64 pos,
				 int error)
{
	__u32 len;

	text_len = 0;
	if (format == VIDEO_RAW)
		say("the raw clip");
	else
		say("the clip");
	say(" cannot be sent from byte ");
	say_number(pos);
	say(": error ");
	say_number(-error);
	say("; is it shorter than it was, or the disk failing? What cannot be sent is left out, and counted in errors");
	len = text_len;
	if (len <= sizeof(text))
		spin_console_write(ctx, text, len);
	return 0;
}

/* Nobody exports VideoSender, or does not for us, or is being unloaded. */
static __always_inline bool no_sender(int result)
{
	return result == -ENXIO || result == -EACCES || result == -ESHUTDOWN;
}

static void ts_stop(__u64 now)
{
	ts.pos = 0;
	ts.next_ns = now;
	ts.fraction = 0;
	ts.mark = MARKS;
	ts.watched = false;
	ts_ahead.lead = 0;
}

/* What is due, or as much of it as goes at once. Returns: its datagrams. */
static __always_inline __u64 ts_next(__u64 now)
{
	__u64 n = 1 + (now - ts.next_ns) * ts.bit_rate /
		      (TS_DATAGRAM_BITS * SEC_NS);
	__u64 len = ts.size - ts.pos;

	if (n > TS_BURST)
		n = TS_BURST;
	if (n > ts.left)
		n = ts.left;
	if (len > n * TS_DATAGRAM)
		len = n * TS_DATAGRAM;
	else	/* to the end of the clip, where the last one may be short */
		n = (len + TS_DATAGRAM - 1) / TS_DATAGRAM;
	ts_call.offset = ts.pos;
	ts_call.len = len;
	ts_call.segment = len < TS_DATAGRAM ? len : TS_DATAGRAM;
	return n;
}

/* @n datagrams are on their way, or lost: what comes behind them, and when? */
static __always_inline void ts_advance(__u64 n)
{
	__u64 len = ts_call.len;
	__u64 due = ts.fraction + len * 8 * SEC_NS;

	ts_sends += n;
	ts.left -= n;
	ahead_sent(&ts_ahead, len);
	ts.pos += len;
	if (ts.pos >= ts.size) {
		ts.pos = 0;
		ts.mark = 0;
		ts_loops++;
	}
	ts.next_ns += due / ts.bit_rate;
	ts.fraction = due % ts.bit_rate;
}

/* Returns: as VideoSender.SendPacket. */
static __always_inline int ts_send(struct spin_ctx *ctx, __u64 now)
{
	__u64 n = ts_next(now);
	int sent;

	sent = SPIN_CALL_BLOCK_SLEEPABLE(ctx, VideoSender, SendPacket, &ts_call);
	if (no_sender(sent)) {
		/* It goes on from here when there is one again. */
		ts.next_ns = now;
		unsent++;
		return sent;
	}
	if (!sent) {
		ts_stop(now);
		return 0;
	}
	if (sent < 0) {
		errors++;
		if (!ts.told)
			tell_error(ctx, VIDEO_TS, ts.pos, sent);
		ts.told = true;
	}
	ts_advance(n);
	if (!ts.watched) {
		ts.watched = true;
		ahead_run(ctx, &ts_ahead, ts.pos);
	}
	return sent;
}

/*
 * A packet with an adaptation field and no payload, so that it has no number of
 * its own. It says that identifier @i begins anew, and where its clock does. No
 * more than its beginning fits in a call; the rest is private data, which no
 * receiver reads: bytes of the clip.
 */
static __always_inline void mark_set(__u32 i)
{
	__u8 *at = mark_call.header;
	__u64 base = marks.clock / 300;
	__u32 extension = marks.clock % 300;
	__u32 pid = marks.pid[i];

	__builtin_memset(at, 0xff, sizeof(mark_call.header));
	at[0] = TS_SYNC;
	at[1] = pid >> 8;
	at[2] = pid;
	at[3] = 0x20 | marks.counter[i];
	at[4] = TS_PACKET - 5;
	at[5] = 0x82;		/* discontinuity; private data */
	if (pid == marks.clock_pid) {
		at[5] |= 0x10;
		at[6] = base >> 25;
		at[7] = base >> 17;
		at[8] = base >> 9;
		at[9] = base >> 1;
		at[10] = (base & 1) << 7 | 0x7e | extension >> 8;
		at[11] = extension;
		at[12] = TS_PACKET - 13;
		at[13] = 0xfe;	/* of a kind that is free for users … */
		at[14] = TS_PACKET - 15;	/* … one piece, to the end */
	} else {
		at[6] = TS_PACKET - 7;
		at[7] = 0xfe;
		at[8] = TS_PACKET - 9;
	}
}

/* Returns: may one go on? */
static __noinline int mark_send(struct spin_ctx *ctx, __u64 now)
{
	int sent;

	mark_set(ts.mark & (MARKS - 1));
	sent = SPIN_CALL_BLOCK_SLEEPABLE(ctx, VideoSender, SendPacket, &mark_call);
	if (no_sender(sent)) {
		ts.next_ns = now;
		unsent++;
		return 0;
	}
	if (!sent) {
		ts_stop(now);
		return 0;
	}
	if (sent < 0)
		errors++;
	else
		ts_marks++;
	ts.mark++;
	ts.left--;
	return 1;
}

static __noinline int ts_run(struct spin_clock_tick *tick, __u64 now)
{
	int i;

	if (ts.watched)
		ahead_run(&tick->ctx, &ts_ahead, ts.pos);
	else
		ts.next_ns = now;
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
		if (ts.mark < marks.count) {
			if (!mark_send(&tick->ctx, now))
				break;
		} else if (ts_send(&tick->ctx, now) <= 0)
			break;
	}
	return 0;
}

static void raw_stop(__u64 now)
{
	rgb.frame = 0;
	rgb.line = 0;
	rgb.pixel = 0;
	rgb.sent = 0;
	rgb.start_ns = now;
	rgb.fraction = 0;
	rgb.watched = false;
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

/*
 * How many pixels of how many lines go into a datagram with its headers, and
 * whether it ends the frame.
 */
struct piece {
	__u32 lines;
	__u32 pixels;
	bool last;
};

static __always_inline void raw_next(struct piece *piece)
{
	__u8 *header = (__u8 *)raw_call.header;
	__u32 line = rgb.line, pixel = rgb.pixel;
	__u32 lines = 1, pixels = rgb.pixels, k;

	if (rgb.lines) {
		lines = rgb.lines;
		if (lines > rgb.height - line)
			lines = rgb.height - line;
		pixels = rgb.width;
	} else if (pixels > rgb.width - pixel) {
		pixels = rgb.width - pixel;
	}
	piece->lines = lines;
	piece->pixels = pixels;
	piece->last = line + lines >= rgb.height && pixel + pixels >= rgb.width;

	header[0] = 2 << 6;
	header[1] = RTP_TYPE | (piece->last ? 0x80 : 0);
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
	raw_call.header_len = RAW_HEADER + lines * RAW_LINE_HEADER;
	raw_call.flags = rgb.sent ? 0 : VIDEO_SENDER_START;
	raw_call.offset = VIDEO_CLIP_PAGE + rgb.frame * rgb.stride +
			  (__u64)line * rgb.line_bytes + pixel * RGB;
	raw_call.len = lines * pixels * RGB;
}

static void raw_next_frame(void)
{
	__u64 due = rgb.fraction + SEC_NS * rgb.rate_den;

	rgb.start_ns += due / rgb.rate_num;
	rgb.fraction = due % rgb.rate_num;
	rgb.line = 0;
	rgb.pixel = 0;
	rgb.sent = 0;
	rgb.frame++;
	if (rgb.frame >= rgb.frames)
		rgb.frame = 0;
	rgb.frame_no++;
	raw_frames++;
	ahead_sent(&raw_ahead, rgb.stride);
}

static __always_inline void raw_advance(const struct piece *piece)
{
	raw_sends++;
	rgb.sequence++;
	rgb.sent++;
	rgb.pixel += piece->pixels;
	if (rgb.pixel >= rgb.width) {
		rgb.pixel = 0;
		rgb.line += piece->lines;
	}
	if (piece->last)
		raw_next_frame();
}

/* Returns: as VideoSender.SendPacket. */
static __always_inline int raw_send(struct spin_ctx *ctx, __u64 now)
{
	struct piece piece;
	int sent;

	raw_next(&piece);
	sent = SPIN_CALL_BLOCK_SLEEPABLE(ctx, VideoSender, SendPacket, &raw_call);
	if (no_sender(sent)) {
		/* The rest of the frame is late in the same way. */
		rgb.start_ns = now - rgb.sent * rgb.step_ns;
		unsent++;
		return sent;
	}
	if (!sent) {
		raw_stop(now);
		return 0;
	}
	if (sent < 0) {
		errors++;
		if (!rgb.told)
			tell_error(ctx, VIDEO_RAW, raw_call.offset, sent);
		rgb.told = true;
	}
	raw_advance(&piece);
	if (!rgb.watched) {
		rgb.watched = true;
		ahead_run(ctx, &raw_ahead, rgb.frame * rgb.stride);
	}
	return sent;
}

static __always_inline void raw_begin_frame(__u64 now)
{
	if (rgb.start_ns + SEC_NS / 5 < now) {
		rgb.start_ns = now;
		raw_resyncs++;
	}
	rgb.timestamp = RTP_HZ + rgb.frame_no * RTP_HZ * rgb.rate_den /
				 rgb.rate_num;
	/* ffmpeg takes 0 for "no frame yet", and drops it. */
	if (!rgb.timestamp)
		rgb.timestamp = 1;
}

static __noinline int raw_run(struct spin_clock_tick *tick, __u64 now)
{
	int i;

	if (rgb.watched)
		ahead_run(&tick->ctx, &raw_ahead, rgb.frame * rgb.stride);
	else
		rgb.start_ns = now;
	spin_for(i, 0, BURST_MAX) {
		if (i >= rgb.burst || now < rgb.start_ns + rgb.sent * rgb.step_ns)
			break;
		if (!rgb.sent)
			raw_begin_frame(now);
		if (raw_send(&tick->ctx, now) <= 0)
			break;
	}
	return 0;
}

#define TICKS_SERVED	5
private __u32 ticks;

SPIN_SLEEPABLE_HANDLER(run, struct spin_clock_tick *tick)
{
	__u64 now = tick->now_ns;

	/*
	 * The receivers come and go here, so that the sends find them settled. A
	 * request can wait for that as long as a fifth tick.
	 */
	if (ticks++ % TICKS_SERVED == 0)
		SPIN_CALL_SLEEPABLE(&tick->ctx, VideoSender, Tick,
				    .now_ns = now);
	ts_run(tick, now);
	if (raw)
		raw_run(tick, now);
	return 0;
}

/* --- what they are ------------------------------------------------------- */

SPIN_HANDLER(describe, struct spin_call *call)
{
	struct VideoSource_Describe out = {
		.format = SPIN_ARG(call, VideoSource, Describe, format),
	};

	if (out.format == VIDEO_TS) {
		out.bit_rate = ts.bit_rate;
		out.datagram = TS_DATAGRAM;
	} else if (out.format == VIDEO_RAW && raw) {
		out.width = rgb.width;
		out.height = rgb.height;
		out.rate_num = rgb.rate_num;
		out.rate_den = rgb.rate_den;
		out.bit_rate = rgb.bit_rate;
		out.datagram = RAW_PAYLOAD;
	} else {
		return -ENOENT;
	}
	__sync_fetch_and_add(&described, 1);
	return spin_call_store(call, 0, &out, sizeof(out));
}

/* --- the clips ----------------------------------------------------------- */

private __u8 page[VIDEO_CLIP_PAGE] __attribute__((aligned(8)));

/* What the look at the clip has found so far. */
private struct {
	__u64 pos;		/* to be looked at next */
	__u64 step;		/* passed over behind a clock; 0: nothing is */
	__u64 first_pos;	/* of the packet with the first PCR */
	__u64 first;		/* PCRs are in units of 1 / PCR_HZ */
	__u64 first_seen;	/* first_pos, if the clock begins anew behind it */
	__u64 last_pos;
	__u64 last;
	__u64 time;		/* from the first one, in these units */
	/* what a byte may take, at the least and at the most, << 20 */
	__u64 least;
	__u64 most;
	__u64 jump_pos;		/* not 0: the clock jumps there … */
	__u64 jump_from;
	__u64 jump_to;
	__u64 varies_pos;	/* not 0: … or the bit rate is another there */
	__u32 pid;
	bool found;
	bool passed;		/* something was passed over */
	bool skip;
} scan;

private __u64 pid_seen[(TS_NULL + 1) / 64];

/* The clock reads @value at @pos, @bytes behind the first one. */
static __noinline int clock_check(__u64 pos, __u64 bytes)
{
	__u64 time = scan.time, most, least = 0;

	if (!bytes || time > PCR_LONG)
		return 0;
	/* At a rate that is right for all of them, none is far from its time. */
	most = ((time + PCR_DRIFT) << 20) / bytes;
	if (time > PCR_DRIFT)
		least = ((time - PCR_DRIFT) << 20) / bytes;
	if (most < scan.most)
		scan.most = most;
	if (least > scan.least)
		scan.least = least;
	if (scan.least > scan.most && !scan.varies_pos)
		scan.varies_pos = pos;
	return 0;
}

/* A PCR of the identifier we go by; @begins: the packet says that it jumps. */
static __noinline int clock_look(__u64 value, __u64 pos, bool begins)
{
	__u64 ahead = value >= scan.last ? value - scan.last :
					   value + PCR_WRAP - scan.last;
	__u64 bytes = scan.last_pos - scan.first_pos;

	if (begins) {
		/* It is told to the receivers; time goes on as until now. */
		ahead = bytes ? (pos - scan.last_pos) * (scan.time >> 10) /
				((bytes >> 10) + 1) : 0;
	} else if (ahead > PCR_WRAP / 2 || (ahead > PCR_JUMP && !scan.passed)) {
		if (!scan.jump_pos) {
			scan.jump_pos = pos;
			scan.jump_from = scan.last;
			scan.jump_to = value;
		}
		ahead = 0;
	}
	if (begins && !bytes)
		scan.first_pos = pos;
	scan.time += ahead;
	scan.last = value;
	scan.last_pos = pos;
	scan.passed = false;
	return clock_check(pos, pos - scan.first_pos);
}

/* The clock reference of a packet, if it has one. */
static __always_inline void pcr_look(const __u8 *packet, __u32 pid, __u64 pos)
{
	__u64 value;

	/* Damaged on its way here; or no adaptation field, or no PCR in it? */
	if (packet[1] & 0x80 || !(packet[3] & 0x20) || packet[4] < 7 ||
	    !(packet[5] & 0x10) || (scan.found && pid != scan.pid))
		return;
	value = (__u64)packet[6] << 25 | packet[7] << 17 | packet[8] << 9 |
		packet[9] << 1 | packet[10] >> 7;
	value = value * 300 + ((packet[10] & 1) << 8 | packet[11]);
	if (scan.found) {
		clock_look(value, pos, packet[5] & 0x80);
	} else {
		scan.found = true;
		scan.pid = pid;
		scan.first = scan.last = value;
		scan.first_pos = scan.last_pos = scan.first_seen = pos;
	}
	scan.skip = scan.step;
}

/* The first packet of each identifier. */
static __always_inline void pid_look(const __u8 *packet, __u32 pid)
{
	__u32 i = marks.count;

	__u64 *seen = &pid_seen[pid / 64 & (TS_NULL / 64)];
	__u64 bit = 1ULL << (pid & 63);

	if (pid == TS_NULL || *seen & bit || i >= MARKS || packet[1] & 0x80)
		return;
	*seen |= bit;
	marks.pid[i] = pid;
	/* One with payload counts itself. */
	marks.counter[i] = (packet[3] - (packet[3] >> 4 & 1)) & 15;
	marks.count = i + 1;
}

static __noinline int say_damaged(__u64 pos)
{
	if (!pos) {
		say("not an MPEG transport stream: byte 0 of the clip is not 0x47");
		return -EINVAL;
	}
	say("damaged clip: a packet should begin at byte ");
	say_number(pos);
	say(", which is not 0x47: make a whole one with ffmpeg -i CLIP -map 0 -c copy -f mpegts NEW.ts");
	return -EINVAL;
}

/* One read: packets behind one another. */
static __noinline int ts_scan(struct spin_initialize *init)
{
	__u64 pos = scan.pos;
	int i, got;

	got = spin_file_read(&init->ctx, clip, pos, page, TS_SCAN_BYTES);
	if (got < 0) {
		say("cannot read the clip");
		return -EIO;
	}
	scan.skip = false;
	scan.pos = pos + TS_SCAN_BYTES;
	spin_for(i, 0, TS_SCAN_PACKETS) {
		const __u8 *packet = page + i * TS_PACKET;
		__u64 at = pos + i * TS_PACKET;
		__u32 pid = (packet[1] & 0x1f) << 8 | packet[2];

		if ((i + 1) * TS_PACKET > got)
			break;
		if (packet[0] != TS_SYNC)
			return say_damaged(at);
		pid_look(packet, pid);
		pcr_look(packet, pid, at);
		/* The end is looked at whole, for the last clock there is. */
		if (scan.skip && at + scan.step + TS_SCAN_TAIL < ts.size) {
			scan.pos = at + scan.step;
			scan.passed = true;
			break;
		}
	}
	return 0;
}

static __noinline int ts_scan_all(struct spin_initialize *init)
{
	int i, err;

	__builtin_memset(&scan, 0, sizeof(scan));
	__builtin_memset(&marks, 0, sizeof(marks));
	spin_for(i, 0, (TS_NULL + 1) / 64)
		pid_seen[i] = 0;
	marks.clock_pid = TS_NULL;
	scan.most = ~0ULL;
	if (ts.size > TS_SCAN_WHOLE)
		scan.step = ts.size / TS_SCAN_SAMPLES / TS_PACKET * TS_PACKET;
	spin_for(i, 0, TS_SCAN_READS) {
		if (scan.pos >= ts.size)
			break;
		err = ts_scan(init);
		if (err)
			return err;
	}
	return 0;
}

/* Are there five packets of @size bytes, whose first begins with @before more? */
static __always_inline bool packets_of(__u32 size, __u32 before)
{
	return page[before] == TS_SYNC && page[before + size] == TS_SYNC &&
	       page[before + 2 * size] == TS_SYNC &&
	       page[before + 3 * size] == TS_SYNC &&
	       page[before + 4 * size] == TS_SYNC;
}

/* Packets as some keep them, with something between them. */
static __noinline int ts_check_packets(struct spin_initialize *init)
{
	int got = spin_file_read(&init->ctx, clip, 0, page, TS_DATAGRAM);

	if (got < 0) {
		say("cannot read the clip");
		return -EIO;
	}
	if (got < TS_DATAGRAM || packets_of(TS_PACKET, 0))
		return 0;
	if (packets_of(192, 4))
		say("the clip has packets of 192 bytes (M2TS)");
	else if (packets_of(204, 0))
		say("the clip has packets of 204 bytes (with Reed-Solomon codes)");
	else
		return 0;
	say(", which are not sent as they are: make ones of 188 with ffmpeg -i CLIP -map 0 -c copy -f mpegts NEW.ts");
	return -EINVAL;
}

static __noinline int ts_check(struct spin_initialize *init)
{
	__s64 size = spin_file_size(&init->ctx, clip);
	int err;

	if (size < 0) {
		say("cannot tell the size of the clip");
		return -EIO;
	}
	if (!size) {
		say("truncated clip: the file is empty");
		return -EINVAL;
	}
	ts.size = size;
	err = ts_check_packets(init);
	if (err)
		return err;
	if (page[0] != TS_SYNC)
		return say_damaged(0);
	if (ts.size < TS_DATAGRAM) {
		say("truncated clip: ");
		say_number(ts.size);
		say(" bytes do not fill one datagram of 1316");
		return -EINVAL;
	}
	err = ts_scan_all(init);
	if (err)
		return err;
	if (ts.size % TS_PACKET) {
		say("truncated clip: ");
		say_number(ts.size);
		say(" bytes are no whole number of 188-byte packets: cut off the piece with truncate -s ");
		say_number(ts.size - ts.size % TS_PACKET);
		return -EINVAL;
	}
	return 0;
}

static __noinline int say_jump(void)
{
	say("the clip's clock jumps at byte ");
	say_number(scan.jump_pos);
	say(", from ");
	say_number(scan.jump_from / PCR_HZ);
	say(" s to ");
	say_number(scan.jump_to / PCR_HZ);
	say(" s: say --set ts_bitrate=BITS-PER-SECOND, or make one clip of the parts");
	return -EINVAL;
}

static __noinline int say_varies(void)
{
	say("the clip is of no constant bit rate: at byte ");
	say_number(scan.varies_pos);
	say(" its clock is half a second off; on average it has ");
	say_number(ts.bit_rate);
	say(": fill it up with ffmpeg -i CLIP -map 0 -c copy -f mpegts -muxrate RATE NEW.ts, or say --set ts_bitrate");
	return -EINVAL;
}

/* Bits per second, of @bytes in @time. */
static __always_inline __u64 rate_of(__u64 bytes, __u64 time)
{
	/* 8 * PCR_HZ has 28 bits. */
	if (bytes >> 36) {
		bytes >>= 12;
		time >>= 12;
	}
	return time ? bytes * 8 * PCR_HZ / time : 0;
}

/* The rate by which no PCR is far from its time; that of the whole if it is. */
static __noinline int ts_find_rate(void)
{
	__u64 bytes = scan.last_pos - scan.first_pos, time = scan.time;

	if (scan.jump_pos)
		return say_jump();
	if (!bytes || !time) {
		say("the clip has no clock (PCR) to tell its bit rate by: say --set ts_bitrate=BITS-PER-SECOND");
		return -EINVAL;
	}
	ts.bit_rate = rate_of(bytes, time);
	if (scan.varies_pos)
		return say_varies();
	/* Its end may be a little early or late: that says nothing of the rest. */
	if (time < PCR_LONG && (time << 20) / bytes > scan.most)
		ts.bit_rate = (8 * PCR_HZ << 20) / scan.most;
	else if (time < PCR_LONG && (time << 20) / bytes < scan.least)
		ts.bit_rate = (8 * PCR_HZ << 20) / scan.least;
	return 0;
}

/* When the clip begins, by its own clock: before its first PCR. */
static __always_inline void marks_set(void)
{
	__u64 before;

	mark_call.file = SPIN_PASS(clip, SPIN_RIGHT_READ);
	mark_call.format = VIDEO_TS;
	mark_call.header_len = sizeof(mark_call.header);
	mark_call.len = TS_PACKET - sizeof(mark_call.header);
	ts.mark = MARKS;
	if (!scan.found)
		return;
	/* A step before the first PCR: of megabytes at the most. */
	before = scan.first_seen * 8 * PCR_HZ / ts.bit_rate;
	marks.clock_pid = scan.pid;
	marks.clock = (scan.first + PCR_WRAP - before % PCR_WRAP) % PCR_WRAP;
}

static __noinline int ts_set(struct spin_initialize *init)
{
	int err;

	ts.bit_rate = ts_bitrate;
	if (!ts_bitrate) {
		err = ts_find_rate();
		if (err)
			return err;
	}
	if (ts.bit_rate < 8 * TS_PACKET || ts.bit_rate > TS_RATE_MAX) {
		say("a bit rate of ");
		say_number(ts.bit_rate);
		say(" cannot be served: 1504 to 400000000 bits per second can");
		return -EINVAL;
	}
	ts_call.file = SPIN_PASS(clip, SPIN_RIGHT_READ);
	ts_call.format = VIDEO_TS;
	ts_call.flags = VIDEO_SENDER_START;
	/* Twice what one tick's time has, to make up for late ones. */
	ts.burst = 4 + 2 * (ts.bit_rate * TICK_NS /
			(TS_DATAGRAM_BITS * SEC_NS));
	ahead_set(&ts_ahead, clip, 0, ts.size, ts.bit_rate);
	marks_set();
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
	raw_call.file = SPIN_PASS(raw, SPIN_RIGHT_READ);
	raw_call.format = VIDEO_RAW;
	ahead_set(&raw_ahead, raw, VIDEO_CLIP_PAGE, rgb.frames * rgb.stride,
		  rgb.bit_rate);
	return 0;
}

SPIN_SLEEPABLE_HANDLER(look_at_clips, struct spin_initialize *init)
{
	__u32 len;
	int err;

	text_len = 0;
	err = ts_check(init);
	if (!err)
		err = ts_set(init);
	if (!err && raw)
		err = raw_check(init);
	if (!err && raw)
		err = raw_set(init);
	if (!err) {
		say("MPEG-TS at ");
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
	.handler = look_at_clips);

SPIN_IMPLEMENT(VideoSource, Describe, description,
	.handler = describe);

SPIN_BIND(Clock_Tick, streams_out,
	.handler = run,
	.period_us = TICK_US);
