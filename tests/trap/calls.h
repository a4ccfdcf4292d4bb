/* SPDX-License-Identifier: GPL-2.0 */
/* What extension trap does for each number (tests/trap/calls.c). */
#ifndef _SPIN_TESTS_CALLS_H
#define _SPIN_TESTS_CALLS_H

enum calls_number {
	CALLS_NULL	= 0,	/* nothing */
	CALLS_SUM	= 1,	/* the sum of the arguments */
	CALLS_ERRNO	= 2,	/* fails with arg[0] */
	CALLS_WHO	= 3,	/* uid << 32 | pid */
	CALLS_FILE	= 4,	/* number of the open file */
	CALLS_DOUBLE	= 5,	/* twice arg[0], by the sleepable handler */
	CALLS_REVERSE	= 6,	/* 8 bytes of the buffer at arg[0], reversed */
	CALLS_OPEN	= 7,	/* reference to a value of type arg[0], arg[1] */
	CALLS_GET	= 8,	/* value of reference arg[0], type arg[1] */
	CALLS_DELETE	= 9,	/* deletes reference arg[0] */
	CALLS_WAIT	= 10,	/* until CALLS_GO, or the unload; sleepable */
	CALLS_GO	= 11,
	CALLS_MINE	= 12,	/* from now on this file's CALLS_CLOSURE: arg[0] */
	CALLS_CLOSURE	= 13,	/* what it said then */
	CALLS_EDGES	= 14,	/* reads and writes beyond the buffer */
	CALLS_UNKNOWN	= 15,	/* all pass */
	CALLS_FILE_OPEN	= 16,	/* reference to its file, with rights arg[0] */
	CALLS_FILE_READ	= 17,	/* 8 bytes at arg[0] of the n-th argument; sleepable */
	CALLS_FILE_AGAIN = 18,	/* reference to the argument, with rights arg[0] */
	CALLS_ARGUMENTS	= 19,	/* how many capabilities came along */
	CALLS_FILE_MANY	= 20,	/* as many references as there may be; sleepable */
};

#endif /* _SPIN_TESTS_CALLS_H */
