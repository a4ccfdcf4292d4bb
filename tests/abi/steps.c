// SPDX-License-Identifier: GPL-2.0
/*
 * Loaders that die, race, or pass their descriptors on: whatever step they got
 * to, an extension is there as a whole or not at all.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include "raw.h"

enum step {
	CREATED, IMPORTED, GRANTED, ENTERED, LOADED, BOUND_ONE, BOUND_ALL, LEFT,
	COMMITTED, NR_STEPS
};

static const char *const step_names[] = {
	"create", "import", "grant", "enter", "load", "one_binding",
	"all_bindings", "leave", "commit",
};

/* Load the fixture, up to and including @last; then die at once. */
static void load_until(enum step last)
{
	struct spin_ioc_ext_grant grant = {
		.kind = SPIN_CAP_FILE, .fd2 = -1,
		.name = "file",
	};
	struct fixture f;
	int ext, link[2];

#define STEP(WHICH) do { if (last == (WHICH)) raise(SIGKILL); } while (0)
	ext = ext_create("dies");
	if (ext < 0)
		_exit(2);
	STEP(CREATED);
	if (ext_import(ext, "Udp") || ext_import(ext, "Clock"))
		_exit(3);
	STEP(IMPORTED);
	grant.fd = open(object_path("run/fixture"), O_RDONLY);
	if (ioctl(ext, SPIN_IOC_EXT_GRANT, &grant) < 0)
		_exit(4);
	STEP(GRANTED);
	if (ext_enter(ext))
		_exit(5);
	STEP(ENTERED);
	if (fixture_load(&f))
		_exit(6);
	STEP(LOADED);
	link[0] = raw_bind(f.by_port, f.guard, f.count, "by_port");
	if (link[0] < 0)
		_exit(7);
	STEP(BOUND_ONE);
	link[1] = raw_bind_tick(f.by_time, f.tick, 2000, "by_time");
	if (link[1] < 0)
		_exit(8);
	STEP(BOUND_ALL);
	if (ext_leave(ext))
		_exit(10);
	STEP(LEFT);
	if (ext_commit(ext))
		_exit(11);
	raise(SIGKILL);
}

static void killed_loaders_leave_nothing(void)
{
	struct census before = census();

	for (enum step last = CREATED; last < NR_STEPS; last++) {
		char name[64];
		pid_t pid = fork();
		int status;

		snprintf(name, sizeof(name), "loader_killed_after_%s",
			 step_names[last]);
		if (!pid)
			load_until(last);
		waitpid(pid, &status, 0);
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
			check(name, false, "the loader gets that far",
			      "it gave up at step %d", WEXITSTATUS(status) - 2);
			ext_unload("dies", 0);
			continue;
		}
		if (last == COMMITTED) {
			struct spin_ioc_binding_next binding;

			check(name, !binding_find("dies", "by_time", &binding) &&
			      binding.active, "the whole extension", "nothing");
			expect("unload_after_killed_loader",
			       ext_unload("dies", 0), 0);
		} else {
			/* The name is free as soon as the process is gone. */
			check(name, ext_count() == before.exts, "no extension",
			      "%d", ext_count() - before.exts);
		}
	}
	nothing_left("killed_loaders_leave_nothing", &before);
}

/* A copy of the descriptor keeps an uncommitted extension; the last ends it. */
static void passed_descriptors(void)
{
	struct census before = census();
	int ext = ext_create("passed"), copy = dup(ext), status, pair[2];
	struct msghdr msg = {};
	char control[CMSG_SPACE(sizeof(int))] = {}, byte = 0;
	struct iovec iov = { &byte, 1 };
	struct cmsghdr *cmsg;
	pid_t pid;

	close(ext);
	check("copy_of_the_descriptor_keeps_it", ext_count() == before.exts + 1,
	      "1 extension", "%d", ext_count() - before.exts);
	pid = fork();
	if (!pid) {
		/* the child can end what the parent began, and may not be it */
		_exit(ext_import(copy, "Udp") ? 1 : 0);
	}
	waitpid(pid, &status, 0);
	check("child_uses_the_descriptor", WIFEXITED(status), "it returns",
	      "status %#x", status);
	close(copy);
	check("last_copy_ends_it", wait_for(ext_count() == before.exts, 2),
	      "no extension", "%d", ext_count() - before.exts);

	/* They are in flight in a socket when the socket is thrown away. */
	ext = ext_create("in-flight");
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		give_up("socketpair");
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = control;
	msg.msg_controllen = sizeof(control);
	cmsg = CMSG_FIRSTHDR(&msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &ext, sizeof(int));
	if (sendmsg(pair[0], &msg, 0) != 1)
		give_up("sendmsg");
	close(ext);
	close(pair[0]);
	close(pair[1]);
	check("descriptor_in_flight_is_ended",
	      wait_for(ext_count() == before.exts, 2), "no extension", "%d",
	      ext_count() - before.exts);

	/* Entered, then the descriptor is closed: the thread is out again. */
	{
		struct fixture f;
		int link;

		ext = fixture_ext("closed-inside", &f);
		close(ext);
		link = raw_bind(f.by_port, f.guard, f.count, "by_port");
		check("closing_the_descriptor_leaves", link < 0, "an error",
		      "link %d", link);
		if (link >= 0)
			close(link);
		fixture_drop(&f);
	}
	nothing_left("passed_descriptors_leave_nothing", &before);
}

