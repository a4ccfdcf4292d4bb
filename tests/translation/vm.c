// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges whose pages an extension supplies: what applications see of them,
 * whatever they do with them. The extension is pager, loaded by the
 * caller.
 *
 * usage: vm TEST [ARGUMENT]
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <spin/libspin.h>

#include "pager.h"
#include "raw.h"

#define PAGE	4096UL

/* ---- ranges ---- */

struct range {
	int fd;
	__u64 id;
	size_t length;
	char *at;
};

static int range_create(const char *ext, __u64 length, __u64 tag, __u64 *id)
{
	struct spin_ioc_translation_create create = {
		.length = length, .tag = tag,
	};
	int fd;

	snprintf(create.ext, sizeof(create.ext), "%s", ext);
	fd = result(ioctl(spin_device(), SPIN_IOC_TRANSLATION_CREATE, &create));
	if (id)
		*id = create.id;
	return fd;
}

static char *map(const struct range *range, size_t length, int prot, off_t offset)
{
	return mmap(NULL, length, prot, MAP_SHARED, range->fd, offset);
}

static struct range range_new(int pages, enum pager_tag tag)
{
	struct range range = { .length = pages * PAGE };

	range.fd = range_create("pager", range.length, tag, &range.id);
	if (range.fd < 0)
		give_up("no range: %s", said(range.fd));
	range.at = map(&range, range.length, PROT_READ | PROT_WRITE, 0);
	if (range.at == MAP_FAILED)
		give_up("cannot map a range");
	return range;
}

static void range_end(struct range *range)
{
	munmap(range->at, range->length);
	close(range->fd);
}

static struct spin_ioc_translation_next figures(const struct range *range)
{
	struct spin_ioc_translation_next next = {
		.id = range->id - 1,
	};

	if (ioctl(spin_device(), SPIN_IOC_TRANSLATION_NEXT, &next) ||
	    next.id != range->id)
		give_up("the range is not listed");
	return next;
}

static __u64 pattern(const struct range *range, int page)
{
	return PAGER_PATTERN(range->id, (__u64)page);
}

static __u64 word(const char *at)
{
	return *(const volatile __u64 *)at;
}

/* Is it the page that the pager made, all of it? */
static bool page_right(const struct range *range, const char *at, int page)
{
	size_t i;

	if (word(at) != pattern(range, page) ||
	    word(at + PAGE - 8) != pattern(range, page))
		return false;
	for (i = 8; i < PAGE - 8; i += 8)
		if (word(at + i))
			return false;
	return true;
}

/* A variable of the pager's; of an array, the element. */
struct wanted {
	const char *name;
	size_t index;
	__s64 value;
	bool found;
};

static int see_var(void *arg, const struct spin_var *var)
{
	struct wanted *wanted = arg;

	if (strcmp(var->name, wanted->name) || wanted->index >= var->count)
		return 0;
	wanted->value = var->values[wanted->index];
	wanted->found = true;
	return 1;
}

static __s64 var(const char *name, size_t index)
{
	static struct spin *spin;
	struct wanted wanted = { name, index, 0, false };

	if (!spin)
		spin = spin_open();
	if (spin_ext_vars(spin, "pager", see_var, &wanted) < 0 || !wanted.found)
		give_up("no variable %s of the pager", name);
	return wanted.value;
}

/* ---- touching what may not be there ---- */

static sigjmp_buf trap;
static volatile sig_atomic_t trap_code;
static void *volatile trap_address;

static void on_trap(int signal, siginfo_t *info, void *context)
{
	(void)context;
	trap_code = info->si_code;
	trap_address = info->si_addr;
	siglongjmp(trap, signal);
}

/* The signal that a touch gives, 0 if none. */
static int touch(volatile char *at, bool write)
{
	const struct sigaction action = {
		.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO,
	};
	int signal;

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	signal = sigsetjmp(trap, 1);
	if (!signal) {
		if (write)
			*at = 1;
		else
			(void)*at;
	}
	return signal;
}

/* ---- tests ---- */

static int test_pages(void)
{
	struct range range = range_new(8, PAGER_PATTERNED);
	__s64 raised = var("raised", PAGER_PATTERNED);
	__s64 written = var("written", PAGER_PATTERNED);
	int i, right = 0;
	char *other;

	for (i = 7; i >= 0; i--)
		right += page_right(&range, range.at + i * PAGE, i);
	expect("pages_as_they_were_made", right, 8);
	expect("one_raise_each", var("raised", PAGER_PATTERNED) - raised, 8);
	expect("none_to_be_written", var("written", PAGER_PATTERNED) - written, 0);
	check("address", (void *)var("last_address", 0) == range.at, "that of page 0",
	      "%#llx, not %p", var("last_address", 0), range.at);
	expect("page", var("last_page", 0), 0);
	expect("pages", var("last_pages", 0), 8);
	check("region", (__u64)var("last_region", 0) == range.id, "the range's number",
	      "%lld", var("last_region", 0));

	memset(range.at, 7, range.length);
	other = map(&range, 4 * PAGE, PROT_READ, 4 * PAGE);
	expect("other_mapping_has_the_same", memcmp(other, range.at, 4 * PAGE), 0);
	range.at[5 * PAGE] = 9;
	expect("at_once", other[PAGE], 9);
	munmap(other, 4 * PAGE);

	madvise(range.at, range.length, MADV_DONTNEED);
	expect("dont_need_loses_nothing", range.at[5 * PAGE], 9);
	expect("dont_need_raises_nothing", var("raised", PAGER_PATTERNED) - raised, 8);
	expect("present", figures(&range).present, 8);
	expect("faults", figures(&range).faults, 8);
	range_end(&range);

	range = range_new(2, PAGER_PATTERNED);
	range.at[100] = 3;
	expect("first_touch_writes", var("written", PAGER_PATTERNED) - written, 1);
	check("and_the_page_is_made_first", word(range.at) == pattern(&range, 0),
	      "the pager's pattern", "%#llx", word(range.at));
	expect("the_byte_is_there", range.at[100], 3);
	close(range.fd);
	check("descriptor_closed", page_right(&range, range.at + PAGE, 1),
	      "the pager's pattern", "%#llx", word(range.at + PAGE));
	munmap(range.at, range.length);
	return 0;
}

