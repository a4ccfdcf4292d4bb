/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a test program of this folder says to tests/run/run, one result a
 * line: "ok NAME", "not ok NAME" followed by "# expected: …" and "# seen: …",
 * or "skip NAME REASON". The runner numbers them.
 */
#ifndef _SPIN_TESTS_TAP_H
#define _SPIN_TESTS_TAP_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static inline void ok(const char *name)
{
	printf("ok %s\n", name);
	fflush(stdout);
}

__attribute__((format(printf, 2, 3)))
static inline void skip(const char *name, const char *fmt, ...)
{
	va_list args;

	printf("skip %s ", name);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

/* A result: @good, or what was expected and what was seen. */
__attribute__((format(printf, 4, 5)))
static inline bool check(const char *name, bool good, const char *expected,
			 const char *fmt, ...)
{
	va_list args;

	if (good) {
		ok(name);
		return true;
	}
	printf("not ok %s\n# expected: %s\n# seen: ", name, expected);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	return false;
}

/* A call's negative errno, or what it returned. */
static inline int result(long ret)
{
	return ret < 0 ? -errno : ret;
}

static inline const char *said(int ret)
{
	static char text[4][48];
	static int at;
	char *to = text[at++ % 4];

	if (ret < 0)
		snprintf(to, sizeof(text[0]), "%s", strerrorname_np(-ret));
	else
		snprintf(to, sizeof(text[0]), "%d", ret);
	return to;
}

/* @ret as result() gave it, and as it was to be. */
static inline bool expect(const char *name, int ret, int expected)
{
	return check(name, ret == expected, said(expected), "%s", said(ret));
}

/* The test cannot go on. */
__attribute__((format(printf, 1, 2), noreturn))
static inline void give_up(const char *fmt, ...)
{
	va_list args;

	printf("not ok %s\n# expected: the test can be set up\n# seen: ",
	       program_invocation_short_name);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf(" (%s)\n", strerror(errno));
	exit(1);
}

static inline double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static inline void nap(int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

/* Looks at a condition until it holds or @SECONDS are over; its last value. */
#define wait_for(CONDITION, SECONDS)				\
({								\
	double until_ = now() + (SECONDS);			\
	bool holds_;						\
	while (!(holds_ = (CONDITION)) && now() < until_)	\
		nap(10);					\
	holds_;							\
})

#endif /* _SPIN_TESTS_TAP_H */