static int the_ext;
static int entered[2];
static pthread_barrier_t barrier;

static void *enter_too(void *arg)
{
	int *ret = arg;

	*ret = ext_enter(the_ext);
	pthread_barrier_wait(&barrier);	/* both have tried */
	pthread_barrier_wait(&barrier);	/* the other has looked */
	if (!*ret)
		ext_leave(the_ext);
	return NULL;
}

static void entering(void)
{
	struct census before = census();
	pthread_t thread;
	int other, ret;

	the_ext = ext_create("entered");
	other = ext_create("entered-too");
	expect("enter", ext_enter(the_ext), 0);
	ret = ext_enter(other);
	check("thread_is_in_one_extension_at_a_time", ret < 0, "an error", "%s",
	      said(ret));
	/* Leaving another one does not take us out of ours. */
	ext_leave(other);
	ret = ext_enter(other);
	check("leaving_another_one_changes_nothing", ret < 0, "an error", "%s",
	      said(ret));
	expect("leave", ext_leave(the_ext), 0);
	expect("enter_another_after_leave", ext_enter(other), 0);
	ext_leave(other);

	/* Another thread, at the same time: one in, or both; none confused. */
	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&thread, NULL, enter_too, &entered[0]);
	pthread_barrier_wait(&barrier);
	entered[1] = ext_enter(the_ext);
	check("first_thread_enters", !entered[0], "0", "%s", said(entered[0]));
	check("second_thread_is_refused_or_taken",
	      !entered[1] || entered[1] == -EBUSY, "0 or EBUSY", "%s",
	      said(entered[1]));
	pthread_barrier_wait(&barrier);
	pthread_join(thread, NULL);
	if (entered[1])
		expect("enter_after_the_other_left", ext_enter(the_ext), 0);
	else
		ext_enter(the_ext);
	ext_leave(the_ext);

	/* A thread that ends while it is in does not keep the place. */
	{
		pid_t pid = fork();
		int status;

		if (!pid)
			_exit(ext_enter(the_ext) ? 1 : 0);
		waitpid(pid, &status, 0);
		ret = ext_enter(the_ext);
		check("dead_thread_is_out", !ret, "0", "%s", said(ret));
	}
	close(other);
	close(the_ext);
	nothing_left("entering_leaves_nothing", &before);
}

static void *create_same(void *arg)
{
	int *fd = arg;

	pthread_barrier_wait(&barrier);
	*fd = ext_create("same");
	return NULL;
}

static void same_name(void)
{
	struct census before = census();
	bool once = true;
	int won = 0;

	for (int round = 0; round < 50 && once; round++) {
		pthread_t threads[4];
		int fds[4];

		won = 0;
		pthread_barrier_init(&barrier, NULL, 4);
		for (int i = 0; i < 4; i++)
			pthread_create(&threads[i], NULL, create_same, &fds[i]);
		for (int i = 0; i < 4; i++)
			pthread_join(threads[i], NULL);
		for (int i = 0; i < 4; i++) {
			if (fds[i] >= 0) {
				won++;
				close(fds[i]);
			} else if (fds[i] != -EEXIST) {
				once = false;
			}
		}
		once &= won == 1;
		pthread_barrier_destroy(&barrier);
	}
	check("one_of_several_loaders_wins_the_name", once,
	      "1 winner, EEXIST for the rest", "%d winners", won);
	nothing_left("racing_loaders_leave_nothing", &before);
}

