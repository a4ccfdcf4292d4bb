// SPDX-License-Identifier: GPL-2.0
/*
 * spin-touch - map a range whose pages an extension supplies, and touch them.
 * Goes with the extension demand-zero.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>
#include <linux/spin.h>
#include <spin/libspin.h>

const char *argp_program_version = "spin-touch " SPIN_VERSION;

struct options {
	const char *ext;
	uint64_t pages;
	uint64_t tag;
	bool write, time, quiet;
};

/**
 * struct range - a mapped range
 * @bytes: where
 * @pages: how many
 * @id: its number; 0: ordinary memory
 * @device: /dev/spin
 */
struct range {
	volatile unsigned char *bytes;
	uint64_t pages;
	uint64_t id;
	int device;
};

static size_t page_size;

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("spin-touch: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

/* ---- ranges ---- */

/* Why /dev/spin refused the last request on it. */
static const char *reason(int device)
{
	static struct spin_ioc_verdict verdict;
	int err = errno;

	verdict = (struct spin_ioc_verdict){};
	if (ioctl(device, SPIN_IOC_VERDICT, &verdict) || !verdict.text[0])
		return strerror(err);
	return verdict.text;
}

static struct range range_new(const struct options *opt)
{
	struct spin_ioc_translation_create create = {
		.length = opt->pages * page_size,
		.tag = opt->tag,
	};
	struct range range = { .pages = opt->pages };
	void *at;
	int fd;

	if (strlen(opt->ext) >= sizeof(create.ext))
		die("'%s' is too long for the name of an extension", opt->ext);
	strcpy(create.ext, opt->ext);
	range.device = open(SPIN_DEVICE, O_RDWR | O_CLOEXEC);
	if (range.device < 0)
		die("cannot open " SPIN_DEVICE ": %s%s", strerror(errno),
		    errno == ENOENT ? " (is spin.ko loaded?)" : "");
	fd = ioctl(range.device, SPIN_IOC_TRANSLATION_CREATE, &create);
	if (fd < 0)
		die("cannot make a range: %s", reason(range.device));
	at = mmap(NULL, create.length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		die("cannot map the range: %s", strerror(errno));
	close(fd);	/* the mapping holds it */
	range.bytes = at;
	range.id = create.id;
	return range;
}

/* Ordinary memory, that faults by single pages, too: on some kernels it always does. */
static struct range range_anonymous(uint64_t pages)
{
	struct range range = { .pages = pages, .device = -1 };
	void *at = mmap(NULL, pages * page_size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		die("cannot map ordinary memory: %s", strerror(errno));
	if (madvise(at, pages * page_size, MADV_NOHUGEPAGE) && errno != EINVAL)
		die("cannot do without huge pages: %s", strerror(errno));
	range.bytes = at;
	return range;
}

static struct spin_ioc_translation_next range_figures(const struct range *range)
{
	struct spin_ioc_translation_next figures = {
		.id = range->id - 1,
	};

	if (ioctl(range->device, SPIN_IOC_TRANSLATION_NEXT, &figures) ||
	    figures.id != range->id)
		die("the range is not listed: %s", strerror(errno));
	return figures;
}

/* ---- touching ---- */

static sigjmp_buf refused;

static void on_bus_error(int signal)
{
	(void)signal;
	siglongjmp(refused, 1);
}

static uint64_t touch_one(volatile unsigned char *page, bool write)
{
	uint64_t value;

	if (write)
		page[page_size - 1] = 1;
	value = *(volatile uint64_t *)page;
	return value;
}

/* How many pages came. */
static uint64_t touch(const struct range *range, const struct options *opt)
{
	const struct sigaction action = { .sa_handler = on_bus_error };
	volatile uint64_t page, came = 0;

	sigaction(SIGBUS, &action, NULL);
	for (page = 0; page < range->pages; page++) {
		if (sigsetjmp(refused, 1)) {
			printf("page %" PRIu64 ": refused\n", page);
			continue;
		}
		uint64_t value = touch_one(range->bytes + page * page_size,
					   opt->write);

		came++;
		if (!opt->quiet)
			printf("page %" PRIu64 ": %" PRIu64 "\n", page, value);
	}
	signal(SIGBUS, SIG_DFL);
	return came;
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

/* Ticks of one store to each page, without those of taking the time. */
static void print_times(const char *name, const struct range *range,
			uint64_t *ticks)
{
	uint64_t begin, none = UINT64_MAX, i;

	for (i = 0; i < 100; i++) {
		begin = stamp();
		begin = stamp() - begin;
		if (begin < none)
			none = begin;
	}
	for (i = 0; i < range->pages; i++) {
		volatile unsigned char *at = range->bytes + i * page_size;

		begin = stamp();
		*at = 1;
		ticks[i] = stamp() - begin;
		ticks[i] -= ticks[i] < none ? ticks[i] : none;
	}
	qsort(ticks, range->pages, sizeof(*ticks), compare);
	printf("%-10s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n", name,
	       ticks[range->pages / 2], ticks[0], ticks[range->pages - 1]);
}

static void compare_times(const struct range *range)
{
	struct range ordinary = range_anonymous(range->pages);
	uint64_t *ticks = calloc(range->pages, sizeof(*ticks));

	if (!ticks)
		die("there is no memory for the figures");
	memset(ticks, 1, range->pages * sizeof(*ticks));
	printf("%-10s %10s %10s %10s\n", "FAULT", "MEDIAN", "MIN", "MAX");
	print_times("extension", range, ticks);
	print_times("anonymous", &ordinary, ticks);
	free(ticks);
}

/* ---- the command line ---- */

static uint64_t number(struct argp_state *state, const char *arg, const char *what,
		       uint64_t min, uint64_t max)
{
	unsigned long long value;
	char *end;

	errno = 0;
	value = strtoull(arg, &end, 0);
	if (errno || end == arg || *end || *arg == '-' || value < min ||
	    value > max)
		argp_error(state, "'%s' is no %s: say %" PRIu64 " to %" PRIu64,
			   arg, what, min, max);
	return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *opt = state->input;

	switch (key) {
	case 'e':
		opt->ext = arg;
		break;
	case 'n':
		opt->pages = number(state, arg, "number of pages", 1,
				    SPIN_TRANSLATION_MAX / page_size);
		break;
	case 'g':
		opt->tag = number(state, arg, "tag", 0, UINT64_MAX);
		break;
	case 'w':
		opt->write = true;
		break;
	case 't':
		opt->time = true;
		break;
	case 'q':
		opt->quiet = true;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_option option_table[] = {
	{ "extension", 'e', "NAME", 0, "Which may supply the pages (demand-zero)", 0 },
	{ "pages", 'n', "COUNT", 0, "Pages of the range (16)", 0 },
	{ "tag", 'g', "NUMBER", 0, "A number for the extension (0)", 0 },
	{ "write", 'w', NULL, 0, "Write to the pages first", 0 },
	{ "time", 't', NULL, 0, "Write, and compare with ordinary memory", 0 },
	{ "quiet", 'q', NULL, 0, "Print the last line only", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.doc = "Map a range of memory whose pages an extension supplies, and touch "
	       "each.\v"
	       "Prints the first eight bytes of each page, as a number. Exits with 1 "
	       "if a page was refused.",
};

int main(int argc, char **argv)
{
	struct options opt = { .ext = "demand-zero", .pages = 16 };
	struct spin_ioc_translation_next figures;
	struct range range;
	uint64_t came;

	page_size = sysconf(_SC_PAGESIZE);
	if (argp_parse(&argp, argc, argv, 0, NULL, &opt))
		return 1;
	range = range_new(&opt);
	if (opt.time) {
		compare_times(&range);
		came = opt.pages;
	} else {
		came = touch(&range, &opt);
	}
	figures = range_figures(&range);
	printf("%" PRIu64 " pages touched, %llu raises, %llu pages present\n",
	       opt.pages, figures.faults, figures.present);
	return came != opt.pages;
}
