// SPDX-License-Identifier: GPL-2.0
/*
 * Benchmark `call`: what it takes to have something done by somebody else: by an
 * extension through /dev/spin, by the kernel, by another process through pipes and
 * through a pair of UNIX sockets. Documentation/benchmarks.rst says what is
 * counted.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include "bench.h"
#include "call.h"

#define BENCH		"call"
#define EXT		"bench-call"
#define OPERATIONS	4000
#define ROUND_TRIPS	1000
#define WARM		200	/* before what is measured */

static double overhead;		/* of the measuring */

/* As short as a system call can be made: libc's wrappers differ in length. */
static inline long system_call(long number, long a, long b, long c)
{
	long ret;

	asm volatile("syscall"
		     : "=a" (ret)
		     : "0" (number), "D" (a), "S" (b), "d" (c)
		     : "rcx", "r11", "memory");
	return ret;
}

/* ---- the systems ---- */

static struct spin_ioc_call block = {};
static int device = -1, null_device = -1;

static void nothing(void)
{
	asm volatile("" ::: "memory");
}

static void getppid_call(void)
{
	system_call(SYS_getppid, 0, 0, 0);
}

/* The way to a device that does nothing, and back. */
static void null_ioctl(void)
{
	system_call(SYS_ioctl, null_device, SPIN_IOC_VERSION, 0);
}

static void syscall_null(void)
{
	block.number = BENCH_CALL_NULL;
	if (system_call(SYS_ioctl, device, SPIN_IOC_CALL, (long)&block))
		errx(1, "the call failed");
}

static void syscall_args(void)
{
	static __u64 n;

	block.number = BENCH_CALL_SUM;
	block.arg[0] = n++;
	block.arg[1] = 20;
	block.arg[2] = 300;
	block.arg[3] = 4000;
	if (system_call(SYS_ioctl, device, SPIN_IOC_CALL, (long)&block) ||
	    block.result != n + 4319)
		errx(1, "the call failed");
}

static void syscall_procedure(void)
{
	block.number = BENCH_CALL_PROCEDURE;
	if (system_call(SYS_ioctl, device, SPIN_IOC_CALL, (long)&block))
		errx(1, "the call failed");
}

static int to_peer, from_peer;

static void round_trip(void)
{
	char byte = 0;

	if (write(to_peer, &byte, 1) != 1 || read(from_peer, &byte, 1) != 1)
		err(1, "round trip");
}

/* ---- measuring ---- */

static void measure(struct samples *s, void (*operation)(void),
		    unsigned int count)
{
	unsigned int i;

	for (i = 0; i < WARM; i++)
		operation();
	for (i = 0; i < count; i++) {
		uint64_t before = tsc();

		operation();
		samples_add(s, tsc() - before - overhead);
	}
}

static void play(const char *name, const char *system, void (*operation)(void),
		 unsigned int count)
{
	struct samples s = {};

	measure(&s, operation, count);
	samples_row(&s, BENCH, name, system, "insn");
}

static void measure_overhead(void)
{
	struct samples s = {};

	measure(&s, nothing, OPERATIONS);
	overhead = samples_median(&s);
	samples_free(&s);
}

/* ---- another process ---- */

static void echo(int from, int to)
{
	char byte;

	while (read(from, &byte, 1) == 1)
		if (write(to, &byte, 1) != 1)
			_exit(1);
	_exit(0);
}

/* @ends: [0] the parent reads, [1] it writes, [2] the child reads, [3] it writes */
static void play_peer(const char *system, const int ends[4])
{
	pid_t child = fork();
	int status, i;

	if (child < 0)
		err(1, "fork");
	if (!child) {
		close(ends[0]);
		if (ends[1] != ends[0])
			close(ends[1]);
		stay_in_memory();
		echo(ends[2], ends[3]);
	}
	close(ends[2]);
	if (ends[3] != ends[2])
		close(ends[3]);
	from_peer = ends[0];
	to_peer = ends[1];
	play("null", system, round_trip, ROUND_TRIPS);
	for (i = 0; i < 2; i++)
		if (!i || ends[1] != ends[0])
			close(ends[i]);
	if (waitpid(child, &status, 0) != child || status)
		errx(1, "%s: the other process failed", system);
}

static void play_pipe(void)
{
	int there[2], back[2];

	if (pipe(there) || pipe(back))
		err(1, "pipe");
	play_peer("pipe", (int[]){ back[0], there[1], there[0], back[1] });
}

static void play_unix(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		err(1, "socketpair");
	play_peer("unix", (int[]){ ends[0], ends[0], ends[1], ends[1] });
}

/* ---- extensions ---- */

static void load(const char *object)
{
	struct spin *spin = spin_open();
	char path[512];

	if (!spin)
		err(1, "spin_open");
	snprintf(path, sizeof(path), "%s/tests/bench/%s", getenv("SPIN_BUILD"),
		 object);
	if (spin_ext_load(spin, path, NULL, NULL))
		errx(1, "%s: %s", path, spin_error(spin));
	spin_close(spin);
}

static void unload(const char *name)
{
	struct spin *spin = spin_open();

	if (!spin)
		err(1, "spin_open");
	if (spin_ext_unload(spin, name, 0))
		errx(1, "%s: %s", name, spin_error(spin));
	spin_close(spin);
}

/* ---- from one extension to another ---- */

static uint64_t null_calls(void)
{
	struct spin_ioc_proc_next proc = {};

	while (!ioctl(spin_device(), SPIN_IOC_PROC_NEXT, &proc))
		if (!strcmp(proc.interface, "BenchNull"))
			return proc.calls;
	errx(1, "there is no procedure BenchNull.Null");
}

/*
 * A system call whose handler calls a procedure of another extension, which does
 * nothing, less one whose handler does not: the making of the arguments is in it.
 */
static void play_kernel(void)
{
	struct samples without = {}, with = {}, s = {};
	uint64_t before = null_calls();
	double less;
	size_t i;

	measure(&without, syscall_null, OPERATIONS);
	less = samples_median(&without);
	measure(&with, syscall_procedure, OPERATIONS);
	if (null_calls() - before != OPERATIONS + WARM)
		errx(1, "the procedure was called %" PRIu64 " times, not %d",
		     null_calls() - before, OPERATIONS + WARM);
	for (i = 0; i < with.count; i++)
		samples_add(&s, with.value[i] - less);
	samples_row(&s, BENCH, "null", "spin-kernel", "insn");
	samples_free(&without);
	samples_free(&with);
}

/* ---- all of it ---- */

static void connect_ext(void)
{
	struct spin_ioc_connect connect = { .ext = EXT };

	device = open(SPIN_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || ioctl(device, SPIN_IOC_CONNECT, &connect))
		err(1, SPIN_DEVICE);
	null_device = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null_device < 0)
		err(1, "/dev/null");
}

int main(void)
{
	if (!getenv("SPIN_BUILD"))
		errx(1, "SPIN_BUILD is not set: run by tests/bench/run");
	load("call.bpf.o");
	load("null.bpf.o");
	connect_ext();
	settle();
	pause_ms(1000);		/* until the extension has settled */
	measure_overhead();
	play("null", "getppid", getppid_call, OPERATIONS);
	play("null", "ioctl", null_ioctl, OPERATIONS);
	play("null", "spin-syscall", syscall_null, OPERATIONS);
	play("args", "spin-syscall", syscall_args, OPERATIONS);
	play_kernel();
	play_pipe();
	play_unix();
	close(device);
	unload("bench-null");
	unload(EXT);
	return 0;
}