static void unprivileged(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		int fd, ret;

		close(spin_device());
		if (setgid(65534) || setuid(65534))
			_exit(20);
		fd = open("/dev/spin", O_RDWR);
		if (fd < 0)
			_exit(errno == EACCES || errno == EPERM ? 0 : 21);
		{
			struct spin_ioc_ext_create create = {
				.name = "nobody",
			};

			ret = ioctl(fd, SPIN_IOC_EXT_CREATE, &create);
			_exit(ret >= 0 ? 22 : errno == EPERM ? 0 : 23);
		}
	}
	waitpid(pid, &status, 0);
	check("user_without_rights_is_refused",
	      WIFEXITED(status) && !WEXITSTATUS(status), "EACCES or EPERM",
	      "status %d", WEXITSTATUS(status));
}

/* ---- verdicts ---- */

#define TRACING	"/sys/kernel/tracing/"

static bool traced(const char *text)
{
	FILE *file = fopen(TRACING "trace", "r");
	char line[1024];
	bool found = false;

	if (!file)
		give_up(TRACING "trace");
	while (fgets(line, sizeof(line), file))
		found |= !!strstr(line, text);
	fclose(file);
	return found;
}

static void trace_refusals(bool on)
{
	FILE *file = fopen(TRACING "events/spin/spin_refuse/enable", "w");

	if (!file || fprintf(file, "%d", on) < 0 || fclose(file))
		give_up(TRACING "events/spin/spin_refuse/enable");
}

/* An extension whose Domain.Initialize handler fails and says nothing. */
static int silent_ext(struct bpf_object **object, struct bpf_link **link)
{
	int ext = ext_create("silent");

	*object = bpf_object__open(object_path("load/refuse/initialize-refuses-without-a-word"));
	if (ext < 0 || !*object || ext_import(ext, "Udp") || ext_enter(ext) ||
	    bpf_object__load(*object))
		give_up("cannot load: %s", ext_verdict(ext));
	*link = bpf_map__attach_struct_ops(
		bpf_object__find_map_by_name(*object, "first"));
	if (!*link)
		give_up("cannot attach: %s", ext_verdict(ext));
	return ext;
}

/* What is said of one thing is not said of the next. */
static void verdicts(void)
{
	struct spin_ioc_ext_import import = { .flags = 4 };
	struct spin_ioc_domain_limit limit = { .what = 77 };
	struct census before = census();
	struct bpf_object *object;
	struct bpf_link *link;
	int ext = silent_ext(&object, &link);

	trace_refusals(true);
	expect("flag_is_refused",
	       result(ioctl(ext, SPIN_IOC_EXT_IMPORT, &import)), -EINVAL);
	check("flag_is_named", strstr(ext_verdict(ext), "'flags'"), "flags",
	      "'%s'", ext_verdict(ext));
	check("refusals_of_requests_are_traced", traced("EXT_IMPORT: "),
	      "a line of spin_refuse", "none");
	trace_refusals(false);
	expect("leave", ext_leave(ext), 0);
	check("leaving_keeps_the_verdict", ext_verdict(ext)[0], "a sentence",
	      "none");
	expect("commit_is_refused", ext_commit(ext), -EINVAL);
	check("commit_has_its_own_verdict",
	      strstr(ext_verdict(ext), "gave no reason"), "gave no reason",
	      "'%s'", ext_verdict(ext));
	expect("no_domain", result(ioctl(ext, SPIN_IOC_EXT_DOMAIN,
					 &(struct spin_ioc_ext_domain){ .fd = -1 })),
	       -EBADF);
	check("silent_refusal_has_no_older_verdict", !ext_verdict(ext)[0], "none",
	      "'%s'", ext_verdict(ext));
	expect("unknown_limit", result(ioctl(ext, SPIN_IOC_DOMAIN_LIMIT, &limit)),
	       -EINVAL);
	check("unknown_limit_is_named", strstr(ext_verdict(ext), "77"), "77",
	      "'%s'", ext_verdict(ext));
	bpf_link__destroy(link);
	bpf_object__close(object);
	close(ext);
	nothing_left("verdicts_leave_nothing", &before);
}

int main(void)
{
	libbpf_set_print(quiet);
	verdicts();
	killed_loaders_leave_nothing();
	passed_descriptors();
	entering();
	same_name();
	unprivileged();
	return 0;
}
