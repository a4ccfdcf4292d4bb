// SPDX-License-Identifier: GPL-2.0
/*
 * System calls of applications to extensions, and references: what applications
 * see of them, whatever they do. The extension is trap, loaded by the
 * caller.
 *
 * usage: calls TEST [ARGUMENT]
 */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <spin/libspin.h>

#include "calls.h"
#include "raw.h"
#include "unanswered.h"

#define EXT	"trap"

/* ---- calls ---- */

static int device_open(void)
{
	int fd = open(SPIN_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		give_up(SPIN_DEVICE);
	return fd;
}

static int connect_to(int fd, const char *ext, __u64 *file)
{
	struct spin_ioc_connect connect = {};
	int ret;

	snprintf(connect.ext, sizeof(connect.ext), "%s", ext);
	ret = result(ioctl(fd, SPIN_IOC_CONNECT, &connect));
	if (file)
		*file = connect.file;
	return ret;
}

static int connected(__u64 *file)
{
	int fd = device_open();
	int ret = connect_to(fd, EXT, file);

	if (ret)
		give_up("cannot connect: %s", said(ret));
	return fd;
}

/* The answer, or a negative errno. */
static __s64 call(int fd, __u64 number, __u64 a, __u64 b)
{
	const __u64 args[SPIN_CALL_ARGS] = { a, b };
	__u64 answer;
	int ret = spin_call(fd, number, args, &answer);

	return ret ? ret : (__s64)answer;
}

static bool expect_value(const char *name, __s64 seen, __s64 expected)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)expected);
	return check(name, seen == expected, text, "%lld", (long long)seen);
}

static int child_status(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child)
		give_up("waitpid");
	return WIFSIGNALED(status) ? WTERMSIG(status) :
	       WEXITSTATUS(status) ? -WEXITSTATUS(status) : 0;
}

/* ---- tests ---- */

static void calls_and_answers(int fd, __u64 file)
{
	__u64 args[] = { 1ULL << 63, 20, 300, 4000 }, answer = 0;

	expect("null", call(fd, CALLS_NULL, 0, 0), 0);
	expect("sum", spin_call(fd, CALLS_SUM, args, &answer), 0);
	check("sum_is_of_64_bits", answer == (1ULL << 63) + 4320, "2^63 + 4320",
	      "%llu", (unsigned long long)answer);
	expect_value("who", call(fd, CALLS_WHO, 0, 0),
		     (__s64)geteuid() << 32 | getpid());
	expect_value("file", call(fd, CALLS_FILE, 0, 0), file);
	expect_value("asleep", call(fd, CALLS_DOUBLE, 21, 0), 42);
	expect("errno", call(fd, CALLS_ERRNO, EBADMSG, 0), -EBADMSG);
	expect("errno_of_the_highest", call(fd, CALLS_ERRNO, 511, 0), -511);
	/* The kernel would do such a call again, and again. */
	expect("restart_is_no_answer", call(fd, CALLS_ERRNO, 512, 0), -ENOSYS);
	expect("noioctlcmd_is_no_answer", call(fd, CALLS_ERRNO, 515, 0),
	       -ENOSYS);
	expect("two_is_no_answer", call(fd, CALLS_ERRNO, -2, 0), -ENOSYS);
	expect("unknown", call(fd, CALLS_UNKNOWN, 0, 0), -ENOSYS);
}

static int test_answers(void)
{
	__u64 file = 0, other = 0;
	int fd = connected(&file);
	int second = connected(&other);

	check("numbers_of_files", file && other && file != other,
	      "two, not zero", "%llu and %llu", (unsigned long long)file,
	      (unsigned long long)other);
	calls_and_answers(fd, file);
	expect_value("other_file", call(second, CALLS_FILE, 0, 0), other);
	return 0;
}

static int call_sized(int fd, const void *block, size_t size)
{
	return result(ioctl(fd, RESIZED(SPIN_IOC_CALL, size), block));
}

static int call_raw(int fd, const void *block)
{
	return call_sized(fd, block, sizeof(struct spin_ioc_call));
}

