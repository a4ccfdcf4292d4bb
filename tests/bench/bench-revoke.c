// SPDX-License-Identifier: GPL-2.0
/*
 * Benchmark `revoke`: how long interrupts are off while a capability is narrowed
 * and revoked from which as many were derived as an extension may have.
 * Documentation/benchmarks.rst says what is counted.
 */
#include "bench.h"

#define BENCH		"revoke"
#define SYSTEM		"spin"
#define EXT		"bench-revoke"
/* An extension has 65,536 objects, unless a limit is set; one is what was granted. */
#define MOST		65535
#define FILES		(MOST / SPIN_REFERENCES_MAX + 1)
#define PERIOD_NS	20011	/* of the timer that interrupts */
#define QUIET_MS	200	/* as long as a revoke, about */

#define PARAMETERS	"/sys/module/spin_irqs_off/parameters/"

static struct spin *spin;

/* ---- the timer ---- */

static void timer_load(void)
{
	const char *modules = getenv("SPIN_MODULES");
	char path[512], arguments[64];
	int fd;

	if (!modules)
		errx(1, "SPIN_MODULES is not set: run by tests/bench/run");
	snprintf(path, sizeof(path), "%s/tests/spin_irqs_off.ko", modules);
	snprintf(arguments, sizeof(arguments), "period_ns=%d", PERIOD_NS);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || syscall(SYS_finit_module, fd, arguments, 0))
		err(1, "%s", path);
	close(fd);
}

static void timer_unload(void)
{
	if (syscall(SYS_delete_module, "spin_irqs_off", 0))
		err(1, "spin_irqs_off");
}

static void timer_reset(void)
{
	int fd = open(PARAMETERS "reset", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1", 1) != 1)
		err(1, PARAMETERS "reset");
	close(fd);
}

static double timer_read(const char *parameter)
{
	char path[128];
	double value;
	FILE *file;

	snprintf(path, sizeof(path), PARAMETERS "%s", parameter);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%lf", &value) != 1)
		err(1, "%s", path);
	fclose(file);
	return value;
}

/*
 * Nothing kept interrupts off for longer than a period and the longest delay: it
 * would have delayed an interrupt by more.
 */
static void row(const char *name)
{
	double late = timer_read("late_ns"), expired = timer_read("expired");
	struct samples s = {};

	if (expired < 100)
		errx(1, "%s: the timer expired %.0f times only", name, expired);
	samples_add(&s, late + PERIOD_NS);
	samples_row(&s, BENCH, name, SYSTEM, "insn");
}

/* ---- the tree ---- */

/* A file is granted that is on a disk: not any file system will do. */
static void load(void)
{
	static const char *const rights[] = { "file=read,pass,externalize" };
	const char *build = getenv("SPIN_BUILD");
	char path[512], grant[600];
	const char *const grants[] = { grant };
	const struct spin_load_opts opts = {
		.size = sizeof(opts),
		.grants = grants, .nr_grants = 1,
		.rights = rights, .nr_rights = 1,
	};

	if (!build)
		errx(1, "SPIN_BUILD is not set: run by tests/bench/run");
	snprintf(path, sizeof(path), "%s/tests/bench/revoke.bpf.o", build);
	snprintf(grant, sizeof(grant), "file=file:%s", path);
	if (spin_ext_load(spin, path, &opts, NULL))
		errx(1, "%s: %s", path, spin_error(spin));
}

/* An open file whose table is full. Returns how many references are in it. */
static unsigned int fill(int *fd)
{
	struct spin_ioc_connect connect = { .ext = EXT };
	struct spin_ioc_call call = {};

	*fd = open(SPIN_DEVICE, O_RDWR | O_CLOEXEC);
	if (*fd < 0 || ioctl(*fd, SPIN_IOC_CONNECT, &connect) ||
	    ioctl(*fd, SPIN_IOC_CALL, &call))
		err(1, "cannot make references");
	return call.result;
}

/* How many of the references of an open file were revoked. */
static unsigned int revoked(int fd)
{
	struct spin_ioc_ref_next next = {};
	unsigned int count = 0;

	while (!ioctl(fd, SPIN_IOC_REF_NEXT, &next))
		count += !!(next.flags & SPIN_REF_REVOKED);
	return count;
}

int main(void)
{
	unsigned int made = 0, gone = 0, i;
	static int fds[FILES];

	spin = spin_open();
	if (!spin)
		err(1, "spin_open");
	load();
	settle();
	for (i = 0; i < FILES; i++)
		made += fill(&fds[i]);
	if (made < MOST)
		errx(1, "%u references, and there should be %u", made, MOST);
	timer_load();

	timer_reset();
	pause_ms(QUIET_MS);
	row("quiet");

	timer_reset();
	if (spin_cap_narrow(spin, EXT, "file", SPIN_RIGHT_PASS))
		errx(1, "narrow: %s", spin_error(spin));
	row("narrow");

	timer_reset();
	if (spin_cap_revoke(spin, EXT, "file", 0))
		errx(1, "revoke: %s", spin_error(spin));
	row("revoke");

	for (i = 0; i < FILES; i++) {
		gone += revoked(fds[i]);
		close(fds[i]);
	}
	if (gone != made)
		errx(1, "%u references of %u were revoked", gone, made);
	timer_unload();
	if (spin_ext_unload(spin, EXT, 0))
		errx(1, "unload: %s", spin_error(spin));
	spin_close(spin);
	return 0;
}
