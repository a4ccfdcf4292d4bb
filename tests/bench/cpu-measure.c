// SPDX-License-Identifier: GPL-2.0
/*
 * How many instructions this machine executes while a server streams: for a
 * guest with one virtual processor whose time-stamp counter counts
 * instructions (qemu -icount). Runs COMMAND, if one is given, lets it settle,
 * then takes the counter and the idle time (idle-time.bpf.c) before and after a
 * time of sleep: what is not idle is busy. Tells the sink (by datagram)
 * and the command (by SIGUSR1 and SIGUSR2) when the measured part begins and
 * ends, so that all count over the same time. COMMAND is to stop itself (SIGSTOP)
 * when it is ready to stream. Prints one line of JSON.
 *
 * usage: cpu-measure [--seconds=N] [--settle=N] [--sink=ADDRESS]
 *	[--idle-time=OBJECT] --name=SERVER --clients=N [-- COMMAND...]
 */
#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define SINK_CONTROL_PORT	9000

struct sample {
	uint64_t tsc;
	uint64_t ns;		/* of CLOCK_MONOTONIC, when tsc was read */
	uint64_t idle;		/* nanoseconds so far */
};

static uint64_t clock_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void pause_s(double s)
{
	struct timespec t = { s, (s - (long)s) * 1e9 };

	nanosleep(&t, NULL);
}

/* The account that idle-time.bpf.c keeps. */
static const volatile struct {
	uint64_t idle_ns, idle_since;
} *account;

static void keep_account(const char *object)
{
	struct bpf_object *obj = bpf_object__open_file(object, NULL);
	struct bpf_program *prog;
	struct bpf_map *bss;
	size_t size;

	if (!obj || bpf_object__load(obj))
		errx(1, "%s: cannot be loaded", object);
	bpf_object__for_each_program(prog, obj)
		if (!bpf_program__attach(prog))
			err(1, "%s: %s", object, bpf_program__name(prog));
	bss = bpf_object__find_map_by_name(obj, ".bss");
	account = bss ? bpf_map__initial_value(bss, &size) : NULL;
	if (!account || size < sizeof(*account))
		errx(1, "%s: has no .bss", object);
}

static void take(struct sample *s)
{
	s->idle = account->idle_ns;
	s->ns = clock_ns();
	s->tsc = __rdtsc();
}

static void tell(int sink, const char *verb, const char *name, int clients)
{
	char text[128];
	int n = snprintf(text, sizeof(text), "%s %s %d", verb, name, clients);

	if (send(sink, text, n, 0) != n)
		warn("telling the sink");
}

/*
 * Start the command, and let it go on when it has stopped itself: how long it
 * takes to be read from the disk is not foreseeable in a guest whose time jumps
 * ahead whenever it waits.
 */
static pid_t start(char **command)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	if (waitpid(pid, &status, WUNTRACED) != pid)
		err(1, "waitpid");
	if (!WIFSTOPPED(status))
		errx(1, "%s: ended instead of waiting", command[0]);
	kill(pid, SIGCONT);
	return pid;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seconds", required_argument, NULL, 's' },
		{ "settle", required_argument, NULL, 't' },
		{ "sink", required_argument, NULL, 'k' },
		{ "name", required_argument, NULL, 'n' },
		{ "clients", required_argument, NULL, 'c' },
		{ "idle-time", required_argument, NULL, 'i' },
		{ }
	};
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(SINK_CONTROL_PORT),
	};
	const char *name = NULL;
	const char *object = "/spin/build/tests/bench/idle-time.bpf.o";
	double seconds = 10, settle = 1, busy, ratio, elapsed;
	struct sample a, b;
	int c, sink, clients = 0, status = 0;
	pid_t pid = 0;

	inet_aton("10.77.0.2", &to.sin_addr);
	while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		switch (c) {
		case 's': seconds = atof(optarg); break;
		case 't': settle = atof(optarg); break;
		case 'n': name = optarg; break;
		case 'i': object = optarg; break;
		case 'c': clients = atoi(optarg); break;
		case 'k':
			if (!inet_aton(optarg, &to.sin_addr))
				errx(2, "not an address: %s", optarg);
			break;
		default: return 2;
		}
	}
	if (!name)
		errx(2, "--name is needed");
	sink = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (sink < 0 || connect(sink, (struct sockaddr *)&to, sizeof(to)))
		err(1, "sink");
	keep_account(object);
	if (optind < argc)
		pid = start(argv + optind);
	pause_s(settle);
	take(&a);
	tell(sink, "begin", name, clients);
	if (pid)
		kill(pid, SIGUSR1);
	pause_s(seconds);
	tell(sink, "end", name, clients);
	if (pid)
		kill(pid, SIGUSR2);
	take(&b);
	if (pid) {
		kill(pid, SIGTERM);
		if (waitpid(pid, &status, 0) != pid)
			err(1, "waitpid");
	}
	/* instructions per nanosecond: about one, but for the kernel's
	 * calibration of the counter, which differs from boot to boot */
	ratio = (double)(b.tsc - a.tsc) / (b.ns - a.ns);
	elapsed = b.ns - a.ns;
	busy = (elapsed - (b.idle - a.idle)) * ratio;
	printf("RESULT {\"server\": \"%s\", \"clients\": %d, \"seconds\": %.6f, "
	       "\"busy_insn\": %.0f, \"insn_per_ns\": %.6f, \"exit\": %d}\n",
	       name, clients, elapsed / 1e9, busy, ratio,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128);
	return status ? 1 : 0;
}
