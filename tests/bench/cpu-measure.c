// SPDX-License-Identifier: GPL-2.0
/*
 * How many instructions this machine executes while a server streams: for a
 * guest with one virtual processor whose time-stamp counter counts
 * instructions (qemu -icount). Runs COMMAND, if one is given, lets it settle,
 * then takes the counter and the kernel's own account of idle time (in
 * nanoseconds, from /proc/timer_list) before and after a time of sleep: what
 * is not idle is busy. Tells the sink when the measured part begins and ends,
 * so that it counts datagrams over the same time. Prints one line of JSON.
 *
 * usage: cpu-measure [--seconds=N] [--settle=N] [--sink=ADDRESS]
 *	--name=SERVER --clients=N [-- COMMAND...]
 */
#include <arpa/inet.h>
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
	uint64_t now, idle;	/* both as /proc/timer_list has them */
};

static uint64_t after(const char *text, const char *word)
{
	const char *p = strstr(text, word);

	if (!p)
		errx(1, "/proc/timer_list has no '%s'", word);
	p += strlen(word);
	p += strspn(p, " :at");
	return strtoull(p, NULL, 10);
}

static void take(struct sample *s)
{
	static char text[1 << 20];
	struct timespec t;
	size_t n;
	FILE *f = fopen("/proc/timer_list", "r");

	if (!f)
		err(1, "/proc/timer_list");
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = 0;
	fclose(f);
	s->now = after(text, "now ");
	s->idle = after(text, ".idle_sleeptime");
	clock_gettime(CLOCK_MONOTONIC, &t);
	s->tsc = __rdtsc();
	s->ns = t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void tell(int sink, const char *verb, const char *name, int clients)
{
	char text[128];
	int n = snprintf(text, sizeof(text), "%s %s %d", verb, name, clients);

	if (send(sink, text, n, 0) != n)
		warn("telling the sink");
}

static void pause_s(double s)
{
	struct timespec t = { s, (s - (long)s) * 1e9 };

	nanosleep(&t, NULL);
}

static pid_t start(char **command)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
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
		{ }
	};
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(SINK_CONTROL_PORT),
	};
	const char *name = NULL;
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
	if (optind < argc)
		pid = start(argv + optind);
	pause_s(settle);
	tell(sink, "begin", name, clients);
	take(&a);
	pause_s(seconds);
	take(&b);
	tell(sink, "end", name, clients);
	if (pid) {
		kill(pid, SIGTERM);
		if (waitpid(pid, &status, 0) != pid)
			err(1, "waitpid");
	}
	/* instructions per nanosecond: about one, but for the kernel's
	 * calibration of the counter, which differs from boot to boot */
	ratio = (double)(b.tsc - a.tsc) / (b.ns - a.ns);
	elapsed = b.now - a.now;
	busy = (elapsed - (b.idle - a.idle)) * ratio;
	printf("RESULT {\"server\": \"%s\", \"clients\": %d, \"seconds\": %.6f, "
	       "\"busy_insn\": %.0f, \"insn_per_ns\": %.6f, \"exit\": %d}\n",
	       name, clients, elapsed / 1e9, busy, ratio,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128);
	return 0;
}
