// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that register themselves as strands, and how such a registration
 * ends: by the thread, by others, with the thread. The extension strand
 * (tests/strand/use/strand.bpf.c) is loaded, and counts.
 *
 * That the strands of kernel threads are refused cannot be seen from here: no
 * kernel thread can be made to call the ioctl.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <spin/libspin.h>

#include "raw.h"

#define EXT	"strand"

static struct spin *spin;

/* ---- registrations ---- */

static int reg_block(struct spin_ioc_strand_register *block)
{
	return result(ioctl(spin_device(), SPIN_IOC_STRAND_REGISTER, block));
}

static int reg_for(const char *ext, unsigned long long group)
{
	struct spin_ioc_strand_register block = {
		.group = group,
	};

	snprintf(block.ext, sizeof(block.ext), "%s", ext);
	return reg_block(&block);
}

static int reg(unsigned long long group)
{
	int fd = reg_for(EXT, group);

	if (fd < 0)
		give_up("cannot register a strand: %s", said(fd));
	return fd;
}

/* ---- what the extension counted ---- */

struct wanted {
	const char *name;
	unsigned int index;
	unsigned long long value;
	bool found;
};

static int find_var(void *arg, const struct spin_var *var)
{
	struct wanted *wanted = arg;

	if (strcmp(var->name, wanted->name) || wanted->index >= var->count)
		return 0;
	wanted->value = var->values[wanted->index];
	wanted->found = true;
	return 1;
}

static unsigned long long ext_var(const char *ext, const char *name,
				  unsigned int index)
{
	struct wanted wanted = { name, index, 0, false };

	if (spin_ext_vars(spin, ext, find_var, &wanted) < 0 || !wanted.found)
		give_up("no variable %s[%u] of %s: %s", name, index, ext,
			spin_error(spin));
	return wanted.value;
}

static unsigned long long var(const char *name, unsigned int index)
{
	return ext_var(EXT, name, index);
}

static bool expect_var(const char *test, const char *name, unsigned int index,
		       unsigned long long expected)
{
	unsigned long long seen = var(name, index);
	char text[64];

	snprintf(text, sizeof(text), "%s[%u] is %llu", name, index, expected);
	return check(test, seen == expected, text, "%llu", seen);
}

static bool between(const char *test, double low, double seen, double high)
{
	char text[96];

	snprintf(text, sizeof(text), "%.0f to %.0f", low, high);
	return check(test, low <= seen && seen <= high, text, "%.0f", seen);
}

/* Nothing the events promise was broken, in any group so far. */
static void expect_order(void)
{
	expect_var("events_alternate", "disorder", 0, 0);
	expect_var("time_goes_on", "backwards", 0, 0);
	expect_var("no_gaps", "torn", 0, 0);
	expect_var("no_other_threads", "foreign", 0, 0);
	expect_var("indexed_guard_is_right", "wrong_key", 0, 0);
}

/* References to the module are what they were. */
static void expect_refs(const char *name, int refs)
{
	char text[64];

	snprintf(text, sizeof(text), "%d references to the module", refs);
	check(name, wait_for(module_refs() == refs, 20), text, "%d",
	      module_refs());
}

/* On a slow machine, some are over before the thread goes off the CPU. */
static void naps(int count)
{
	while (count--)
		nap(1);
}

static void burn(double seconds)
{
	double until = now() + seconds;

	while (now() < until)
		;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		give_up("cannot stay on CPU %d", cpu);
}

/* ---- counts, against the kernel's own ---- */

struct sample {
	double voluntary, involuntary, cpu_ns;
};

static struct sample sample(void)
{
	struct timespec cpu;
	struct rusage usage;

	if (getrusage(RUSAGE_THREAD, &usage) ||
	    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu))
		give_up("cannot ask for the thread's times");
	return (struct sample){ usage.ru_nvcsw, usage.ru_nivcsw,
				cpu.tv_sec * 1e9 + cpu.tv_nsec };
}

