/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface VideoSender, exported by the extension video-sender: what a source
 * of video gives its streams to. An extension that does more with them than
 * to send them to one receiver handles these procedures, as video-multicast
 * does.
 */
#ifndef _VIDEO_SENDER_H
#define _VIDEO_SENDER_H

#include <spin/bpf/proc.h>

#define VIDEO_SENDER_HEADER_MAX	40

enum video_sender_flag {
	/* A receiver that has got nothing yet can begin with this. */
	VIDEO_SENDER_START	= 1U << 0,
};

/*
 * SendPacket - send what a stream has now. Arguments:
 *
 * file		where the payload is; with SPIN_RIGHT_READ, for the call's time
 * format	which stream: enum video_format
 * flags	enum video_sender_flag
 * offset	of the payload in the file, bytes
 * len		bytes of payload
 * segment	if not 0, the payload is cut into datagrams of so many bytes, the
 *		last one of what is left; without a header only
 * header_len	bytes of header that go before the payload
 * header	of a single datagram
 *
 * Returns: how many receivers it is for, also if some could not be sent it; 0:
 * nobody watches the stream; -EINVAL: header_len, format; -EIO, -ENODATA: the
 * payload cannot be read, so nobody got it; -EBUSY: another caller is served now;
 * -ENXIO: nobody exports VideoSender.
 */
SPIN_PROCEDURE(VideoSender, SendPacket, SPIN_PROC_SLEEPABLE,
	spin_file_t file;
	__u16 format;
	__u16 flags;
	__u64 offset;
	__u32 len;
	__u16 segment;
	__u16 header_len;
	__u8 header[VIDEO_SENDER_HEADER_MAX];
)

/*
 * Tick - the source's time. It calls this some twenty times a second, before it
 * sends what has become due, so that the handler of SendPacket has a thread for
 * its other work: the same one. Argument: now_ns, CLOCK_MONOTONIC.
 *
 * Returns: 0; -EBUSY, -ENXIO: as above.
 */
SPIN_PROCEDURE(VideoSender, Tick, SPIN_PROC_SLEEPABLE,
	__u64 now_ns;
)

#endif /* _VIDEO_SENDER_H */
