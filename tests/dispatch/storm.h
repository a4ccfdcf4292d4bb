/* SPDX-License-Identifier: GPL-2.0 */
/* What the handlers of the storm note; shared by them and storm.c. */
#ifndef _SPIN_TESTS_STORM_H
#define _SPIN_TESTS_STORM_H

#include "../kmod/spin_events.h"

enum storm_kind {
	STORM_VERSIONED	= 1,	/* always there, in changing versions */
	STORM_BLINKING	= 2,	/* loaded and unloaded: all of it or none */
	STORM_NOISE	= 3,	/* bindings that come and go, in order */
};

static inline __u64 storm_note(__u64 kind, __u64 version, __u64 place)
{
	return kind << 56 | version << 32 | place;
}

#define STORM_KIND(NOTE)	((NOTE) >> 56)
#define STORM_VERSION(NOTE)	((NOTE) >> 32 & 0xffffff)
#define STORM_PLACE(NOTE)	((NOTE) & 0xffffffff)

#endif /* _SPIN_TESTS_STORM_H */