static pid_t competitor(void)
{
	pid_t child = fork();

	if (child < 0)
		give_up("fork");
	if (!child)
		for (;;)
			;
	return child;
}

static void counts(void)
{
	struct sample before, begun, end, after;
	pid_t child;
	int fd;

	pin(0);
	child = competitor();	/* on the same CPU */
	before = sample();
	fd = reg(1);
	begun = sample();
	for (int i = 0; i < 30; i++) {
		nap(2);
		burn(0.01);
		sched_yield();
	}
	end = sample();
	close(fd);
	after = sample();
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);

	check("meaningful", end.voluntary - begun.voluntary >= 15 &&
	      end.involuntary - begun.involuntary >= 10,
	      "15 voluntary and 10 other switches at least", "%.0f and %.0f",
	      end.voluntary - begun.voluntary, end.involuntary - begun.involuntary);
	/* Exact: all that may differ lies between two of our own samples. */
	between("preemptions_as_the_kernel_counts",
		end.involuntary - begun.involuntary, var("preempted", 1),
		after.involuntary - before.involuntary);
	between("sleeps_as_the_kernel_counts", end.voluntary - begun.voluntary,
		var("switches", 1) - var("preempted", 1),
		after.voluntary - before.voluntary);
	/*
	 * Not exact: the kernel leaves out what interrupts take, and counts the
	 * switch itself, in which a virtual CPU may be held up for long.
	 */
	between("time_as_the_kernel_counts", (end.cpu_ns - begun.cpu_ns) * 0.85,
		var("on_ns", 1), (after.cpu_ns - before.cpu_ns) * 1.25 + 2e6);
	printf("# %llu switches, %llu preemptions; %.1f ms on the CPU, the kernel says %.1f to %.1f\n",
	       var("switches", 1), var("preempted", 1), var("on_ns", 1) / 1e6,
	       (end.cpu_ns - begun.cpu_ns) / 1e6, (after.cpu_ns - before.cpu_ns) / 1e6);
	expect_var("all_time_is_on_or_off", "on_ns", 1,
		   var("last_ns", 1) - var("first_ns", 1) - var("off_ns", 1));
	expect_var("comes_on_as_often_as_it_goes_off", "resumes", 1,
		   var("switches", 1));
	expect_var("begins_once", "begun", 1, 1);
	expect_var("ends_once", "ended", 1, 1);
	expect_var("thread", "thread", 1, gettid());
	expect_var("process", "process", 1, getpid());
	expect_order();

	unsigned long long switches = var("switches", 1);

	naps(5);
	expect_var("closed_is_closed", "switches", 1, switches);
}

/* ---- the thread ends first ---- */

static void *registers_and_ends(void *arg)
{
	int *fd = arg, strand = reg(2);

	naps(3);
	*fd = strand;
	return NULL;
}

static bool fdinfo_says(int fd, const char *wanted)
{
	char path[64], line[128];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		found |= !strcmp(line, wanted);
	}
	if (file)
		fclose(file);
	return found;
}

static void thread_ends(void)
{
	int refs = module_refs(), fd = -1;
	pthread_t thread;

	if (pthread_create(&thread, NULL, registers_and_ends, &fd))
		give_up("no thread");
	pthread_join(thread, NULL);
	check("end_is_shown", wait_for(fdinfo_says(fd, "ended:\t1"), 10),
	      "ended: 1 in fdinfo", "it is not");
	check("group_is_shown", fdinfo_says(fd, "group:\t2"), "group: 2 in fdinfo",
	      "it is not");
	check("extension_is_shown", fdinfo_says(fd, "extension:\t" EXT),
	      "its name in fdinfo", "it is not");
	expect_var("last_switch_is_seen", "resumes", 2, var("switches", 2) - 1);
	expect_var("and_is_no_edge", "ended", 2, 0);
	check("file_holds_the_module", module_refs() > refs, "more references",
	      "%d, as before", refs);
	expect_order();
	close(fd);
	expect_refs("nothing_is_held", refs);
}

