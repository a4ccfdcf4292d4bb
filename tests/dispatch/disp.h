/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the bindings of use/model.bpf.c do is said by their closures, so that
 * programs in user space can make any binding they want, and know what it will
 * do. Shared by both.
 */
#ifndef _SPIN_TESTS_DISP_H
#define _SPIN_TESTS_DISP_H

#include "../kmod/spin_events.h"

/*
 * A closure, from bit 0:
 *
 *	20	number, noted when the handler runs
 *	3 * 8	for each guard: mask (4), and what the masked argument value must
 *		be (4)
 *	4	result: DISP_RESULT_*
 *	2	what to change: 0 nothing, 1 argument a, 2 c, 3 value
 *	4	what to exclusive-or it with
 *	1	the post-guard rejects odd results
 */
#define DISP_NUMBER(C)		((C) & 0xfffff)
#define DISP_GUARD(C, I)	((C) >> (20 + 8 * (I)) & 0xff)
#define DISP_RESULT(C)		((C) >> 44 & 0xf)
#define DISP_CHANGE(C)		((C) >> 48 & 3)
#define DISP_CHANGE_BY(C)	((C) >> 50 & 0xf)
#define DISP_REJECT_ODD(C)	((C) >> 54 & 1)

/* 0 to 13 are results by themselves. */
#define DISP_RESULT_NEGATIVE	14	/* -5: valid, and counted as an error */
#define DISP_RESULT_INVALID	15	/* 5000: taken as 0 */

static inline int disp_result(__u64 closure)
{
	switch (DISP_RESULT(closure)) {
	case DISP_RESULT_NEGATIVE:
		return -5;
	case DISP_RESULT_INVALID:
		return 5000;
	default:
		return DISP_RESULT(closure);
	}
}

static inline _Bool disp_guard(__u64 guard, __u64 value)
{
	return (value & guard & 0xf) == guard >> 4;
}

/* A handler's note: its number, and the arguments as it saw them. */
static inline __u64 disp_note(__u64 closure, __u64 a, __u64 c, __u64 value)
{
	return DISP_NUMBER(closure) | (a & 0xff) << 20 | (c & 0xff) << 28 |
	       (value & 0xff) << 36;
}

#define DISP_NOTE_NUMBER(NOTE)	((NOTE) & 0xfffff)

/* Another one, when a change was refused: and the errno. */
#define DISP_NOTE_REFUSED	(1ULL << 60)
/* When a nested raise has ended: and its result. */
#define DISP_NOTE_NESTED	(2ULL << 60)
/* What the binding that installs and asks was told. */
#define DISP_NOTE_ANSWER	(3ULL << 60)

/* Slots of the templates: event * DISP_SHAPES + shape + 1. */
enum disp_shape {
	DISP_PLAIN	= 0,	/* no guard */
	DISP_GUARDED	= 1,	/* one */
	DISP_ALL	= 2,	/* three, and a post-guard */
	DISP_POST	= 3,	/* a post-guard */
	DISP_NEST	= 4,	/* raises its event again, with value - 1 */
	DISP_LIGHT	= 5,	/* notes its number, and no more */
	DISP_SHAPES
};

#define DISP_SLOT(EVENT, SHAPE)	((EVENT) * DISP_SHAPES + (SHAPE) + 1)

/* What "ops", a binding of Events.Quiet, does, by argument b. */
enum disp_op {
	DISP_OP_INSTALL		= 1,	/* slot c, closure a, order d; notes the id */
	DISP_OP_UNINSTALL	= 2,	/* binding a */
	DISP_OP_IS_INSTALLED	= 3,	/* binding a */
	DISP_OP_HANDLERS	= 4,	/* notes the number, and the ids */
};

#endif /* _SPIN_TESTS_DISP_H */