/* A block of another size than the header's. */
static void sizes(int fd)
{
	char page[8192] __attribute__((aligned(8))) = {};
	struct spin_ioc_call *block = (void *)page;
	const size_t least = offsetof(struct spin_ioc_call, ref);

	*block = (struct spin_ioc_call){ .number = CALLS_SUM, .arg = { 1, 2 } };
	memset(page + least, 0x5a, 64);
	expect("smallest", call_sized(fd, page, least), 0);
	expect_value("smallest_answer", block->result, 3);
	check("smallest_is_not_exceeded", (unsigned char)page[least] == 0x5a,
	      "0x5a", "0x%x", (unsigned char)page[least]);
	memset(page + least, 0, 64);
	expect("too_small", call_sized(fd, page, least - 8), -EINVAL);
	block->result = 0;
	expect("larger", call_sized(fd, page, sizeof(*block) + 8), 0);
	expect_value("larger_answer", block->result, 3);
	page[sizeof(*block)] = 1;
	expect("larger_and_not_zero", call_sized(fd, page, sizeof(*block) + 8),
	       -E2BIG);
	expect("huge", call_sized(fd, page, 5000), -E2BIG);
	expect("empty", call_sized(fd, page, 0), -EINVAL);
}

static void bad_blocks(int fd)
{
	struct spin_ioc_call block = {};
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct spin_ioc_call *edge = (void *)(page + 4096 - sizeof(*edge));

	expect("null_block", call_raw(fd, NULL), -EFAULT);
	expect("kernel_block", call_raw(fd, (void *)0xffffffff81000000ul),
	       -EFAULT);
	munmap(page + 4096, 4096);
	*edge = (struct spin_ioc_call){};
	expect("block_at_the_edge", call_raw(fd, edge), 0);
	expect("block_over_the_edge",
	       call_raw(fd, page + 4096 - offsetof(struct spin_ioc_call, arg[3])),
	       -EFAULT);
	*edge = (struct spin_ioc_call){};
	mprotect(page, 4096, PROT_READ);
	expect("block_read_only", call_raw(fd, edge), -EFAULT);
	munmap(page, 4096);
	block.flags = 4;
	expect("unknown_flag", call_raw(fd, &block), -EINVAL);
	block.flags = 0;
	block.references = SPIN_ARGUMENTS_MAX + 1;
	expect("too_many_references", call_raw(fd, &block), -EINVAL);
	block.references = 1;
	expect("reference_to_nothing", call_raw(fd, &block), -ENOENT);
	expect("no_file_granted", call(fd, CALLS_FILE_OPEN, 0, 0), -ENOENT);
}

static int test_blocks(void)
{
	int fd = connected(NULL);

	sizes(fd);
	bad_blocks(fd);
	return 0;
}

static int test_connections(void)
{
	struct spin_ioc_connect block = { .ext = EXT };
	int fd = device_open();

	expect("not_connected", call(fd, CALLS_NULL, 0, 0), -ENOTCONN);
	expect("no_such_extension", connect_to(fd, "nobody", NULL), -ENOENT);
	block.flags = 1;
	expect("unknown_flag", result(ioctl(fd, SPIN_IOC_CONNECT, &block)),
	       -EINVAL);
	block.flags = 0;
	memset(block.ext, 'x', sizeof(block.ext));
	expect("endless_name", result(ioctl(fd, SPIN_IOC_CONNECT, &block)),
	       -ENAMETOOLONG);
	expect("still_not_connected", call(fd, CALLS_NULL, 0, 0), -ENOTCONN);
	expect("connected", connect_to(fd, EXT, NULL), 0);
	expect("connected_again", connect_to(fd, EXT, NULL), -EISCONN);
	expect("call", call(fd, CALLS_NULL, 0, 0), 0);
	return 0;
}

static int buffer_call(int fd, __u64 number, int flags, void *at, __u64 len,
		       __u64 offset, __u64 *answer)
{
	struct spin_ioc_call block = {
		.number = number, .arg = { offset }, .flags = flags,
		.buffer = (uintptr_t)at, .len = len,
	};
	int ret = spin_call_block(fd, &block);

	if (answer)
		*answer = block.result;
	return ret;
}

