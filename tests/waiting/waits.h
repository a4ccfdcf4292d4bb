/* SPDX-License-Identifier: GPL-2.0 */
/* What extension waits-* do for each number of a call (tests/waiting/waits.c). */
#ifndef _SPIN_TESTS_WAITS_H
#define _SPIN_TESTS_WAITS_H

enum waits_number {
	WAITS_LOOP	= 1,	/* loops until somebody waits for its end */
	WAITS_LOOP_OWING = 2,	/* the same, with a removed binding to be reaped */
	WAITS_CHURN	= 3,	/* makes and removes a binding, arg[0] times */
	WAITS_LATER	= 4,	/* loops, in a binding made by `spinctl binding` */
	WAITS_NOTHING	= 5,	/* nobody takes it */
	WAITS_READ	= 6,	/* 8 bytes of its file at arg[0] */
};

#endif /* _SPIN_TESTS_WAITS_H */
