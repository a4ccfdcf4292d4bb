/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The subscribe protocol of the video server, and the layout of the raw clips it
 * streams. Documentation/video.rst is the manual; this is what the extensions
 * and the user programs have in common.
 *
 * A request and a reply have the same size, so that nobody can use the server
 * to make much traffic out of little.
 */
#ifndef _VIDEO_PROTOCOL_H
#define _VIDEO_PROTOCOL_H

#include <linux/types.h>

#define VIDEO_MAGIC		0x53504e56	/* "SPNV" */
#define VIDEO_VERSION		1
#define VIDEO_SERVER_PORT	4175		/* where the server listens */
#define VIDEO_CLIENT_PORT	4176		/* where a client does */
#define VIDEO_MESSAGE_LEN	48

enum video_type {
	/* requests */
	VIDEO_SUBSCRIBE		= 1,	/* start the stream, or renew the lease */
	VIDEO_LEAVE		= 2,	/* stop it */
	VIDEO_DESCRIBE		= 3,	/* what would I get? */
	/* replies; no server answers one, so two servers cannot be set talking */
	VIDEO_CHALLENGE		= 0x81,	/* ask again with this cookie */
	VIDEO_ACCEPTED		= 0x82,	/* subscribed, for lease_s seconds */
	VIDEO_REFUSED		= 0x83,	/* see reason */
	VIDEO_LEFT		= 0x84,	/* no longer subscribed */
	VIDEO_DESCRIPTION	= 0x85,	/* what ACCEPTED says; not subscribed */
};

enum video_format {
	VIDEO_TS		= 1,	/* MPEG transport stream over UDP */
	VIDEO_RAW		= 2,	/* 8-bit RGB in RTP (RFC 4175) */
};

enum video_reason {
	VIDEO_FULL		= 1,	/* no room for another subscriber */
	VIDEO_NO_FORMAT		= 2,	/* this server has no such stream */
	VIDEO_BAD_PORT		= 3,	/* no stream to a port below 1024 */
	VIDEO_TOO_BIG		= 4,	/* the route takes no datagrams of that size */
	VIDEO_NO_ROUTE		= 5,	/* the server cannot send there */
};

/**
 * struct video_request - from a client to the server; network byte order
 * @magic: VIDEO_MAGIC
 * @version: VIDEO_VERSION
 * @type: VIDEO_SUBSCRIBE, VIDEO_LEAVE or VIDEO_DESCRIBE
 * @format: enum video_format
 * @zero: 0
 * @port: where the stream is to go, at the sender's own address; 0: to the
 *	port this comes from
 * @zero2: 0
 * @nonce: any number; the reply repeats it
 * @cookie: the server's, 0 if the client has none yet
 * @pad: 0
 */
struct video_request {
	__be32 magic;
	__u8 version;
	__u8 type;
	__u8 format;
	__u8 zero;
	__be16 port;
	__be16 zero2;
	__be32 nonce;
	__be64 cookie;
	__u8 pad[24];
};

/**
 * struct video_reply - from the server to a client; network byte order
 * @magic: VIDEO_MAGIC
 * @version: VIDEO_VERSION
 * @type: VIDEO_CHALLENGE, …
 * @format: as in the request
 * @reason: enum video_reason of a refusal, else 0
 * @port: where the stream goes
 * @lease_s: seconds until it ends unless renewed
 * @nonce: as in the request
 * @cookie: to be put in further requests; 0 in a refusal
 * @width: of the picture; this and the next three are 0 if not raw video
 * @height: of the picture
 * @rate_num: pictures per second, numerator
 * @rate_den: denominator
 * @bit_rate: of the stream without UDP and IP headers, bits per second
 */
struct video_reply {
	__be32 magic;
	__u8 version;
	__u8 type;
	__u8 format;
	__u8 reason;
	__be16 port;
	__be16 lease_s;
	__be32 nonce;
	__be64 cookie;
	__be32 width;
	__be32 height;
	__be32 rate_num;
	__be32 rate_den;
	__be64 bit_rate;
};

_Static_assert(sizeof(struct video_request) == VIDEO_MESSAGE_LEN, "request");
_Static_assert(sizeof(struct video_reply) == VIDEO_MESSAGE_LEN, "reply");

#define VIDEO_CLIP_MAGIC	"SPINRAW1"
#define VIDEO_CLIP_PAGE		4096
#define VIDEO_CLIP_SIDE_MAX	4096		/* pixels, either way */
#define VIDEO_CLIP_RATE_MAX	240		/* pictures per second */

/**
 * struct video_clip - the start of a raw clip; little endian
 * @magic: VIDEO_CLIP_MAGIC, without a NUL
 * @width: pixels in a line
 * @height: lines in a frame
 * @rate_num: frames per second, numerator
 * @rate_den: denominator
 * @frames: how many there are
 * @line_bytes: from one line to the next: 3 * width
 * @frame_stride: from one frame to the next: width * height * 3, rounded up to
 *	VIDEO_CLIP_PAGE, so that every frame starts on a page
 *
 * The rest of the first VIDEO_CLIP_PAGE bytes is zero; frame 0 follows. A
 * pixel is three bytes: red, green, blue.
 */
struct video_clip {
	__u8 magic[8];
	__le32 width;
	__le32 height;
	__le32 rate_num;
	__le32 rate_den;
	__le32 frames;
	__le32 line_bytes;
	__le64 frame_stride;
};

_Static_assert(sizeof(struct video_clip) == 40, "clip");

#endif /* _VIDEO_PROTOCOL_H */
