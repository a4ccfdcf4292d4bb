// SPDX-License-Identifier: GPL-2.0
/*
 * Benchmark `install`: what one more binding costs, by the number there are;
 * how long a whole load takes; and the memory of a binding.
 * Documentation/benchmarks.rst says what is counted.
 */
#include <glob.h>

#include "bench.h"
#include "../kmod/spin_bench.h"

#define BENCH		"install"
#define SYSTEM		"spin"
#define MOST		10000

/* A command that /dev/spin does not have: into the kernel and back. */
#define NO_COMMAND	_IO(SPIN_IOC_TYPE, 0xff)

static const struct size {
	const char *guarded;	/* name of the case: bindings with a guard */
	const char *keyed;	/* of the one with keys */
	unsigned int count;
	unsigned int rounds;	/* of installing so many */
} sizes[] = {
	{ "n1", "k1", 1, 200 },
	{ "n100", "k100", 100, 25 },
	{ "n1000", "k1000", 1000, 15 },
	{ "n10000", "k10000", MOST, 3 },
};

#define SIZES	(sizeof(sizes) / sizeof(sizes[0]))

static double null_ioctl(void)
{
	struct samples s = {};
	double median;
	int i;

	for (i = 0; i < 2000; i++) {
		uint64_t before = tsc();

		ioctl(spin_device(), NO_COMMAND);
		samples_add(&s, tsc() - before);
	}
	median = samples_median(&s);
	samples_free(&s);
	return median;
}

/*
 * Install @count bindings, one by one. Each is a sample of its own for @single;
 * together they are one for @mean, which the few that do the work of many, and
 * interrupts, cannot hide from.
 */
static void install_round(unsigned int count, bool keyed, double null,
			  struct samples *single, struct samples *mean)
{
	struct spin_ioc_binding_install request =
		install_request(keyed ? "plain" : "guarded", 1);
	struct range range = {};
	double sum = 0;
	unsigned int i;

	for (i = 0; i < count; i++) {
		uint64_t before, after;

		request.closure = i;
		if (keyed) {
			request.match.fields = SPIN_BENCH_KEY;
			request.match.value[0] = i;
		}
		before = tsc();
		install(&request);
		after = tsc();
		range_add(&range, request.id);
		samples_add(single, after - before - null);
		sum += after - before - null;
	}
	samples_add(mean, sum / count);
	if (installed() != count)
		errx(1, "%u bindings, not %u: is something else loaded?",
		     installed(), count);
	uninstall(&range);
}

static void measure_insn(const struct size *size, bool keyed, double null)
{
	const char *name = keyed ? size->keyed : size->guarded;
	struct samples single = {}, mean = {};
	unsigned int i;

	for (i = 0; i < size->rounds; i++)
		install_round(size->count, keyed, null, &single, &mean);
	samples_row(&single, BENCH, name, SYSTEM, "insn");
	samples_row(&mean, BENCH, name, SYSTEM, "insn-mean");
}

/* From the object file to @size->count active bindings. */
static void measure_ns(const struct size *size)
{
	struct spin_ioc_binding_install request =
		install_request("guarded", size->count);
	struct samples s = {};
	double before;
	int i;

	for (i = 0; i < 5; i++) {
		before = now_ns();
		bench_load();
		install(&request);
		samples_add(&s, (now_ns() - before) / size->count);
		bench_unload();
	}
	samples_row(&s, BENCH, size->guarded, SYSTEM, "ns");
}

/*
 * Memory of the kernel's, other than for files, in bytes. What looks and what
 * shrinks stays open: the kernel allocates for a file that is opened, and some of it
 * is freed grace periods after it is closed, in the middle of a later look.
 */
static double kernel_bytes(void)
{
	static const char *const kinds[] = {
		"Slab:", "Percpu:", "VmallocUsed:", "KernelStack:", "PageTables:",
	};
	static FILE *file;
	char kind[64];
	unsigned long kb;
	double sum = 0;
	unsigned int found = 0, i;

	if (!file)
		file = fopen("/proc/meminfo", "r");
	if (!file || fseek(file, 0, SEEK_SET))
		err(1, "/proc/meminfo");
	while (fscanf(file, "%63s %lu%*[^\n]", kind, &kb) == 2)
		for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (!strcmp(kind, kinds[i])) {
				sum += kb * 1024.0;
				found++;
			}
	if (found != sizeof(kinds) / sizeof(kinds[0]))
		errx(1, "/proc/meminfo lacks a line");
	return sum;
}

#define CACHES_MAX	1000

static int shrinkers[CACHES_MAX];
static size_t shrinker_count;

static void shrinkers_open(void)
{
	glob_t caches;
	size_t i;

	if (glob("/sys/kernel/slab/*/shrink", 0, NULL, &caches) ||
	    caches.gl_pathc > CACHES_MAX)
		errx(1, "/sys/kernel/slab: no caches to shrink, or more than %d",
		     CACHES_MAX);
	for (i = 0; i < caches.gl_pathc; i++) {
		shrinkers[i] = open(caches.gl_pathv[i], O_WRONLY | O_CLOEXEC);
		if (shrinkers[i] < 0)
			err(1, "%s", caches.gl_pathv[i]);
	}
	shrinker_count = i;
	globfree(&caches);
}

/* Have the kernel give back what it keeps of freed memory. */
static void shrink(void)
{
	size_t i;

	if (!shrinker_count)
		shrinkers_open();
	for (i = 0; i < shrinker_count; i++)
		if (pwrite(shrinkers[i], "1", 1, 0) != 1)
			err(1, "/sys/kernel/slab: cannot shrink");
}

#define SETTLED_LOOKS	10	/* equal ones in a row, a second apart */

/*
 * What was freed is given back some grace periods later; the kernel collects such
 * memory for up to five seconds before it waits for one.
 */
static double settled_bytes(void)
{
	double last = -1, bytes = 0;
	int equal = 0, looks;

	for (looks = 0; looks < 300; looks++) {
		last = bytes;
		pause_ms(1000);
		shrink();
		bytes = kernel_bytes();
		equal = bytes == last ? equal + 1 : 1;
		if (equal == SETTLED_LOOKS)
			return bytes;
	}
	errx(1, "the kernel's memory does not settle: %.0f bytes, then %.0f",
	     last, bytes);
}

static double bytes_each(bool keyed)
{
	struct spin_ioc_binding_install request =
		install_request(keyed ? "plain" : "guarded", 1);
	double before = settled_bytes(), with;
	struct range range = {};
	unsigned int i;

	for (i = 0; i < MOST; i++) {
		if (keyed) {
			request.match.fields = SPIN_BENCH_KEY;
			request.match.value[0] = i;
		}
		range_add(&range, install(&request));
	}
	with = settled_bytes();
	uninstall(&range);
	return (with - before) / MOST;
}

static void measure_bytes(bool keyed)
{
	struct samples s = {};
	int i;

	for (i = 0; i < 3; i++)
		samples_add(&s, bytes_each(keyed));
	samples_row(&s, BENCH, keyed ? "k10000" : "n10000", SYSTEM, "bytes");
}

int main(void)
{
	double null;
	unsigned int i;

	settle();
	bench_load();
	null = null_ioctl();
	for (i = 0; i < SIZES; i++) {
		measure_insn(&sizes[i], false, null);
		measure_insn(&sizes[i], true, null);
	}
	measure_bytes(false);
	measure_bytes(true);
	bench_unload();
	for (i = 0; i < SIZES; i++)
		measure_ns(&sizes[i]);
	return 0;
}