/* The sentence that goes with the last refusal on /dev/spin. */
static void sentence(const char *name, const char *part)
{
	struct spin_ioc_verdict verdict = {};

	ioctl(spin_device(), SPIN_IOC_VERDICT, &verdict);
	check(name, strstr(verdict.text, part), part, "%s", verdict.text);
}

static int map_errno(const struct range *range, size_t length, int prot, int flags,
		     off_t offset)
{
	char *at = mmap(NULL, length, prot, flags, range->fd, offset);

	if (at == MAP_FAILED)
		return -errno;
	munmap(at, length);
	return 0;
}

static int test_refusals(void)
{
	struct spin_ioc_translation_create create = {
		.length = PAGE, .ext = "pager",
	};
	struct spin_ioc_translation_next next = {};
	const int rw = PROT_READ | PROT_WRITE;
	struct range range;

	expect("no_length", range_create("pager", 0, 0, NULL), -EINVAL);
	sentence("no_length_says", "multiple of the page size");
	expect("half_a_page", range_create("pager", PAGE + 8, 0, NULL), -EINVAL);
	expect("too_long", range_create("pager", SPIN_TRANSLATION_MAX + PAGE, 0, NULL),
	       -EFBIG);
	sentence("too_long_says", "too long");
	expect("length_wraps", range_create("pager", -PAGE, 0, NULL), -EFBIG);
	expect("no_such_extension", range_create("nobody", PAGE, 0, NULL), -ENOENT);
	sentence("no_such_extension_says", "no extension 'nobody'");
	expect("no_name", range_create("", PAGE, 0, NULL), -ENOENT);
	create.flags = 1;
	expect("flags", result(ioctl(spin_device(), SPIN_IOC_TRANSLATION_CREATE, &create)),
	       -EINVAL);
	create.flags = 0;
	create.id = 1;
	expect("id", result(ioctl(spin_device(), SPIN_IOC_TRANSLATION_CREATE, &create)),
	       -EINVAL);
	create.id = 0;
	memset(create.ext, 'x', sizeof(create.ext));
	expect("endless_name",
	       result(ioctl(spin_device(), SPIN_IOC_TRANSLATION_CREATE, &create)),
	       -ENAMETOOLONG);
	expect("small_block",
	       result(ioctl(spin_device(), RESIZED(SPIN_IOC_TRANSLATION_CREATE, 4),
			    &create)), -EINVAL);
	next.flags = 1;
	expect("walk_flags",
	       result(ioctl(spin_device(), SPIN_IOC_TRANSLATION_NEXT, &next)),
	       -EINVAL);

	range = range_new(4, PAGER_PATTERNED);
	expect("private", map_errno(&range, PAGE, rw, MAP_PRIVATE, 0), -EINVAL);
	expect("execute", map_errno(&range, PAGE, PROT_EXEC, MAP_SHARED, 0), -EPERM);
	expect("execute_later", result(mprotect(range.at, PAGE, PROT_EXEC)), -EACCES);
	expect("too_much", map_errno(&range, 5 * PAGE, rw, MAP_SHARED, 0), -EINVAL);
	expect("beyond", map_errno(&range, PAGE, rw, MAP_SHARED, 4 * PAGE), -EINVAL);
	expect("far_beyond", map_errno(&range, PAGE, rw, MAP_SHARED, 1L << 60), -EINVAL);
	expect("the_last", map_errno(&range, PAGE, rw, MAP_SHARED, 3 * PAGE), 0);
	expect("read", result(read(range.fd, &create, 8)), -EINVAL);
	expect("write", result(write(range.fd, &create, 8)), -EINVAL);
	expect("truncate", result(ftruncate(range.fd, 0)), -EINVAL);
	expect("nothing_was_raised", figures(&range).faults, 0);
	range_end(&range);
	range = range_new(1, PAGER_ZERO);
	memset(&next, 0, sizeof(next));
	next.id = range.id;
	expect("walk_ends",
	       result(ioctl(spin_device(), SPIN_IOC_TRANSLATION_NEXT, &next)),
	       -ENOENT);
	range_end(&range);
	return 0;
}

/* Returns how many raises there were: the kernel may try more than once. */
static int refused(const char *name, enum pager_tag tag, int empty)
{
	struct range range = range_new(2, tag);
	char label[64];
	int pipes[2], raises;

	snprintf(label, sizeof(label), "%s_sigbus", name);
	expect(label, touch(range.at + 5, false), SIGBUS);
	snprintf(label, sizeof(label), "%s_code", name);
	expect(label, trap_code, BUS_ADRERR);
	snprintf(label, sizeof(label), "%s_address", name);
	check(label, trap_address == range.at + 5, "what was touched", "%p, not %p",
	      trap_address, range.at + 5);
	snprintf(label, sizeof(label), "%s_again", name);
	expect(label, touch(range.at, true), SIGBUS);
	snprintf(label, sizeof(label), "%s_raises", name);
	expect(label, figures(&range).faults, 2);
	snprintf(label, sizeof(label), "%s_refused", name);
	expect(label, figures(&range).refused, 2);
	snprintf(label, sizeof(label), "%s_empty", name);
	expect(label, figures(&range).empty, 2 * empty);
	snprintf(label, sizeof(label), "%s_present", name);
	expect(label, figures(&range).present, 0);

	if (pipe(pipes))
		give_up("no pipe");
	snprintf(label, sizeof(label), "%s_from_user", name);
	expect(label, result(write(pipes[1], range.at, 8)), -EFAULT);
	if (write(pipes[1], "12345678", 8) != 8)
		give_up("the pipe takes nothing");
	snprintf(label, sizeof(label), "%s_to_user", name);
	expect(label, result(read(pipes[0], range.at + PAGE, 8)), -EFAULT);
	close(pipes[0]);
	close(pipes[1]);
	raises = figures(&range).faults;
	range_end(&range);
	return raises;
}