static int test_buffers(void)
{
	const int both = SPIN_CALL_IN | SPIN_CALL_OUT;
	static char large[SPIN_CALL_BUFFER_MAX + 1];
	int fd = connected(NULL);
	char text[17] = "..abcdefgh......";
	__u64 answer = 0;

	expect("both_ways", buffer_call(fd, CALLS_REVERSE, both, text, 16, 2,
					&answer), 0);
	expect_value("length", answer, 16);
	check("reversed", !strcmp(text, "..hgfedcba......"), "..hgfedcba......",
	      "%s", text);
	expect("in", buffer_call(fd, CALLS_REVERSE, SPIN_CALL_IN, text, 16, 2,
				 NULL), 0);
	check("in_only", !strcmp(text, "..hgfedcba......"), "..hgfedcba......",
	      "%s", text);
	expect("out", buffer_call(fd, CALLS_REVERSE, SPIN_CALL_OUT, text, 16, 2,
				  NULL), 0);
	check("out_only", !memcmp(text, (char[16]){}, 16), "zeroes", "%s", text);
	expect("beyond", buffer_call(fd, CALLS_REVERSE, both, text, 16, 9, NULL),
	       -EINVAL);
	expect("edges", buffer_call(fd, CALLS_EDGES, both, text, 16, 0, &answer),
	       0);
	expect_value("edges_refused", answer, 8);
	expect("no_buffer", call(fd, CALLS_EDGES, 0, 0), 8);
	expect("largest", buffer_call(fd, CALLS_REVERSE, both, large,
				      SPIN_CALL_BUFFER_MAX, 0, NULL), 0);
	expect("too_large", buffer_call(fd, CALLS_REVERSE, both, large,
					sizeof(large), 0, NULL), -E2BIG);
	expect("empty", buffer_call(fd, CALLS_REVERSE, both, text, 0, 0, NULL),
	       -EINVAL);
	expect("unreadable", buffer_call(fd, CALLS_REVERSE, both, NULL, 16, 0,
					 NULL), -EFAULT);
	expect("unwritable", buffer_call(fd, CALLS_REVERSE, SPIN_CALL_OUT,
					 (void *)test_buffers, 16, 0, NULL),
	       -EFAULT);
	return 0;
}

/* What /proc says of the descriptor. */
static int test_fdinfo(void)
{
	char path[64], line[128], seen[256] = "";
	int fd = connected(NULL);
	FILE *info;

	call(fd, CALLS_OPEN, 1, 1);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	info = fopen(path, "r");
	while (info && fgets(line, sizeof(line), info))
		if (!strncmp(line, "extension:", 10) ||
		    !strncmp(line, "references:", 11))
			strcat(seen, line);
	check("fdinfo", !strcmp(seen, "extension:\ttrap\nreferences:\t1\n"),
	      "trap, and one reference", "%s", seen);
	return 0;
}

/* ---- references ---- */

static int ref_count(int fd)
{
	struct spin_ioc_ref_next next = {};
	int n = 0;

	while (spin_ref_next(fd, &next) == 1)
		n++;
	return n;
}

static void forged(int fd, __s64 ref)
{
	static const int shifts[] = { 0, 1, 15, 16, 17, 40, 62, 63 };
	int i, found = 0;

	for (i = 0; i < 8; i++)
		found += call(fd, CALLS_GET, ref ^ 1LL << shifts[i], 7) !=
			 -ENOENT;
	expect_value("forged", found, 0);
}

