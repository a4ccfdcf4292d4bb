/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sentences that video-source and video-multicast put together for the log. One
 * thread at a time may use them, as all of these are in one text:
 *
 *	text_len = 0;
 *	say("error ");
 *	say_number(-error);
 */
#ifndef VIDEO_TEXT_H
#define VIDEO_TEXT_H

#include <spin/bpf/spin.h>

static __attribute__((used)) char text[256];
static __attribute__((used)) __u32 text_len;

#define say(LITERAL) say_bytes(LITERAL, sizeof(LITERAL) - 1)

/* What does not fit is left out. */
static __always_inline void say_bytes(const char *bytes, const __u32 len)
{
	__u32 at = text_len;

	if (at > sizeof(text) - len)
		return;
	__builtin_memcpy(text + at, bytes, len);
	text_len = at + len;
}

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

#endif /* VIDEO_TEXT_H */
