/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface VideoSource, exported by the extension video-source: what its
 * streams are.
 */
#ifndef _VIDEO_SOURCE_H
#define _VIDEO_SOURCE_H

#include <spin/bpf/proc.h>

/*
 * Describe - what a stream is. Arguments:
 *
 * format	which: enum video_format; the rest is filled in
 * width	of the picture in pixels; this and the next three are 0 if the
 *		stream itself says it
 * height	of the picture in pixels
 * rate_num	pictures per second, numerator
 * rate_den	denominator
 * datagram	bytes of payload in the largest datagram
 * bit_rate	without UDP and IP headers, bits per second
 *
 * Returns: 0; -ENOENT: there is no such stream; -ENXIO: nobody exports
 * VideoSource.
 */
SPIN_PROCEDURE(VideoSource, Describe, SPIN_PROC_VAR,
	__u32 format;
	__u32 width;
	__u32 height;
	__u32 rate_num;
	__u32 rate_den;
	__u32 datagram;
	__u64 bit_rate;
)

#endif /* _VIDEO_SOURCE_H */