static int test_references(void)
{
	struct spin_ioc_ref_next next = {};
	int fd = connected(NULL), other = connected(NULL);
	__s64 ref = call(fd, CALLS_OPEN, 7, 0x1234567890), again;

	check("opened", ref > 0, "a reference", "%s", said(ref));
	expect_value("value", call(fd, CALLS_GET, ref, 7), 0x1234567890);
	expect("another_type", call(fd, CALLS_GET, ref, 8), -EBADF);
	expect("another_file", call(other, CALLS_GET, ref, 7), -ENOENT);
	forged(fd, ref);
	expect("listed", spin_ref_next(fd, &next), 1);
	check("listed_as", next.ref == (__u64)ref && next.type == 7 &&
	      next.kind == SPIN_CAP_VALUE && !next.flags && !next.rights,
	      "the reference", "%llx, type %llu, kind %u",
	      (unsigned long long)next.ref, (unsigned long long)next.type,
	      next.kind);
	expect("listed_once", spin_ref_next(fd, &next), 0);
	expect("another_files_list", ref_count(other), 0);
	expect("deleted_by_another", spin_ref_delete(other, ref), -ENOENT);
	expect("deleted", spin_ref_delete(fd, ref), 0);
	expect("deleted_again", spin_ref_delete(fd, ref), -ENOENT);
	expect("use_after_delete", call(fd, CALLS_GET, ref, 7), -ENOENT);
	again = call(fd, CALLS_OPEN, 7, 99);
	check("index_is_used_again", (again & 0xffff) == (ref & 0xffff) &&
	      again != ref, "with another generation", "%llx after %llx",
	      (unsigned long long)again, (unsigned long long)ref);
	expect("old_generation", call(fd, CALLS_GET, ref, 7), -ENOENT);
	expect("deleted_by_the_extension", call(fd, CALLS_DELETE, again, 0), 0);
	expect("deleted_by_both", spin_ref_delete(fd, again), -ENOENT);
	return 0;
}

static int test_limit(void)
{
	int fd = connected(NULL), other = connected(NULL);
	__s64 ref = 0, last = 0;
	int n = 0;

	while ((ref = call(fd, CALLS_OPEN, 1, n)) > 0) {
		last = ref;
		n++;
	}
	expect("full", ref, -ENOSPC);
	expect_value("so_many", n, SPIN_REFERENCES_MAX);
	expect("listed", ref_count(fd), n);
	expect_value("last", call(fd, CALLS_GET, last, 1), n - 1);
	expect("one_less", spin_ref_delete(fd, last), 0);
	check("one_more", call(fd, CALLS_OPEN, 1, 0) > 0, "a reference", "none");
	check("another_file_is_not_full", call(other, CALLS_OPEN, 1, 0) > 0,
	      "a reference", "none");
	return 0;
}

static int test_copies(void)
{
	int from = connected(NULL), to = connected(NULL), none = device_open();
	__s64 ref = call(from, CALLS_OPEN, 3, 33);
	int ends[2];
	__u64 copy = 0;

	expect("copied", spin_ref_copy(to, from, ref, 0, &copy), 0);
	expect_value("value", call(to, CALLS_GET, copy, 3), 33);
	expect("source_deleted", spin_ref_delete(from, ref), 0);
	expect_value("copy_stays", call(to, CALLS_GET, copy, 3), 33);
	expect("nothing_to_copy", spin_ref_copy(to, from, ref, 0, &copy),
	       -ENOENT);
	expect("within_a_file", spin_ref_copy(to, to, copy, 0, &copy), 0);
	expect("rights_of_a_value", spin_ref_copy(to, to, copy, SPIN_RIGHT_READ,
						  &copy), -EPERM);
	expect("unknown_rights", spin_ref_copy(to, to, copy, 1 << 30, &copy),
	       -EINVAL);
	expect("to_none", spin_ref_copy(none, to, copy, 0, &copy), -ENOTCONN);
	expect("from_none", spin_ref_copy(to, none, copy, 0, &copy), -ENOTCONN);
	expect("from_no_file", spin_ref_copy(to, 999, copy, 0, &copy), -EBADF);
	if (pipe(ends))
		give_up("pipe");
	expect("from_a_pipe", spin_ref_copy(to, ends[0], copy, 0, &copy),
	       -EINVAL);
	return 0;
}

/* Memory that changes while the request is made: no reference stays. */
static int test_unanswered_copies(void)
{
	int from = connected(NULL), to = connected(NULL);
	struct spin_ioc_ref_copy block = {
		.fd = from, .ref = call(from, CALLS_OPEN, 3, 33),
	};

	expect("no_answer", unanswered(to, SPIN_IOC_REF_COPY, &block,
				       sizeof(block)), -EFAULT);
	expect("copies", ref_count(to), 0);
	expect("source", ref_count(from), 1);
	return 0;
}

static int limit_objects(__u64 limit)
{
	struct spin_ioc_domain_open open = {
		.rights = SPIN_DOMAIN_MODIFY, .name = EXT,
	};
	struct spin_ioc_domain_limit block = {
		.what = SPIN_QUOTA_OBJECTS, .limit = limit,
	};
	int fd = ioctl(spin_device(), SPIN_IOC_DOMAIN_OPEN, &open), ret;

	ret = fd < 0 ? fd : result(ioctl(fd, SPIN_IOC_DOMAIN_LIMIT, &block));
	close(fd);
	return ret;
}