/* ---- others close the file ---- */

static void other_closes(void)
{
	int refs = module_refs(), fd = reg(3), go[2];
	unsigned long long switches;
	pid_t child;
	char byte;

	if (pipe(go))
		give_up("pipe");
	child = fork();
	if (!child) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) < 0);	/* holds the file till then */
	}
	close(go[0]);
	close(fd);
	switches = var("switches", 3);
	naps(10);
	check("not_the_last_close", var("switches", 3) >= switches + 5,
	      "5 more switches", "%llu", var("switches", 3) - switches);
	expect_var("not_the_end", "ended", 3, 0);

	close(go[1]);
	waitpid(child, NULL, 0);	/* ended on our way out of this */
	expect_var("last_close_ends_it", "ended", 3, 1);
	switches = var("switches", 3);
	naps(5);
	expect_var("closed_is_closed", "switches", 3, switches);
	expect_order();
	expect_refs("nothing_is_held", refs);
}

/* Handed over a socket: no descriptor of any process, for a while. */
static void sent_away(void)
{
	int refs = module_refs(), fd = reg(3), pair[2];
	char byte = 0, space[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = space, .msg_controllen = sizeof(space) };
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		give_up("socketpair");
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	if (sendmsg(pair[0], &msg, 0) != 1)
		give_up("cannot send a descriptor");
	close(fd);
	expect("still_registered", reg_for(EXT, 3), -EBUSY);
	close(pair[0]);
	close(pair[1]);
	naps(2);
	expect_refs("dropped_in_flight", refs);
	fd = reg_for(EXT, 3);
	check("can_register_again", fd >= 0, "a descriptor", "%s", said(fd));
	close(fd);
	expect_refs("nothing_is_held", refs);
}

/* ---- races ---- */

struct racer {
	pthread_barrier_t begun, end;
	int fd;
	int turns;
};

static void spin_for_turns(int turns)
{
	for (volatile int i = 0; i < turns; i++)
		;
}

static void *registers_and_races(void *arg)
{
	struct racer *racer = arg;

	racer->fd = reg(4);
	pthread_barrier_wait(&racer->begun);
	pthread_barrier_wait(&racer->end);
	spin_for_turns(racer->turns);
	return NULL;
}

/*
 * A thread ends and another closes its file: first this (a quarter), first
 * that (a quarter), or both at a time, each at any point of the other.
 */
static void race(struct racer *racer, int round)
{
	pthread_t thread;

	racer->turns = round % 7 * 300;
	if (pthread_create(&thread, NULL, registers_and_races, racer))
		give_up("no thread");
	pthread_barrier_wait(&racer->begun);
	if (round % 4 == 0)
		close(racer->fd);
	pthread_barrier_wait(&racer->end);
	if (round % 4 >= 2) {
		spin_for_turns(round % 101 * 3000);
		close(racer->fd);
	}
	pthread_join(thread, NULL);
	if (round % 4 == 1)
		close(racer->fd);
}

static void dying(int rounds)
{
	int refs = module_refs();
	struct racer racer;

	pthread_barrier_init(&racer.begun, NULL, 2);
	pthread_barrier_init(&racer.end, NULL, 2);
	for (int i = 0; i < rounds; i++)
		race(&racer, i);
	expect_refs("nothing_is_held", refs);
	expect_var("all_begun", "begun", 4, rounds);
	/* What is no edge is the thread's last switch. */
	between("ended_by_close_or_last_switch", rounds / 4, var("ended", 4),
		rounds - rounds / 4);
	printf("# of %d strands, %llu ended while their thread lived\n", rounds,
	       var("ended", 4));
	expect_var("time_goes_on", "backwards", 0, 0);
	expect_var("no_other_threads", "foreign", 0, 0);
}