static int test_unresolved(void)
{
	struct spin_ioc_binding_next binding;
	struct range range;
	__s64 errors;
	int raises;

	refused("passes", PAGER_PASSES, 0);
	refused("claims", PAGER_CLAIMS, 1);
	refused("makes_and_passes", PAGER_MAKES_AND_PASSES, 0);
	refused("stolen", PAGER_STOLEN, 1);
	if (binding_find("pager", "answers", &binding))
		give_up("no binding 'answers'");
	errors = binding.errors;
	raises = refused("strange_result", PAGER_STRANGE_RESULT, 0);
	binding_find("pager", "answers", &binding);
	expect("strange_results_are_errors", binding.errors - errors, raises);

	/* the next touch asks again */
	range = range_new(1, PAGER_EVERY_SECOND);
	expect("first", touch(range.at, false), SIGBUS);
	expect("second", touch(range.at, false), 0);
	check("second_page", page_right(&range, range.at, 0), "the pager's",
	      "%#llx", word(range.at));
	range_end(&range);

	range = range_new(1, PAGER_TWO);
	expect("two_handlers", touch(range.at, false), 0);
	check("first_ones_page_is_forgotten", !word(range.at) && !word(range.at + PAGE - 8),
	      "zero", "%#llx", word(range.at));
	check("second_ones_page_is_seen", word(range.at + 8) == 5, "5", "%#llx",
	      word(range.at + 8));
	range_end(&range);

	range = range_new(1, PAGER_WRONG);
	expect("wrong", touch(range.at, false), 0);
	expect("beyond", var("beyond", 0), -EINVAL);
	expect("far_beyond", var("far_beyond", 0), -EINVAL);
	expect("at_end", var("at_end", 0), 0);
	expect("no_file", var("no_file", 0), -ENOENT);
	check("zeroed", !word(range.at + PAGE - 8), "zero", "%#llx",
	      word(range.at + PAGE - 8));
	range_end(&range);
	return 0;
}

/* ---- many at once ---- */

#define THREADS	8
#define SHARED	256

static struct range shared;
static pthread_barrier_t together;
static atomic_int wrong;

static void *touch_all(void *arg)
{
	int i, start = (long)arg % 2 ? 0 : SHARED / 2;

	for (i = 0; i < SHARED; i++) {
		int page = (i + start) % SHARED;

		/* pairs of two each, on the same page at the same time */
		if (i % 16 == 0)
			pthread_barrier_wait(&together);
		if (!page_right(&shared, shared.at + page * PAGE, page))
			wrong++;
	}
	return NULL;
}

static int test_threads(int rounds)
{
	pthread_t threads[THREADS];
	int raises = 0, present = 0, round;
	long i;

	for (round = 0; round < rounds; round++) {
		shared = range_new(SHARED, PAGER_PATTERNED);
		pthread_barrier_init(&together, NULL, THREADS);
		for (i = 0; i < THREADS; i++)
			if (pthread_create(&threads[i], NULL, touch_all, (void *)i))
				give_up("no thread");
		for (i = 0; i < THREADS; i++)
			pthread_join(threads[i], NULL);
		raises += figures(&shared).faults;
		present += figures(&shared).present;
		range_end(&shared);
	}
	expect("all_see_whole_pages", wrong, 0);
	expect("one_raise_each", raises, rounds * SHARED);
	expect("present", present, rounds * SHARED);
	return 0;
}

/* Refused ones, by many at once: each touch ends, in a signal. */
static void *touch_refused(void *arg)
{
	long i, ended = 0;
	int pipes[2];

	(void)arg;
	if (pipe(pipes))
		give_up("no pipe");
	for (i = 0; i < 200; i++)
		ended += write(pipes[1], shared.at + i % 4 * PAGE, 1) < 0 &&
			 errno == EFAULT;
	close(pipes[0]);
	close(pipes[1]);
	return (void *)ended;
}

static int test_threads_refused(void)
{
	pthread_t threads[THREADS];
	long i, ended = 0;
	void *one;

	shared = range_new(4, PAGER_PASSES);
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, touch_refused, NULL))
			give_up("no thread");
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], &one);
		ended += (long)one;
	}
	expect("all_end_in_EFAULT", ended, THREADS * 200);
	expect("none_present", figures(&shared).present, 0);
	check("refused", figures(&shared).refused == figures(&shared).faults,
	      "as many as were raised", "%llu", figures(&shared).refused);
	range_end(&shared);
	return 0;
}

/* What is refused leaves nothing behind, however much of a range is touched. */
static long table_nodes(void)
{
	FILE *file = fopen("/proc/slabinfo", "r");
	char line[256];
	long nodes = -1;

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, "radix_tree_node ", 16))
			nodes = atol(line + 16);
	if (file)
		fclose(file);
	if (nodes < 0)
		give_up("radix_tree_node is not in /proc/slabinfo");
	return nodes;
}

