/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For the benchmarks (bench-NAME.c): samples, the rows that tests/bench/run
 * collects, and bindings to measure with. Each program prints its rows to
 * stdout and ends with an error if it could not measure what it says.
 */
#ifndef _SPIN_TESTS_BENCH_BENCH_H
#define _SPIN_TESTS_BENCH_BENCH_H

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include <linux/spin.h>
#include <spin/libspin.h>

/* ------------------------------------------------------------------ */
/* Samples								*/

/**
 * struct samples - what single operations took
 * @value: in the order in which they were made, until samples_row()
 * @count: how many
 * @room: for how many there is memory
 */
struct samples {
	double *value;
	size_t count;
	size_t room;
};

static inline void samples_add(struct samples *s, double value)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		s->value = realloc(s->value, s->room * sizeof(*s->value));
		if (!s->value)
			err(1, "samples");
	}
	s->value[s->count++] = value;
}

static inline void samples_free(struct samples *s)
{
	free(s->value);
	memset(s, 0, sizeof(*s));
}

static inline int samples_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The lower one of the two in the middle: a value that was really seen. */
static inline double samples_median(struct samples *s)
{
	if (!s->count)
		errx(1, "no samples");
	qsort(s->value, s->count, sizeof(*s->value), samples_compare);
	return s->value[(s->count - 1) / 2];
}

/* Print a row of the results; the samples go. */
static inline void samples_row(struct samples *s, const char *bench,
			       const char *name, const char *system,
			       const char *unit)
{
	double median = samples_median(s);

	printf("row\t%s\t%s\t%s\t%s\t%.15g\t%.15g\t%.15g\t%zu\n", bench, name,
	       system, unit, median, s->value[0], s->value[s->count - 1],
	       s->count);
	fflush(stdout);
	samples_free(s);
}

/* ------------------------------------------------------------------ */
/* Time									*/

static inline uint64_t tsc(void)
{
	_mm_lfence();
	return __rdtsc();
}

static inline double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static inline void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static inline double probe(void)
{
	struct samples s = {};
	double median;
	int i;

	for (i = 0; i < 2000; i++) {
		uint64_t before = tsc();

		syscall(SYS_getppid);
		samples_add(&s, tsc() - before);
	}
	median = samples_median(&s);
	samples_free(&s);
	return median;
}

/*
 * The clock of such a guest runs ahead when all wait, be it for its disk: have
 * nothing to read later on.
 */
static inline void stay_in_memory(void)
{
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		err(1, "mlockall");
}

#define SETTLED_PROBES	5	/* equal ones in a row */

/*
 * Wait until the guest has settled: until what it takes to do nothing much
 * stays the same, to the instruction, for some seconds.
 */
static inline void settle(void)
{
	double last = 0, median;
	int equal = 0, probes;

	stay_in_memory();
	for (probes = 0; probes < 120; probes++) {
		median = probe();
		equal = median == last ? equal + 1 : 1;
		if (equal == SETTLED_PROBES)
			return;
		last = median;
		pause_ms(1000);
	}
	errx(1, "the guest does not settle: getppid() takes %.0f, then %.0f",
	     last, median);
}

/* ------------------------------------------------------------------ */
/* Bindings								*/

#define BENCH_EXT	"bench"

static inline const char *bench_object(void)
{
	static char path[512];
	const char *build = getenv("SPIN_BUILD");

	if (!build)
		errx(1, "SPIN_BUILD is not set: run by tests/bench/run");
	snprintf(path, sizeof(path), "%s/tests/bench/bench.bpf.o", build);
	return path;
}

static inline int spin_device(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open(SPIN_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		err(1, SPIN_DEVICE);
	return fd;
}

static inline void bench_load(void)
{
	struct spin *spin = spin_open();

	if (!spin)
		err(1, "spin_open");
	if (spin_ext_load(spin, bench_object(), NULL, NULL))
		errx(1, "%s: %s", bench_object(), spin_error(spin));
	spin_close(spin);
}

static inline void bench_unload(void)
{
	struct spin *spin = spin_open();

	if (!spin)
		err(1, "spin_open");
	if (spin_ext_unload(spin, BENCH_EXT, 0))
		errx(1, BENCH_EXT ": %s", spin_error(spin));
	spin_close(spin);
}

/* Why the last request was refused. */
static inline const char *verdict(void)
{
	static struct spin_ioc_verdict v;

	memset(&v, 0, sizeof(v));
	if (ioctl(spin_device(), SPIN_IOC_VERDICT, &v))
		return "(no verdict)";
	return v.text;
}

/**
 * install_request - the request that installs bindings of the extension
 * @template_name: which template
 * @count: how many
 *
 * The caller may add a closure and a match before install().
 *
 * Return: the request.
 */
static inline struct spin_ioc_binding_install
install_request(const char *template_name, unsigned int count)
{
	struct spin_ioc_binding_install install = {
		.ext = BENCH_EXT,
		.count = count,
	};

	snprintf(install.template_name, sizeof(install.template_name), "%s",
		 template_name);
	return install;
}

/* Returns the id of the (first) binding. The request may be made again. */
static inline uint64_t install(struct spin_ioc_binding_install *install)
{
	install->id = 0;
	if (ioctl(spin_device(), SPIN_IOC_BINDING_INSTALL, install))
		err(1, "cannot install %u of template '%s': %s", install->count,
		    install->template_name, verdict());
	return install->id;
}

/* Ids of bindings that were installed one after the other; none if all zero. */
struct range {
	uint64_t first;
	uint64_t last;
};

static inline void range_add(struct range *range, uint64_t id)
{
	if (!range->first)
		range->first = id;
	range->last = id;
}

static inline void uninstall(const struct range *range)
{
	struct spin_ioc_binding_remove remove = {
		.id = range->first,
		.count = range->last - range->first + 1,
	};

	if (!range->first)
		return;
	if (ioctl(spin_device(), SPIN_IOC_BINDING_REMOVE, &remove))
		err(1, "cannot remove bindings %" PRIu64 " to %" PRIu64 ": %s",
		    range->first, range->last, verdict());
}

/* What the bindings of Bench.Raise have counted, together. */
struct counts {
	uint64_t bindings;
	uint64_t run;
	uint64_t guard_false;
};

static inline struct counts counts(void)
{
	struct spin_ioc_binding_next binding = {};
	struct counts c = {};

	while (!ioctl(spin_device(), SPIN_IOC_BINDING_NEXT, &binding)) {
		if (strcmp(binding.event, "Bench.Raise"))
			continue;
		c.bindings++;
		c.run += binding.run;
		c.guard_false += binding.guard_false;
	}
	return c;
}

/* How many bindings event Bench.Raise has. */
static inline unsigned int installed(void)
{
	struct spin_ioc_event_next event = {};

	while (!ioctl(spin_device(), SPIN_IOC_EVENT_NEXT, &event))
		if (!strcmp(event.name, "Bench.Raise"))
			return event.bindings;
	errx(1, "there is no event Bench.Raise: is spin_bench loaded?");
}

#endif /* _SPIN_TESTS_BENCH_BENCH_H */