static void cycles(int rounds)
{
	int refs = module_refs();
	unsigned long long first = 0;

	for (int i = 0; i < rounds; i++) {
		struct spin_ioc_strand_register block = {
			.group = 6, .ext = EXT,
		};
		int fd = reg_block(&block);

		if (fd < 0)
			give_up("round %d: %s", i, said(fd));
		if (!i)
			first = block.id;
		if (block.id != first + i) {
			check("ids", false, "each is new", "%llu after %d rounds from %llu",
			      (long long)block.id, i, first);
			return;
		}
		close(fd);
	}
	expect_var("all_begun", "begun", 6, rounds);
	expect_var("all_ended", "ended", 6, rounds);
	expect_refs("nothing_is_held", refs);
}

/* ---- kill, fork, exec ---- */

static void killed(void)
{
	int refs = module_refs();
	siginfo_t info;
	pid_t child;

	for (int i = 0; i < 20; i++) {
		child = fork();
		if (!child) {
			reg(7);
			raise(SIGSTOP);
			for (;;)
				nap(i & 1);
		}
		waitid(P_PID, child, &info, WSTOPPED);
		kill(child, SIGCONT);
		nap(i);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	expect_var("all_begun", "begun", 7, 20);
	expect_var("all_ended", "ended", 7, 20);
	expect_order();
	expect_refs("nothing_is_held", refs);
}

static void forks(void)
{
	int fd = reg(1), status;
	unsigned long long begun = var("begun", 1);
	pid_t child = fork();

	if (!child) {
		naps(20);
		fd = reg_for(EXT, 2);	/* as it has no registration */
		if (fd < 0)
			_exit(-fd);
		naps(2);
		_exit(0);
	}
	waitpid(child, &status, 0);
	check("child_has_none", !status, "it can register", "%s",
	      said(-WEXITSTATUS(status)));
	expect_var("child_is_no_strand_of_ours", "begun", 1, begun);
	expect_order();
	close(fd);
}

static void execs(void)
{
	static const char *const argv[] = { "strand", "naps", NULL };
	unsigned long long switches;
	int refs = module_refs();

	for (int keep = 0; keep <= 1; keep++) {
		switches = var("switches", 1);
		pid_t child = fork();

		if (!child) {
			int fd = reg(1);

			if (keep)
				fcntl(fd, F_SETFD, 0);
			execv("/proc/self/exe", (char **)argv);
			_exit(1);
		}
		waitpid(child, NULL, 0);
		switches = var("switches", 1) - switches;
		if (keep)
			check("kept_across_exec", switches >= 25,
			      "25 switches", "%llu", switches);
		else
			check("ended_by_exec", switches < 25,
			      "less than 25 switches", "%llu", switches);
	}
	expect_order();
	expect_refs("nothing_is_held", refs);
}

/* ---- who sees it ---- */

static void keys(void)
{
	int fd = reg(5);

	naps(20);
	close(fd);
	fd = reg(6);
	naps(20);
	close(fd);
	check("meaningful", var("switches", 5) >= 10, "10 switches", "%llu",
	      var("switches", 5));
	expect_var("indexed_guard_finds_all", "keyed", 0,
		   var("switches", 5) + var("ended", 5));
	expect_order();
}

/* Clocks are read under the run queue's lock. */
static void timed(void)
{
	struct spin_ioc_binding_next binding;
	int fd;

	expect("timing", result(ioctl(spin_device(), SPIN_IOC_TIMING)), 0);
	fd = reg(1);
	naps(20);
	close(fd);
	expect("binding", binding_find(EXT, "goes_off", &binding), 0);
	check("is_timed", binding.timed >= 10 && binding.time_ns >= binding.timed,
	      "10 raises, 1 ns each at least", "%llu ns in %llu raises",
	      (long long)binding.time_ns, (long long)binding.timed);
	expect_order();
}

/* Registered for the profiler: the extension strand sees nothing of it. */
static void imposed(void)
{
	int fd = reg_for("profiler", 1);

	if (fd < 0)
		give_up("cannot register for the profiler: %s", said(fd));
	naps(20);
	expect_var("not_seen_by_another", "begun", 1, 0);
	expect_var("nor_its_switches", "switches", 1, 0);
	check("seen_by_the_one_named", ext_var("profiler", "switches", 1) >= 10,
	      "10 switches", "%llu", ext_var("profiler", "switches", 1));
	close(fd);

	unsigned long long seen = ext_var("profiler", "switches", 1);
	fd = reg(1);
	naps(20);
	close(fd);
	check("the_other_way_round", ext_var("profiler", "switches", 1) == seen &&
	      var("switches", 1) >= 10, "10 switches, seen by one",
	      "%llu, and %llu seen by the other", var("switches", 1),
	      ext_var("profiler", "switches", 1) - seen);
}

/* ---- the listing ---- */

static int next_strand(struct spin_ioc_strand_next *next)
{
	return result(ioctl(spin_device(), SPIN_IOC_STRAND_NEXT, next));
}

static void listed(void)
{
	struct spin_ioc_strand_next next = { .flags = 1 };
	int fd = reg(7);

	expect("walk_flags", next_strand(&next), -EINVAL);
	next = (struct spin_ioc_strand_next){};
	expect("walk", next_strand(&next), 0);
	expect("group", next.group, 7);
	expect("thread", next.pid, gettid());
	expect("process", next.tgid, getpid());
	check("extension", !strcmp(next.ext, EXT), EXT, "%s", next.ext);
	expect("walk_ends", next_strand(&next), -ENOENT);
	close(fd);
	next.id = 0;
	expect("gone_when_closed", next_strand(&next), -ENOENT);
}

/* ---- refusals ---- */

static const char *verdict(void)
{
	static struct spin_ioc_verdict block;

	block = (struct spin_ioc_verdict){};
	if (ioctl(spin_device(), SPIN_IOC_VERDICT, &block))
		return "(no verdict)";
	return block.text;
}

static void expect_verdict(const char *name, const char *part)
{
	check(name, strstr(verdict(), part), part, "%s", verdict());
}

static void refusals(void)
{
	struct spin_ioc_strand_register block = {
		.group = 1, .ext = EXT,
	};
	struct {
		struct spin_ioc_strand_register block;
		__u64 more;
	} longer = { block, 1 };
	int refs = module_refs(), fd;

	block.flags = 1;
	expect("unknown_flag", reg_block(&block), -EINVAL);
	block.flags = 0;
	expect("too_small", result(ioctl(spin_device(),
					 RESIZED(SPIN_IOC_STRAND_REGISTER, 4),
					 &block)), -EINVAL);
	expect("newer_than_the_kernel",
	       result(ioctl(spin_device(),
			    RESIZED(SPIN_IOC_STRAND_REGISTER, sizeof(longer)),
			    &longer)), -E2BIG);
	memset(block.ext, 'x', sizeof(block.ext));
	expect("name_without_end", reg_block(&block), -ENAMETOOLONG);
	expect("bad_address", result(ioctl(spin_device(),
					   SPIN_IOC_STRAND_REGISTER, 8)), -EFAULT);
	expect("no_such_extension", reg_for("nonesuch", 1), -ENOENT);
	expect_verdict("says_which", "nonesuch");
	expect("no_name", reg_for("", 1), -ENOENT);
	expect_refs("refused_ones_hold_nothing", refs);

	fd = reg(1);
	expect("second_registration", reg_for(EXT, 2), -EBUSY);
	expect_verdict("says_why", "already");
	close(fd);
	fd = reg_for(EXT, 2);
	check("after_the_close", fd >= 0, "a descriptor", "%s", said(fd));
	close(fd);
	expect_refs("nothing_is_held", refs);
}

/* ---- allocations that fail: needs a kernel with fault injection ---- */

/* Lets the Nth allocation from here on fail, or (0) none; true: it did. */
static bool fail_nth(int file, int n)
{
	char text[16] = "";
	int len;

	if (pread(file, text, sizeof(text) - 1, 0) < 0)
		give_up("cannot read fail-nth");
	bool failed = atoi(text) == 0;
	len = snprintf(text, sizeof(text), "%d", n);
	if (pwrite(file, text, len, 0) != len)
		give_up("cannot write fail-nth");
	return failed;
}

static void faults(void)
{
	int file = open("/proc/self/fail-nth", O_RDWR), refs = module_refs();
	int failed = 0, fd;
	bool fault;

	if (file < 0)
		give_up("no fault injection");
	for (int n = 1;; n++) {
		fail_nth(file, n);
		fd = reg_for(EXT, 0);
		fault = fail_nth(file, 0);
		if (fd >= 0)
			close(fd);
		else if (fd != -ENOMEM && fd != -ENFILE)
			break;
		failed += fd < 0;
		if (!fault)
			break;
	}
	check("fails_or_not", fd >= 0, "ENOMEM, or a descriptor", "%s", said(fd));
	check("meaningful", failed >= 3, "3 failures at least", "%d", failed);
	expect_refs("nothing_is_held", refs);
	printf("# %d allocations of which each failed once\n", failed);
	close(file);
}

/* ---- for tests written in shell ---- */

/* A strand of group N that sleeps and wakes until it is killed. */
static void run(int group)
{
	reg(group);
	puts("ready");
	fflush(stdout);
	for (;;)
		nap(1);
}

static void *registers_and_returns(void *arg)
{
	reg(*(int *)arg);
	return NULL;
}

/* The same, but the strand's thread is gone, and only its file is there. */
static void run_without_thread(int group)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, registers_and_returns, &group))
		give_up("no thread");
	pthread_join(thread, NULL);
	puts("ready");
	fflush(stdout);
	for (;;)
		nap(100);
}