static int test_refused_memory(void)
{
	const int touches = 4000;
	struct range range = { .length = 1UL << 40 };
	long before, after;
	int pipes[2], i, refused = 0;

	range.fd = range_create("pager", range.length, PAGER_PASSES, &range.id);
	if (range.fd < 0 || pipe(pipes))
		give_up("no range, or no pipe");
	range.at = map(&range, range.length, PROT_READ, 0);
	if (range.at == MAP_FAILED)
		give_up("cannot map a range");
	before = table_nodes();
	for (i = 0; i < touches; i++)
		refused += write(pipes[1], range.at + i * 64 * PAGE, 1) < 0 &&
			   errno == EFAULT;
	/* what is freed goes some grace periods later */
	for (i = 0; (after = table_nodes()) - before >= touches / 4 && i < 300; i++)
		nap(100);
	expect("all_refused", refused, touches);
	expect("all_raised", figures(&range).faults, touches);
	if (!system("grep -q ' kasan_report$' /proc/kallsyms"))
		skip("no_memory_is_kept", "KASAN keeps what was freed");
	else
		check("no_memory_is_kept", after - before < touches / 4,
		      "less than one node of a table in four faults",
		      "%ld nodes in %d", after - before, touches);
	close(pipes[0]);
	close(pipes[1]);
	range_end(&range);
	return 0;
}

/* ---- a slow handler ---- */

static struct range slow, go, stop;

/* Slow ranges wait from now on, until all_go(). */
static void all_stop(void)
{
	slow = range_new(4, PAGER_SLOW);
	go = range_new(1, PAGER_GO);
	stop = range_new(1, PAGER_STOP);
	if (touch(stop.at, false))
		give_up("the pager does not stop");
}

static void all_go(void)
{
	if (touch(go.at, false))
		give_up("the pager does not go on");
}

static void slow_end(void)
{
	munmap(slow.at, slow.length);
	close(slow.fd);
	range_end(&go);
	range_end(&stop);
}

static bool somebody_waits(int how_many)
{
	return wait_for(var("waiting", 0) == how_many, 20);
}

static void *touch_slow(void *arg)
{
	return (void *)(long)page_right(&slow, (char *)arg, 0);
}

/* The fault holds no lock of the address space while its handler runs. */
static int test_unlocked(void)
{
	pthread_t first, second;
	void *right, *other;
	pid_t child;
	int status;
	char *at;

	all_stop();
	if (pthread_create(&first, NULL, touch_slow, slow.at) ||
	    pthread_create(&second, NULL, touch_slow, slow.at))
		give_up("no thread");
	check("handler_runs", somebody_waits(1), "one handler that waits", "%lld",
	      var("waiting", 0));
	/* If it did, these would wait for the handler, which waits for all_go(). */
	at = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	at[0] = 1;
	expect("mprotect", result(mprotect(at, PAGE, PROT_READ)), 0);
	expect("munmap", result(munmap(at, 4 * PAGE)), 0);
	child = fork();
	if (!child)
		_exit(7);
	waitpid(child, &status, 0);
	expect("fork", WEXITSTATUS(status), 7);
	expect("still_waits", var("waiting", 0), 1);
	all_go();
	pthread_join(first, &right);
	pthread_join(second, &other);
	expect("page_is_right", (long)right, 1);
	expect("for_the_other_thread", (long)other, 1);
	expect("raised_once", figures(&slow).faults, 1);
	slow_end();
	return 0;
}

static int child_status(pid_t child)
{
	int status = -1;

	if (!wait_for(waitpid(child, &status, WNOHANG) == child, 30)) {
		kill(child, SIGKILL);
		return -1;
	}
	return WIFSIGNALED(status) ? WTERMSIG(status) : 1000 + WEXITSTATUS(status);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/*
 * A signal that comes while the handler runs is handled first, and the touch is
 * made anew then: it is to find that it was refused.
 */
static int test_refused_and_signalled(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	pid_t child;

	all_stop();
	munmap(slow.at, slow.length);
	close(slow.fd);
	slow = range_new(4, PAGER_SLOW_PASSES);
	sigaction(SIGALRM, &action, NULL);
	child = fork();
	if (!child)
		_exit(touch(slow.at, false));
	check("handler_runs", somebody_waits(1), "one handler that waits", "%lld",
	      var("waiting", 0));
	if (kill(child, SIGALRM))
		give_up("cannot signal the child");
	all_go();
	expect("refused", child_status(child), 1000 + SIGBUS);
	expect("raised_once", figures(&slow).faults, 1);
	expect("the_next_touch", touch(slow.at, false), SIGBUS);
	expect("raises_again", figures(&slow).faults, 2);
	slow_end();
	return 0;
}

static pid_t slow_child(char *at)
{
	pid_t child = fork();

	if (child < 0)
		give_up("no child");
	if (!child) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		prctl(PR_SET_DUMPABLE, 0);
		(void)*(volatile char *)at;
		_exit(0);
	}
	return child;
}

/* Both are killed: the task that waits for the handler, and the one that runs it. */
static int test_killed(void)
{
	pid_t raiser, waiter;

	all_stop();
	raiser = slow_child(slow.at);
	check("handler_runs", somebody_waits(1), "one handler that waits", "%lld",
	      var("waiting", 0));
	waiter = slow_child(slow.at);
	nap(200);
	kill(waiter, SIGKILL);
	expect("waiter_ends", child_status(waiter), SIGKILL);
	expect("handler_goes_on", var("waiting", 0), 1);
	kill(raiser, SIGKILL);
	expect("raiser_ends", child_status(raiser), SIGKILL);
	expect("handler_has_ended", var("waiting", 0), 0);
	/* cut short, it made the page: it is there for others */
	check("range_still_works", page_right(&slow, slow.at, 0), "the pager's page",
	      "%#llx", word(slow.at));
	slow_end();
	return 0;
}