/* What the extension gives counts against its quota; what we copy does not. */
static int test_quota(void)
{
	int fd = connected(NULL), other = connected(NULL), i, copied = 0;
	__u64 copy;
	__s64 ref;

	expect("limited", limit_objects(1), 0);
	ref = call(fd, CALLS_OPEN, 1, 11);
	check("first", ref > 0, "a reference", "%s", said(ref));
	expect("second", call(fd, CALLS_OPEN, 1, 12), -EDQUOT);
	for (i = 0; i < 10; i++)
		copied += !spin_ref_copy(other, fd, ref, 0, &copy);
	expect("copies", copied, 10);
	expect("deleted", spin_ref_delete(fd, ref), 0);
	ref = call(fd, CALLS_OPEN, 1, 13);
	check("another", ref > 0, "a reference", "%s", said(ref));
	expect_value("copy", call(other, CALLS_GET, copy, 1), 11);
	close(fd);
	check("closed", call(other, CALLS_OPEN, 1, 14) > 0, "a reference", "none");
	return 0;
}

/* The table is full when the extension that filled it goes, and comes anew. */
static int test_room(void)
{
	int fd = connected(NULL);
	char line[64];
	__s64 ref;

	while (call(fd, CALLS_OPEN, 1, 1) > 0)
		;
	puts("ready");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		return 1;
	expect("all_stale", ref_count(fd), SPIN_REFERENCES_MAX);
	expect("still_full", call(fd, CALLS_OPEN, 1, 1), -ENOSPC);
	ref = call(fd, CALLS_OPEN, 1, 77);
	check("room", ref > 0, "a reference", "%s", said(ref));
	expect("only_the_new_one", ref_count(fd), 1);
	expect_value("value", call(fd, CALLS_GET, ref, 1), 77);
	return 0;
}

/* The extension comes and goes between two lines on stdin. */
static int test_follow(void)
{
	int fd = connected(NULL);
	__s64 ref = call(fd, CALLS_OPEN, 5, 55);
	struct spin_ioc_ref_next next = {};
	char line[64];

	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		__s64 null = call(fd, CALLS_NULL, 0, 0);
		__s64 get = call(fd, CALLS_GET, ref, 5);

		next.ref = 0;
		spin_ref_next(fd, &next);
		printf("%s %s %s\n", said(null), said(get),
		       next.flags & SPIN_REF_STALE ? "stale" : "good");
		fflush(stdout);
	}
	return 0;
}

/* Versions take each other's place: no call is lost, or refused. */
static volatile sig_atomic_t stop;

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

static int test_steady(void)
{
	int fd = connected(NULL);
	long calls = 0;

	signal(SIGTERM, on_term);
	puts("ready");
	fflush(stdout);
	while (!stop) {
		__s64 one = call(fd, CALLS_SUM, calls, 1);
		__s64 two = call(fd, CALLS_DOUBLE, calls, 0);

		if (one != calls + 1 || two != 2 * calls) {
			printf("call %ld: %lld and %lld\n", calls,
			       (long long)one, (long long)two);
			return 1;
		}
		calls++;
	}
	puts(calls ? "all answered" : "no calls");
	return 0;
}

static int test_wait(void)
{
	int fd = connected(NULL);

	puts("ready");
	fflush(stdout);
	printf("answer %lld\n", (long long)call(fd, CALLS_WAIT, 0, 0));
	return 0;
}

/* Each file that asked has a binding of its own, found by the file's number. */
static int test_guard_by_file(void)
{
	int a = connected(NULL), b = connected(NULL);

	expect("nobodys", call(a, CALLS_CLOSURE, 0, 0), -ENOSYS);
	check("mine", call(a, CALLS_MINE, 111, 0) > 0, "a binding", "none");
	expect_value("asked", call(a, CALLS_CLOSURE, 0, 0), 111);
	expect("others", call(b, CALLS_CLOSURE, 0, 0), -ENOSYS);
	check("theirs", call(b, CALLS_MINE, 222, 0) > 0, "a binding", "none");
	expect_value("still_mine", call(a, CALLS_CLOSURE, 0, 0), 111);
	expect_value("theirs_now", call(b, CALLS_CLOSURE, 0, 0), 222);
	return 0;
}