static void *storms(void *arg)
{
	(void)arg;
	for (int i = 0;; i++) {
		int fd = reg_for(EXT, 0);

		if (fd < 0 && fd != -ENOENT)	/* it is being loaded */
			give_up("cannot register: %s", said(fd));
		sched_yield();
		if (fd >= 0)
			close(fd);
		if (i % 16 == 0)
			nap(1);		/* the others are to get on, too */
	}
	return NULL;
}

/* Threads register and end all the time, while others load and unload. */
static void storm(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, storms, NULL))
			give_up("no thread");
	puts("ready");
	fflush(stdout);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(void);
	} tests[] = {
		{ "counts", counts }, { "thread-ends", thread_ends },
		{ "other-closes", other_closes }, { "sent-away", sent_away },
		{ "killed", killed }, { "forks", forks }, { "execs", execs },
		{ "keys", keys }, { "timed", timed }, { "imposed", imposed },
		{ "refusals", refusals }, { "storm", storm },
		{ "faults", faults }, { "listed", listed },
	};

	struct spin_ioc_version version = {};

	/* Both hold the module: from the beginning, to be able to count. */
	spin = spin_open();
	spin_version(spin, &version);
	spin_device();
	for (size_t i = 0; argc == 2 && i < sizeof(tests) / sizeof(tests[0]); i++)
		if (!strcmp(argv[1], tests[i].name)) {
			tests[i].test();
			return 0;
		}
	if (argc == 2 && !strcmp(argv[1], "naps"))
		naps(50);
	else if (argc == 3 && !strcmp(argv[1], "dying"))
		dying(atoi(argv[2]));
	else if (argc == 3 && !strcmp(argv[1], "cycles"))
		cycles(atoi(argv[2]));
	else if (argc == 3 && !strcmp(argv[1], "run"))
		run(atoi(argv[2]));
	else if (argc == 3 && !strcmp(argv[1], "run-without-thread"))
		run_without_thread(atoi(argv[2]));
	else
		return 2;
	return 0;
}