static void *unmap_slow(void *arg)
{
	(void)arg;
	if (!somebody_waits(1))
		_exit(3);
	munmap(slow.at, slow.length);
	close(slow.fd);
	(void)word(go.at);	/* without a handler of signals */
	return NULL;
}

/* ---- threads of the kernel ---- */

#define TOUCH_LATER	_IO('t', 1)	/* as tests/kmod/spin_toucher.c has them */
#define TOUCH_DEEP	_IO('t', 2)

static int toucher(void)
{
	int fd = open("/dev/spin-toucher", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		give_up("/dev/spin-toucher");
	return fd;
}

/*
 * A thread of the kernel touches pages for a process, as KVM's do; the process
 * cannot end before that has. Nobody can kill the thread: it has to be seen that
 * the process is gone.
 */
static int test_left(void)
{
	int first = toucher(), second = toucher();
	__u64 faults;
	pid_t child;

	all_stop();
	faults = figures(&slow).faults;
	child = fork();
	if (!child) {
		if (ioctl(first, TOUCH_LATER, slow.at) || !somebody_waits(1) ||
		    ioctl(second, TOUCH_LATER, slow.at))
			_exit(1);
		pause();
		_exit(2);
	}
	close(first);
	close(second);
	check("handler_runs", somebody_waits(1), "one handler that waits", "%lld",
	      var("waiting", 0));
	kill(child, SIGKILL);
	expect("process_ends", child_status(child), SIGKILL);
	expect("handler_has_ended", var("waiting", 0), 0);
	expect("raised_once", figures(&slow).faults - faults, 1);
	all_go();
	waitpid(child, NULL, 0);
	slow_end();
	return 0;
}

/* A fault that finds too little stack is no handler's no, and is told apart. */
static int test_deep(void)
{
	struct range range = range_new(2, PAGER_PATTERNED);
	int fd = toucher();

	expect("not_asked", result(ioctl(fd, TOUCH_DEEP, range.at)), -EFAULT);
	expect("counted", figures(&range).unasked, 1);
	expect("not_as_refused", figures(&range).refused, 0);
	expect("no_handler", figures(&range).faults, 1);
	expect("asked_elsewhere", touch(range.at, false), 0);
	expect("not_counted", figures(&range).unasked, 1);
	close(fd);
	range_end(&range);
	return 0;
}

/* Mapping and descriptor go while the handler runs. */
static int test_unmapped_meanwhile(void)
{
	pthread_t thread;
	pid_t child;

	child = fork();
	if (!child) {
		all_stop();
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		prctl(PR_SET_DUMPABLE, 0);
		if (pthread_create(&thread, NULL, unmap_slow, NULL))
			_exit(4);
		(void)*(volatile char *)slow.at;
		_exit(5);
	}
	expect("segmentation_fault", child_status(child), SIGSEGV);
	return 0;
}

/* For the shell: waits in a fault until it is killed. */
static int test_wait(void)
{
	all_stop();
	printf("ready\n");
	fflush(stdout);
	return touch(slow.at, false);
}

/* ---- what address spaces do ---- */

static int test_fork(void)
{
	struct range range = range_new(4, PAGER_PATTERNED);
	pid_t child;

	(void)word(range.at);
	child = fork();
	if (!child) {
		bool right = page_right(&range, range.at, 0) &&
			     page_right(&range, range.at + PAGE, 1);

		range.at[2 * PAGE] = 77;
		_exit(right);
	}
	expect("child_sees_pages", child_status(child), 1001);
	expect("and_shares_them", range.at[2 * PAGE], 77);
	expect("raised_once_each", figures(&range).faults, 3);
	expect("the_last_one", touch(range.at + 3 * PAGE, true), 0);
	range_end(&range);
	return 0;
}

static int test_moved(void)
{
	struct range range = range_new(8, PAGER_PATTERNED);
	char *at, *more;

	expect("hole", result(munmap(range.at + 3 * PAGE, PAGE)), 0);
	check("behind_the_hole", page_right(&range, range.at + 5 * PAGE, 5),
	      "page 5", "%#llx", word(range.at + 5 * PAGE));
	expect("in_the_hole", touch(range.at + 3 * PAGE, false), SIGSEGV);
	at = mremap(range.at + 4 * PAGE, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    range.at + (1UL << 30));
	if (at == MAP_FAILED)
		give_up("cannot move a mapping");
	check("moved_present", page_right(&range, at + PAGE, 5), "page 5", "%#llx",
	      word(at + PAGE));
	check("moved_absent", page_right(&range, at + 2 * PAGE, 6), "page 6", "%#llx",
	      word(at + 2 * PAGE));
	more = mremap(at, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
	check("grown", more == MAP_FAILED, "a refusal", "it grew");
	/* an old length of 0: the same pages once more */
	more = mremap(at, 0, PAGE, MREMAP_MAYMOVE);
	check("twice", more == MAP_FAILED || page_right(&range, more, 4),
	      "a refusal, or page 4", "%#llx", more == MAP_FAILED ? 0 : word(more));
	expect("raised", figures(&range).faults, 2 + (more != MAP_FAILED));
	munmap(at, 4 * PAGE);
	if (more != MAP_FAILED)
		munmap(more, PAGE);
	range_end(&range);
	return 0;
}

static int test_protected(void)
{
	struct range range = range_new(3, PAGER_PATTERNED);

	expect("read_only", result(mprotect(range.at, range.length, PROT_READ)), 0);
	check("read", page_right(&range, range.at, 0), "page 0", "%#llx",
	      word(range.at));
	expect("write_present", touch(range.at, true), SIGSEGV);
	expect("write_absent", touch(range.at + PAGE, true), SIGSEGV);
	expect("raised", figures(&range).faults, 1);
	expect("nothing", result(mprotect(range.at, range.length, PROT_NONE)), 0);
	expect("read_nothing", touch(range.at, false), SIGSEGV);
	expect("all", result(mprotect(range.at, range.length, PROT_READ | PROT_WRITE)),
	       0);
	expect("write", touch(range.at, true), 0);
	expect("write_another", touch(range.at + 2 * PAGE, true), 0);
	range_end(&range);
	return 0;
}

/* The number behind NAME in a file of /proc/self, in kB. */
static long proc_kb(const char *path, const char *name)
{
	FILE *file = fopen(path, "r");
	char line[256];
	long kb = -1;

	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, strlen(name)))
			kb = atol(line + strlen(name));
	if (file)
		fclose(file);
	return kb;
}