/* A descriptor that is passed carries everything; one that is not, nothing. */
static void send_fd(int socket, int fd)
{
	char byte = 0, space[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	if (sendmsg(socket, &msg, 0) != 1)
		give_up("sendmsg");
}

static int receive_fd(int socket)
{
	char byte, space[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	int fd;

	if (recvmsg(socket, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

/* Nobody's process: it cannot open /dev/spin, and can use what it is passed. */
static int stranger(int socket)
{
	__s64 ref, mine;
	int fd;

	if (setgid(65534) || setuid(65534) || open(SPIN_DEVICE, O_RDWR) >= 0 ||
	    errno != EACCES)
		return 2;
	fd = receive_fd(socket);
	if (fd < 0 || read(socket, &ref, sizeof(ref)) != sizeof(ref))
		return 3;
	if (call(fd, CALLS_GET, ref, 9) != 90)
		return 4;
	if (call(fd, CALLS_WHO, 0, 0) != (65534LL << 32 | getpid()))
		return 5;
	mine = call(fd, CALLS_OPEN, 9, 91);
	if (mine < 0 || write(socket, &mine, sizeof(mine)) != sizeof(mine))
		return 6;
	return 0;
}

static int test_passed(void)
{
	int fd = connected(NULL), ends[2];
	__s64 ref = call(fd, CALLS_OPEN, 9, 90), theirs = 0;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		give_up("socketpair");
	child = fork();
	if (!child) {
		close(ends[0]);
		close(fd);
		_exit(stranger(ends[1]));
	}
	close(ends[1]);
	send_fd(ends[0], fd);
	if (write(ends[0], &ref, sizeof(ref)) != sizeof(ref) ||
	    read(ends[0], &theirs, sizeof(theirs)) != sizeof(theirs))
		theirs = 0;
	expect("stranger", child_status(child), 0);
	expect_value("what_the_stranger_was_given", call(fd, CALLS_GET, theirs, 9),
		     91);
	return 0;
}

static int test_fork(void)
{
	int fd = connected(NULL);
	__s64 ref = call(fd, CALLS_OPEN, 2, 22);
	pid_t child = fork();

	if (!child)
		_exit(call(fd, CALLS_GET, ref, 2) != 22 ||
		      spin_ref_delete(fd, ref));
	expect("child", child_status(child), 0);
	expect("shared_table", call(fd, CALLS_GET, ref, 2), -ENOENT);
	return 0;
}

/* ---- references to capabilities ---- */

static __s64 call_with(int fd, __u64 number, __u64 a, __u64 b, int count,
		       const __s64 *refs)
{
	struct spin_ioc_call block = {
		.number = number, .arg = { a, b }, .references = count,
	};
	int i, ret;

	for (i = 0; i < count; i++)
		block.ref[i] = refs[i];
	ret = spin_call_block(fd, &block);
	return ret ? ret : (__s64)block.result;
}

static __u32 rights_of(int fd, __s64 ref)
{
	struct spin_ioc_ref_next next = {};

	while (spin_ref_next(fd, &next) == 1)
		if (next.ref == (__u64)ref)
			return next.rights;
	return -1;
}

static void file_rights(int fd, __s64 ref)
{
	__s64 less = call_with(fd, CALLS_FILE_AGAIN, SPIN_RIGHT_READ, 0, 1, &ref);
	__s64 none = call(fd, CALLS_FILE_OPEN, SPIN_RIGHT_PASS, 0);

	check("narrowed", less > 0, "a reference", "%s", said(less));
	expect("narrowed_to", rights_of(fd, less), SPIN_RIGHT_READ);
	check("narrowed_can_read",
	      call_with(fd, CALLS_FILE_READ, 0, 0, 1, &less) > 0, "8 bytes",
	      "%s", said(call_with(fd, CALLS_FILE_READ, 0, 0, 1, &less)));
	expect("narrowed_cannot_be_externalised",
	       call_with(fd, CALLS_FILE_AGAIN, 0, 0, 1, &less), -EACCES);
	check("without_read", none > 0, "a reference", "%s", said(none));
	expect("without_read_cannot_read",
	       call_with(fd, CALLS_FILE_READ, 0, 0, 1, &none), -EACCES);
	expect("rights_it_has_not", call(fd, CALLS_FILE_OPEN, SPIN_RIGHT_WRITE, 0),
	       -EACCES);
}

static void file_copies(int fd, __s64 ref)
{
	int other = connected(NULL);
	__u64 copy = 0, again = 0;
	__s64 as_ref;

	expect("copied", spin_ref_copy(other, fd, ref,
				       SPIN_RIGHT_READ, &copy), 0);
	expect("copied_with", rights_of(other, copy), SPIN_RIGHT_READ);
	as_ref = copy;
	check("copy_can_read",
	      call_with(other, CALLS_FILE_READ, 0, 0, 1, &as_ref) > 0,
	      "8 bytes", "%s",
	      said(call_with(other, CALLS_FILE_READ, 0, 0, 1, &as_ref)));
	expect("copy_cannot_be_copied",
	       spin_ref_copy(fd, other, copy, 0, &again), -EPERM);
	expect("copy_with_more",
	       spin_ref_copy(other, fd, ref, SPIN_RIGHTS_ALL, &again), -EPERM);
	expect("source_deleted", spin_ref_delete(fd, ref), 0);
	check("copy_stays",
	      call_with(other, CALLS_FILE_READ, 0, 0, 1, &as_ref) > 0,
	      "8 bytes", "%s",
	      said(call_with(other, CALLS_FILE_READ, 0, 0, 1, &as_ref)));
}

static int test_file(void)
{
	int fd = connected(NULL);
	__s64 ref = call(fd, CALLS_FILE_OPEN, 0, 0);
	__s64 value = call(fd, CALLS_OPEN, 1, 1);
	__s64 refs[] = { ref, ref, ref, ref };
	__s64 bad[] = { ref, value };

	check("opened", ref > 0, "a reference", "%s", said(ref));
	expect_value("read", call_with(fd, CALLS_FILE_READ, 8, 0, 1, &ref),
		     0x3837363534333231);
	expect_value("read_by_the_fourth",
		     call_with(fd, CALLS_FILE_READ, 8, 3, 4, refs),
		     0x3837363534333231);
	expect("as_a_value", call(fd, CALLS_GET, ref, 0), -EBADF);
	expect("value_as_capability", call_with(fd, CALLS_FILE_READ, 8, 0, 2, bad),
	       -EBADF);
	expect("no_argument", call(fd, CALLS_FILE_READ, 8, 0), -ENOENT);
	expect("argument_behind_the_last",
	       call_with(fd, CALLS_FILE_READ, 8, 1, 1, &ref), -ENOENT);
	expect("arguments", call_with(fd, CALLS_ARGUMENTS, 0, 0, 4, refs), 4);
	file_rights(fd, ref);
	file_copies(fd, ref);
	expect("use_after_delete",
	       call_with(fd, CALLS_FILE_READ, 8, 0, 1, &ref), -ENOENT);
	return 0;
}

/* The capability is revoked between two lines on stdin. */
static int test_revoked(void)
{
	int fd = connected(NULL);
	__s64 ref = call(fd, CALLS_FILE_OPEN, 0, 0);
	struct spin_ioc_ref_next next = {};
	char line[64];

	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		__s64 word = call_with(fd, CALLS_FILE_READ, 8, 0, 1, &ref);

		next.ref = 0;
		spin_ref_next(fd, &next);
		printf("%s %s %s\n", word == 0x3837363534333231 ? "read" : said(word),
		       next.flags & SPIN_REF_REVOKED ? "revoked" : "good",
		       said(call(fd, CALLS_NULL, 0, 0)));
		fflush(stdout);
	}
	return 0;
}

/* ---- many at once ---- */

struct worker {
	pthread_t thread;
	int fd, other;
	double until;
	long done, wrong;
	unsigned int seed;
};

/* A reference of one's own stays good whatever others do to theirs. */
static void worker_once(struct worker *w)
{
	__u64 value = rand_r(&w->seed), copy;
	__s64 ref = call(w->fd, CALLS_OPEN, 1, value);

	if (ref == -ENOSPC)
		return;
	w->wrong += ref <= 0 || call(w->fd, CALLS_GET, ref, 1) != (__s64)value;
	if (!spin_ref_copy(w->other, w->fd, ref, 0, &copy)) {
		w->wrong += call(w->other, CALLS_GET, copy, 1) != (__s64)value;
		w->wrong += spin_ref_delete(w->other, copy) != 0;
	}
	w->wrong += spin_ref_delete(w->fd, ref) != 0;
	w->wrong += call(w->fd, CALLS_GET, ref, 1) != -ENOENT;
	w->done++;
}

static void *worker(void *arg)
{
	struct worker *w = arg;

	while (now() < w->until)
		worker_once(w);
	return NULL;
}

/* Threads on two files, each copying from one to the other, both ways. */
static int test_threads(int seconds)
{
	int a = connected(NULL), b = connected(NULL);
	struct worker workers[4] = {};
	long done = 0, wrong = 0;
	int i;

	for (i = 0; i < 4; i++) {
		struct worker *w = &workers[i];

		w->fd = i % 2 ? a : b;
		w->other = i % 2 ? b : a;
		w->until = now() + seconds;
		w->seed = i;
		if (pthread_create(&w->thread, NULL, worker, w))
			give_up("pthread_create");
	}
	for (i = 0; i < 4; i++) {
		pthread_join(workers[i].thread, NULL);
		done += workers[i].done;
		wrong += workers[i].wrong;
	}
	check("done", done > 100, "many", "%ld", done);
	expect_value("wrong", wrong, 0);
	expect("left", ref_count(a) + ref_count(b), 0);
	return 0;
}

/* Whatever comes; connected to an extension that comes and goes. */
static void storm_once(int *fds, int n)
{
	int i = rand() % n, j = rand() % n;
	__u64 copy;

	switch (rand() % 8) {
	case 0:
		close(fds[i]);
		fds[i] = device_open();
		connect_to(fds[i], EXT, NULL);
		break;
	case 1:
		call(fds[i], CALLS_OPEN, 1, 1);
		break;
	case 2:
		call(fds[i], CALLS_GET, (__u64)(rand() % 64) << 16 | 1, 1);
		break;
	case 3:
		spin_ref_delete(fds[i], (__u64)(rand() % 64) << 16 | 1);
		break;
	case 4:
		spin_ref_copy(fds[i], fds[j], 1 << 16 | 1, 0, &copy);
		break;
	case 5:
		call(fds[i], CALLS_MINE, rand(), 0);
		break;
	default:
		call(fds[i], CALLS_DOUBLE, 1, 0);
	}
}

static void storm_child(void)
{
	int fds[4], i;

	srand(getpid());
	for (i = 0; i < 4; i++)
		fds[i] = device_open();
	for (;;)
		storm_once(fds, 4);
}

static int test_storm(int seconds)
{
	double until = now() + seconds;
	int killed = 0;

	while (now() < until) {
		pid_t child = fork();

		if (!child)
			storm_child();
		nap(rand() % 200);
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
		{ "answers", test_answers },
		{ "blocks", test_blocks },
		{ "connections", test_connections },
		{ "buffers", test_buffers },
		{ "references", test_references },
		{ "limit", test_limit },
		{ "copies", test_copies },
		{ "unanswered-copies", test_unanswered_copies },
		{ "quota", test_quota },
		{ "room", test_room },
		{ "follow", test_follow },
		{ "steady", test_steady },
		{ "wait", test_wait },
		{ "guard-by-file", test_guard_by_file },
		{ "passed", test_passed },
		{ "fork", test_fork },
		{ "fdinfo", test_fdinfo },
		{ "file", test_file },
		{ "revoked", test_revoked },
	};
	const char *argument = argc > 2 ? argv[2] : "1";

	if (argc < 2)
		return 2;
	if (!strcmp(argv[1], "threads"))
		return test_threads(atoi(argument));
	if (!strcmp(argv[1], "storm"))
		return test_storm(atoi(argument));
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		if (!strcmp(argv[1], tests[i].name))
			return tests[i].run();
	return 2;
}
