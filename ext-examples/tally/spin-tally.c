// SPDX-License-Identifier: GPL-2.0
/*
 * spin-tally - count, in counters that an extension keeps. Goes with the extension
 * tally.
 */
#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>
#include <spin/libspin.h>

#include "tally.h"

const char *argp_program_version = "spin-tally " SPIN_VERSION;

#define EXT	"tally"
#define TIMED	1000	/* calls for --time */

struct options {
	const char *name;
	uint64_t add;
	uint64_t children;
	bool time;
};

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("spin-tally: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* ---- calls ---- */

static int tally_connect(void)
{
	struct spin *spin = spin_open();
	int fd;

	if (!spin)
		die("there is no memory");
	fd = spin_connect(spin, EXT);
	if (fd < 0)
		die("%s", spin_error(spin));
	spin_close(spin);
	return fd;
}

/* The call failed: say why, and end. */
static void __attribute__((noreturn)) failed(const char *doing, int err)
{
	struct spin *spin = spin_open();

	if (err == -ENOSPC)
		die("%s: there are %d counters already", doing, TALLY_MAX);
	if (err == -ENOENT || err == -ESTALE)
		die("%s: the reference has ended", doing);
	spin_call_fail(spin, EXT, 0, err);
	die("%s: %s", doing, err == -ENXIO ? spin_error(spin) : strerror(-err));
}

static uint64_t tally_open(int fd, const char *name)
{
	char text[TALLY_NAME_LEN] = {};
	struct spin_ioc_call call = {
		.number = TALLY_OPEN,
		.flags = SPIN_CALL_IN,
		.buffer = (uintptr_t)text,
		.len = sizeof(text),
	};
	int err;

	if (!*name || strlen(name) >= sizeof(text))
		die("'%s' is no name of a counter: 1 to %d characters", name,
		    TALLY_NAME_LEN - 1);
	memcpy(text, name, strlen(name));
	err = spin_call_block(fd, &call);
	if (err)
		failed("cannot open the counter", err);
	return call.result;
}

static uint64_t tally_add(int fd, uint64_t ref, uint64_t n)
{
	const __u64 args[SPIN_CALL_ARGS] = { ref, n };
	__u64 sum;
	int err = spin_call(fd, TALLY_ADD, args, &sum);

	if (err)
		failed("cannot count", err);
	return sum;
}

/* ---- children ---- */

/*
 * Each child has an open file of its own, in which there is one reference, and can
 * count nothing else.
 */
static void count_in_child(int fd, uint64_t ref, uint64_t add)
{
	int own = tally_connect();
	__u64 copy;
	int err = spin_ref_copy(own, fd, ref, 0, &copy);
	pid_t child;

	if (err)
		die("cannot hand the counter over: %s", strerror(-err));
	child = fork();
	if (child < 0)
		die("fork: %s", strerror(errno));
	if (!child) {
		close(fd);
		tally_add(own, copy, add);
		_exit(0);
	}
	close(own);
}

static void wait_for_children(void)
{
	int status;

	while (wait(&status) > 0)
		if (status)
			die("a child failed");
}

/* ---- time ---- */

static uint64_t stamp(void)
{
	uint64_t ticks;

	_mm_lfence();
	ticks = __rdtsc();
	_mm_lfence();
	return ticks;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void print_times(const char *name, uint64_t *ticks)
{
	qsort(ticks, TIMED, sizeof(*ticks), compare);
	printf("%-10s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n", name,
	       ticks[TIMED / 2], ticks[0], ticks[TIMED - 1]);
}

static void compare_times(int fd, uint64_t ref)
{
	static uint64_t calls[TIMED], ordinary[TIMED];
	uint64_t begin;
	int i;

	for (i = 0; i < TIMED; i++) {
		begin = stamp();
		tally_add(fd, ref, 0);
		calls[i] = stamp() - begin;
		begin = stamp();
		getppid();
		ordinary[i] = stamp() - begin;
	}
	printf("%-10s %10s %10s %10s\n", "CALL", "MEDIAN", "MIN", "MAX");
	print_times("extension", calls);
	print_times("getppid", ordinary);
}

/* ---- the command line ---- */

static uint64_t number(struct argp_state *state, const char *arg, const char *what,
		       uint64_t max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(arg, &end, 0);
	if (errno || end == arg || *end || *arg == '-' || value > max)
		argp_error(state, "'%s' is no %s: say 0 to %" PRIu64, arg, what,
			   max);
	return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *opt = state->input;

	switch (key) {
	case 'c':
		opt->children = number(state, arg, "number of children", 64);
		break;
	case 't':
		opt->time = true;
		break;
	case ARGP_KEY_ARG:
		if (state->arg_num == 0)
			opt->name = arg;
		else if (state->arg_num == 1)
			opt->add = number(state, arg, "number to add", UINT64_MAX);
		else
			argp_usage(state);
		break;
	case ARGP_KEY_END:
		if (!opt->name)
			argp_error(state, "name a counter");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_option option_table[] = {
	{ "children", 'c', "COUNT", 0,
	  "Let so many processes count, each by a reference of its own (0)", 0 },
	{ "time", 't', NULL, 0, "Compare what a call takes with getppid()", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "NAME [NUMBER]",
	.doc = "Add a number (1) to a counter that the extension tally keeps, and "
	       "print the sum.",
};

int main(int argc, char **argv)
{
	struct options opt = { .add = 1 };
	uint64_t ref, i;
	int fd;

	if (argp_parse(&argp, argc, argv, 0, NULL, &opt))
		return 1;
	fd = tally_connect();
	ref = tally_open(fd, opt.name);
	if (opt.time)
		compare_times(fd, ref);
	for (i = 0; i < opt.children; i++)
		count_in_child(fd, ref, opt.add);
	wait_for_children();
	printf("%" PRIu64 "\n", tally_add(fd, ref, opt.children ? 0 : opt.add));
	return 0;
}