static int test_accounted(void)
{
	struct range range = range_new(1000, PAGER_ZERO);
	long before = proc_kb("/proc/self/status", "RssFile:"), after;
	int i;

	for (i = 0; i < 1000; i++)
		range.at[i * PAGE] = 1;
	after = proc_kb("/proc/self/status", "RssFile:");
	check("resident", after - before >= 4000, "4000 kB more", "%ld kB", after - before);
	expect("locked_in_memory", result(mlock(range.at, 10 * PAGE)), 0);
	munlock(range.at, 10 * PAGE);
	range_end(&range);
	return 0;
}

/* More than all ranges may have; the limit is the caller's to set: to 100. */
static int test_quota(void)
{
	struct range range = range_new(200, PAGER_ZERO);
	int i, came = 0;

	for (i = 0; i < 200; i++)
		came += !touch(range.at + i * PAGE, true);
	expect("pages", came, 100);
	expect("said_to_the_handler", var("quota", 0), -EDQUOT);
	range_end(&range);
	range = range_new(1, PAGER_ZERO);
	expect("given_back", touch(range.at, true), 0);
	range_end(&range);
	return 0;
}

/* ---- the kernel touches them ---- */

static int test_system_calls(void)
{
	struct range range = range_new(4, PAGER_PATTERNED);
	__u64 out = 0;
	int pipes[2];

	if (pipe(pipes))
		give_up("no pipe");
	expect("write_from_absent", result(write(pipes[1], range.at, 8)), 8);
	expect("read", result(read(pipes[0], &out, 8)), 8);
	check("what_the_pager_made", out == pattern(&range, 0), "the pattern", "%#llx", out);
	out = 123456789;
	if (write(pipes[1], &out, 8) != 8)
		give_up("the pipe takes nothing");
	expect("read_into_absent", result(read(pipes[0], range.at + PAGE + 16, 8)), 8);
	check("and_it_is_there", word(range.at + PAGE + 16) == out &&
	      word(range.at + PAGE) == pattern(&range, 1), "number and pattern",
	      "%llu", word(range.at + PAGE + 16));
	close(pipes[0]);
	close(pipes[1]);
	range_end(&range);
	return 0;
}

/* Straight from the disk into a page that is not there, and back. */
static void direct_io(const struct range *range)
{
	const char *path = data_path("direct");
	char buffer[PAGE] __attribute__((aligned(4096)));
	int fd;

	memset(buffer, 0x5a, sizeof(buffer));
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, buffer, PAGE) != PAGE || fsync(fd))
		give_up("cannot make %s", path);
	close(fd);
	fd = open(path, O_RDWR | O_DIRECT);
	if (fd < 0) {
		skip("direct", "no O_DIRECT here");
		unlink(path);
		return;
	}
	expect("direct_read", result(pread(fd, range->at, PAGE, 0)), PAGE);
	expect("direct_read_bytes", memcmp(range->at, buffer, PAGE), 0);
	expect("direct_write", result(pwrite(fd, range->at + PAGE, PAGE, 0)), PAGE);
	expect("direct_write_back", result(pread(fd, buffer, PAGE, 0)), PAGE);
	expect("direct_write_bytes", memcmp(range->at + PAGE, buffer, PAGE), 0);
	close(fd);
	unlink(path);
}

