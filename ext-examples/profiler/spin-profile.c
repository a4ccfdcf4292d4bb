// SPDX-License-Identifier: GPL-2.0
/*
 * spin-profile - run a command as a strand, and say where its time went. Goes
 * with the extension profiler.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/spin.h>
#include <spin/libspin.h>

#include "profiler.h"

#define EXTENSION	"profiler"
#define GROUPS	(PROFILER_GROUPS + PROFILER_RUNS)

const char *argp_program_version = "spin-profile " SPIN_VERSION;

struct options {
	unsigned int copies;
	char **command;
};

/* The profiler's variables, by group. */
enum figure { STRANDS, SWITCHES, PREEMPTIONS, ON, OFF, WAITED, LONGEST, FIGURES };

static const char *const variables[FIGURES] = {
	"strands", "switches", "preemptions", "on_ns", "off_ns",
	"preempted_ns", "longest_ns",
};

struct figures {
	uint64_t value[FIGURES][GROUPS];
	size_t count[FIGURES];
};

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *fmt, ...)
{
	va_list args;

	fputs("spin-profile: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(125);
}

/* ---- what the extension counted ---- */

static int read_variable(void *arg, const struct spin_var *var)
{
	struct figures *figures = arg;

	for (int i = 0; i < FIGURES; i++) {
		if (strcmp(var->name, variables[i]) || !var->is_array)
			continue;
		figures->count[i] = var->count;
		if (var->count != GROUPS)
			continue;
		memcpy(figures->value[i], var->values,
		       var->count * sizeof(var->values[0]));
	}
	return 0;
}

static void read_figures(struct spin *spin, struct figures *figures)
{
	struct spin_ioc_ext_next ext;
	int err;

	memset(figures, 0, sizeof(*figures));
	err = spin_ext_find(spin, EXTENSION, &ext);
	if (err == -ENOENT)
		die("the extension is not loaded: spinctl load profiler.bpf.o");
	if (!err)
		err = spin_ext_vars(spin, EXTENSION, read_variable, figures);
	if (err < 0)
		die("%s", spin_error(spin));
	for (int i = 0; i < FIGURES; i++)
		if (figures->count[i] != GROUPS)
			die("the extension '" EXTENSION "' is not the one that goes with this program: it has no array %s of %d groups",
			    variables[i], GROUPS);
}

/*
 * Is the group free? The process that has the lock on its byte of the device
 * has the group, until it closes the file: by the end of this program at the
 * latest.
 */
static bool take_group(int device, uint64_t group)
{
	struct flock lock = {
		.l_type = F_WRLCK, .l_whence = SEEK_SET,
		.l_start = (off_t)group, .l_len = 1,
	};

	if (!fcntl(device, F_OFD_SETLK, &lock))
		return true;
	if (errno != EAGAIN && errno != EACCES)
		die("cannot take a group: %s", strerror(errno));
	return false;
}

/* Others may be choosing at the same time. Returns what keeps the groups. */
static int choose_groups(uint64_t *chosen, unsigned int count)
{
	int device = open(SPIN_DEVICE, O_RDWR | O_CLOEXEC);
	unsigned int found = 0;

	if (device < 0)
		die("cannot open " SPIN_DEVICE ": %s", strerror(errno));
	for (uint64_t group = PROFILER_GROUPS; group < GROUPS && found < count;
	     group++)
		if (take_group(device, group))
			chosen[found++] = group;
	if (found < count)
		die("%u of the extension's %d groups are unused and %u are needed: wait for other commands to end",
		    found, PROFILER_RUNS, count);
	return device;
}

/* ---- the command ---- */

static int refused(int device)
{
	struct spin_ioc_verdict verdict = {};
	int err = errno;

	if (ioctl(device, SPIN_IOC_VERDICT, &verdict) || !verdict.text[0])
		fprintf(stderr, "spin-profile: cannot register: %s\n",
			strerror(err));
	else
		fprintf(stderr, "spin-profile: cannot register: %.*s\n",
			(int)sizeof(verdict.text), verdict.text);
	return 125;
}

/* The child is a strand from here on, and stays one across exec. */
static int become(char **command, uint64_t group)
{
	struct spin_ioc_strand_register block = {
		.group = group, .ext = EXTENSION,
	};
	int device, strand;

	device = open(SPIN_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		fprintf(stderr, "spin-profile: cannot open " SPIN_DEVICE ": %s\n",
			strerror(errno));
		return 125;
	}
	strand = ioctl(device, SPIN_IOC_STRAND_REGISTER, &block);
	if (strand < 0)
		return refused(device);
	if (fcntl(strand, F_SETFD, 0)) {
		perror("spin-profile: cannot keep the registration");
		return 125;
	}
	execvp(command[0], command);
	fprintf(stderr, "spin-profile: cannot run '%s': %s\n", command[0],
		strerror(errno));
	return errno == ENOENT ? 127 : 126;
}

static pid_t start(char **command, uint64_t group)
{
	pid_t child = fork();

	if (child < 0)
		die("cannot fork: %s", strerror(errno));
	if (!child)
		_exit(become(command, group));
	return child;
}

/* The status that a shell would give. */
static int wait_for_end(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			die("cannot wait for the command: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- the table: on standard error, as time(1) has it ---- */

static void print_time(uint64_t ns)
{
	if (ns < 10000)
		fprintf(stderr, " %7" PRIu64 " ns", ns);
	else if (ns < 10000000)
		fprintf(stderr, " %7.1f us", ns / 1e3);
	else if (ns < 10000000000)
		fprintf(stderr, " %7.1f ms", ns / 1e6);
	else
		fprintf(stderr, " %7.1f s ", ns / 1e9);
}

static void print_figures(const struct figures *figures, const pid_t *children,
			  const uint64_t *groups, unsigned int count)
{
	fprintf(stderr, "%7s %5s %9s %9s %10s %10s %10s %10s\n", "PID",
		"GROUP", "SWITCHES", "PREEMPTED", "ON CPU", "OFF CPU", "WAITED",
		"LONGEST");
	for (unsigned int i = 0; i < count; i++) {
		uint64_t group = groups[i];

		fprintf(stderr, "%7d %5" PRIu64 " %9" PRIu64 " %9" PRIu64,
			children[i], group, figures->value[SWITCHES][group],
			figures->value[PREEMPTIONS][group]);
		for (enum figure f = ON; f <= LONGEST; f++)
			print_time(figures->value[f][group]);
		fputc('\n', stderr);
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *opt = state->input;
	char *end;
	long copies;

	switch (key) {
	case 'n':
		copies = strtol(arg, &end, 10);
		if (end == arg || *end || copies < 1 || copies > PROFILER_RUNS)
			argp_error(state, "'%s' is no number of copies: say 1 to %d",
				   arg, PROFILER_RUNS);
		opt->copies = copies;
		break;
	case ARGP_KEY_ARGS:
		opt->command = state->argv + state->next;
		break;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "the command to run is missing");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_option option_table[] = {
	{ "copies", 'n', "COUNT", 0, "Run so many copies of the command at a time", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "COMMAND [ARGUMENT...]",
	.doc = "Run a command as a strand, and say where its time went.\v"
	       "The extension profiler must be loaded (spinctl load profiler.bpf.o). "
	       "The main thread of the command is seen, and no other thread or child "
	       "of it: each has to register itself.\n\n"
	       "Exits as the command did (the last copy that failed), or with 125 if it "
	       "could not be run as a strand.",
};

int main(int argc, char **argv)
{
	struct options opt = { .copies = 1 };
	struct figures *figures = malloc(sizeof(*figures));
	struct spin *spin = spin_open();
	uint64_t *groups;
	pid_t *children;
	int status = 0, keeper;

	/* An option behind the command is the command's. */
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &opt))
		return 125;
	groups = calloc(opt.copies, sizeof(*groups));
	children = calloc(opt.copies, sizeof(*children));
	if (!figures || !spin || !groups || !children)
		die("no memory");
	read_figures(spin, figures);	/* is it the one? */
	keeper = choose_groups(groups, opt.copies);

	for (unsigned int i = 0; i < opt.copies; i++)
		children[i] = start(opt.command, groups[i]);
	for (unsigned int i = 0; i < opt.copies; i++) {
		int ended = wait_for_end(children[i]);

		if (ended)
			status = ended;
	}
	read_figures(spin, figures);
	print_figures(figures, children, groups, opt.copies);
	close(keeper);
	spin_close(spin);
	free(children);
	free(groups);
	free(figures);
	return status;
}