static int test_pinned(void)
{
	struct range range = range_new(16, PAGER_PATTERNED);
	struct iovec mine, its;
	int pipes[2], status, got;
	__u64 out = 0;
	pid_t child;

	direct_io(&range);

	its = (struct iovec){ range.at + 3 * PAGE, 8 };
	if (pipe(pipes))
		give_up("no pipe");
	expect("vmsplice", result(vmsplice(pipes[1], &its, 1, 0)), 8);
	expect("vmsplice_read", result(read(pipes[0], &out, 8)), 8);
	check("vmsplice_bytes", out == pattern(&range, 3), "the pattern", "%#llx", out);
	close(pipes[0]);
	close(pipes[1]);

	/* another process looks, at what neither has touched */
	child = fork();
	if (!child) {
		prctl(PR_SET_DUMPABLE, 1);
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(child, &status, 0);
	mine = (struct iovec){ &out, 8 };
	its = (struct iovec){ range.at + 4 * PAGE, 8 };
	got = result(process_vm_readv(child, &mine, 1, &its, 1, 0));
	if (got == -ENOSYS) {
		skip("process_vm_readv", "this kernel has none");
		(void)word(range.at + 4 * PAGE);
	} else {
		expect("process_vm_readv", got, 8);
		check("its_bytes", out == pattern(&range, 4), "the pattern", "%#llx", out);
	}
	/* a debugger's look holds the lock, so it cannot wait for a handler */
	expect("debugger_does_not_wait",
	       result(ptrace(PTRACE_PEEKDATA, child, range.at + 5 * PAGE, NULL)), -EIO);
	expect("debugger_does_not_raise", figures(&range).faults, 4);
	(void)word(range.at + 5 * PAGE);
	(void)word(range.at + 6 * PAGE);
	errno = 0;
	out = ptrace(PTRACE_PEEKDATA, child, range.at + 5 * PAGE, NULL);
	check("debugger_reads", out == pattern(&range, 5), "the pattern", "%#llx (%s)",
	      out, strerror(errno));
	expect("debugger_writes",
	       result(ptrace(PTRACE_POKEDATA, child, range.at + 6 * PAGE, (void *)99L)), 0);
	check("and_it_is_seen", word(range.at + 6 * PAGE) == 99, "99", "%llu",
	      word(range.at + 6 * PAGE));
	ptrace(PTRACE_CONT, child, NULL, NULL);
	waitpid(child, &status, 0);

	expect("populate", result(madvise(range.at + 8 * PAGE, 4 * PAGE, 22)), 0);
	expect("populated", figures(&range).present, 6 + 4);
	expect("lock_future", result(mlock(range.at + 12 * PAGE, 2 * PAGE)), 0);
	expect("locked", figures(&range).present, 6 + 4 + 2);
	range_end(&range);
	return 0;
}

/* Does the core have the page, as the pager made it? */
static bool in_core(const struct range *range, int page)
{
	char path[256], want[PAGE] = "", at[PAGE];
	__u64 value = pattern(range, page);
	bool found = false;
	int fd;

	memcpy(want, &value, sizeof(value));
	memcpy(want + PAGE - sizeof(value), &value, sizeof(value));
	snprintf(path, sizeof(path), "%s/core.vm", getenv("DATA") ?: "");
	fd = open(path, O_RDONLY);
	if (fd < 0)
		give_up("%s", path);
	/* Pages are aligned in it. */
	while (!found && read(fd, at, PAGE) == PAGE)
		found = !memcmp(at, want, PAGE);
	close(fd);
	return found;
}

/*
 * A core dump does not wait for handlers: pages that are not there are left out.
 * @mask: of the kinds of memory that are dumped
 */
static int test_core_of(const char *mask)
{
	struct range range = range_new(4, PAGER_PATTERNED);
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	pid_t child;

	(void)word(range.at);
	child = fork();
	if (!child) {
		FILE *filter = fopen("/proc/self/coredump_filter", "w");

		if (!filter || fputs(mask, filter) < 0 || fclose(filter))
			_exit(1);
		setrlimit(RLIMIT_CORE, &all);
		if (chdir(getenv("DATA") ?: "/"))
			_exit(2);
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	expect("aborted", child_status(child), SIGABRT);
	expect("nothing_raised", figures(&range).faults, 1);
	check("page_is_in_it", in_core(&range, 0), "page 0, whole", "it is not there");
	range_end(&range);
	return 0;
}

static int test_core(void)
{
	return test_core_of("0xff");
}

/* What the kernel has, if nobody says otherwise (core(5)). */
static int test_core_default(void)
{
	return test_core_of("0x33");
}

/* Pages from a file, whose last one is not full. */
static int test_file(const char *path)
{
	struct range range = range_new(8, PAGER_FILE);
	static char want[8 * PAGE] __attribute__((aligned(4096)));
	int fd = open(path, O_RDWR), got, i;

	got = fd < 0 ? -1 : pread(fd, want, sizeof(want), 0);
	if (got <= 0 || got % PAGE == 0 || got / (int)PAGE != 2)
		give_up("%s is not two pages and a bit", path);
	for (i = 0; i < 3; i++)
		touch(range.at + i * PAGE, false);
	expect("bytes", memcmp(range.at, want, 3 * PAGE), 0);
	expect("counted", var("bytes_read", 0), got);
	expect("behind_the_end", touch(range.at + 3 * PAGE, false), SIGBUS);
	expect("says_so", var("behind_file", 0), 1);

	/* from a page that is made of the file that is written to */
	munmap(range.at, range.length);
	close(range.fd);
	range = range_new(8, PAGER_FILE);
	expect("file_from_itself", result(pwrite(fd, range.at + PAGE, 100, 0)), 100);
	expect("file_from_itself_read", result(pread(fd, want, 100, 0)), 100);
	expect("file_from_itself_bytes", memcmp(range.at + PAGE, want, 100), 0);
	close(fd);
	fd = open(path, O_RDWR | O_DIRECT);
	if (fd < 0)
		give_up("O_DIRECT");
	expect("file_into_itself", result(pread(fd, range.at, PAGE, 0)), PAGE);
	if (pread(fd, want, PAGE, 0) != PAGE)
		give_up("cannot read %s", path);
	expect("file_into_itself_bytes", memcmp(range.at, want, PAGE), 0);
	close(fd);
	range_end(&range);
	return 0;
}

/* One that names another extension: the pager is not asked. */
static int test_foreign(void)
{
	struct range range = { .length = 2 * PAGE };
	__s64 raised = var("raised", PAGER_PATTERNED);

	range.fd = range_create("demand-zero", range.length, PAGER_PATTERNED, &range.id);
	if (range.fd < 0)
		give_up("no range for demand-zero");
	range.at = map(&range, range.length, PROT_READ | PROT_WRITE, 0);
	expect("paged", touch(range.at, false), 0);
	check("by_its_own", !word(range.at), "zero", "%#llx", word(range.at));
	expect("not_by_the_pager", var("raised", PAGER_PATTERNED) - raised, 0);
	range_end(&range);
	return 0;
}

/* For the shell: touches a page whenever it is told to by a line. */
static int test_follow(void)
{
	struct range range = range_new(64, PAGER_PATTERNED);
	char line[16];
	int page = 0;

	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		int signal = touch(range.at + page * PAGE, false);

		printf("%s\n", signal ? strsignal(signal) :
		       page_right(&range, range.at + page * PAGE, page) ? "page" : "wrong");
		fflush(stdout);
		page++;
	}
	return 0;
}

static volatile sig_atomic_t ended;

static void on_end(int signal)
{
	(void)signal;
	ended = 1;
}

/* For the shell: faults until it is told to end, all of which must be answered. */
static int test_steady(void)
{
	long faults = 0, refused = 0;
	int i;

	signal(SIGTERM, on_end);
	printf("ready\n");
	fflush(stdout);
	while (!ended) {
		struct range range = range_new(64, PAGER_PATTERNED);

		for (i = 0; i < 64; i++, faults++)
			refused += touch(range.at + i * PAGE + 8, i & 1) ||
				   word(range.at + i * PAGE) != pattern(&range, i);
		range_end(&range);
	}
	if (refused || faults < 64)
		printf("%ld of %ld refused\n", refused, faults);
	else
		printf("all answered\n");
	return 0;
}

/* The Nth allocation of this task from now on fails. Did the one before? */
static bool fail_nth(int file, int n)
{
	char text[16] = "";
	bool failed;
	int len;

	if (pread(file, text, sizeof(text) - 1, 0) < 0)
		give_up("cannot read fail-nth");
	failed = atoi(text) == 0;
	len = snprintf(text, sizeof(text), "%d", n);
	if (pwrite(file, text, len, 0) != len)
		give_up("cannot write fail-nth");
	return failed;
}

/* Makes, maps and touches a range; where that ended: 0 is nowhere. */
static int one_page(int *signal)
{
	struct range range = { .length = PAGE };
	int err = 0;

	*signal = 0;
	range.fd = range_create("pager", PAGE, PAGER_PATTERNED, &range.id);
	if (range.fd < 0)
		return range.fd;
	range.at = map(&range, PAGE, PROT_READ | PROT_WRITE, 0);
	if (range.at == MAP_FAILED) {
		err = -errno;
	} else {
		*signal = touch(range.at, false);
		if (!*signal && !page_right(&range, range.at, 0))
			err = -EIO;
		munmap(range.at, PAGE);
	}
	close(range.fd);
	return err;
}

/* Each allocation on the way to a page fails once. */
static int test_faults(void)
{
	int file = open("/proc/self/fail-nth", O_RDWR), failed = 0, err, signal;
	bool fault;

	if (file < 0)
		give_up("no fault injection");
	spin_device();
	do {
		fail_nth(file, failed + 1);
		err = one_page(&signal);
		fault = fail_nth(file, 0);
		if ((err && err != -ENOMEM && err != -ENFILE) ||
		    (signal && signal != SIGBUS))
			break;
		failed += fault;
	} while (fault);
	check("fails_or_not", !fault && !err && !signal, "the page, or ENOMEM or SIGBUS",
	      "%s, signal %d", said(err), signal);
	check("meaningful", failed >= 5, "5 failures at least", "%d", failed);
	printf("# %d allocations of which each failed once\n", failed);
	close(file);
	return 0;
}

/* The pager may be away at the moment. */
static void storm_once(void)
{
	struct range range = { .length = 64 * PAGE };
	int i;

	range.fd = range_create("pager", range.length,
				rand() % 2 ? PAGER_PATTERNED : PAGER_EVERY_SECOND,
				&range.id);
	if (range.fd < 0)
		return;
	range.at = map(&range, range.length, PROT_READ | PROT_WRITE, 0);
	for (i = 0; i < 64; i++)
		touch(range.at + i * PAGE, i & 1);
	range_end(&range);
}

/* Faults all the time, in processes that are killed at any moment. */
static int test_storm(int seconds)
{
	double until = now() + seconds;
	int killed = 0;

	while (now() < until) {
		pid_t child = fork();

		if (!child) {
			for (;;)
				storm_once();
		}
		nap(rand() % 40);
		kill(child, SIGKILL);
		killed += child_status(child) == SIGKILL;
	}
	check("killed", killed > 0, "some are killed", "none");
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} tests[] = {
		{ "pages", test_pages },
		{ "refusals", test_refusals },
		{ "unresolved", test_unresolved },
		{ "threads-refused", test_threads_refused },
		{ "refused-memory", test_refused_memory },
		{ "refused-and-signalled", test_refused_and_signalled },
		{ "left", test_left },
		{ "deep", test_deep },
		{ "unlocked", test_unlocked },
		{ "killed", test_killed },
		{ "unmapped-meanwhile", test_unmapped_meanwhile },
		{ "wait", test_wait },
		{ "fork", test_fork },
		{ "moved", test_moved },
		{ "protected", test_protected },
		{ "accounted", test_accounted },
		{ "quota", test_quota },
		{ "system-calls", test_system_calls },
		{ "pinned", test_pinned },
		{ "core", test_core },
		{ "core-default", test_core_default },
		{ "foreign", test_foreign },
		{ "follow", test_follow },
		{ "faults", test_faults },
		{ "steady", test_steady },
	};
	const char *argument = argc > 2 ? argv[2] : "1";

	if (argc < 2)
		return 2;
	if (!strcmp(argv[1], "threads"))
		return test_threads(atoi(argument));
	if (!strcmp(argv[1], "storm"))
		return test_storm(atoi(argument));
	if (!strcmp(argv[1], "file"))
		return test_file(argument);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		if (!strcmp(argv[1], tests[i].name))
			return tests[i].run();
	return 2;
}
