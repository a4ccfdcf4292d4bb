// SPDX-License-Identifier: GPL-2.0
/*
 * Domains by raw ioctls: rights of descriptors, descriptors that were passed on,
 * domains that end while somebody has them, and arguments that make no sense.
 */
#include <pthread.h>
#include <sys/socket.h>

#include "raw.h"

static int domain_create(const char *name)
{
	struct spin_ioc_domain_create block = {};

	snprintf(block.name, sizeof(block.name), "%s", name);
	return result(ioctl(spin_device(), SPIN_IOC_DOMAIN_CREATE, &block));
}

static int domain_open(const char *name, __u32 rights)
{
	struct spin_ioc_domain_open block = {
		.rights = rights,
	};

	snprintf(block.name, sizeof(block.name), "%s", name);
	return result(ioctl(spin_device(), SPIN_IOC_DOMAIN_OPEN, &block));
}

static int domain_combine(int fd, int other, const char *interface)
{
	struct spin_ioc_domain_combine block = {
		.fd = other,
	};

	snprintf(block.interface, sizeof(block.interface), "%s", interface);
	return result(ioctl(fd, SPIN_IOC_DOMAIN_COMBINE, &block));
}

static int domain_rights(int fd, __u32 rights)
{
	struct spin_ioc_domain_rights block = {
		.rights = rights,
	};

	return result(ioctl(fd, SPIN_IOC_DOMAIN_RIGHTS, &block));
}

static int domain_limit(int fd, __u32 what, __u64 limit)
{
	struct spin_ioc_domain_limit block = {
		.what = what, .limit = limit,
	};

	return result(ioctl(fd, SPIN_IOC_DOMAIN_LIMIT, &block));
}

static int domain_resolve(int fd, const char *interface, __u32 flags)
{
	struct spin_ioc_domain_resolve block = {
		.flags = flags,
	};

	snprintf(block.interface, sizeof(block.interface), "%s", interface);
	return result(ioctl(fd, SPIN_IOC_DOMAIN_RESOLVE, &block));
}

static int domain_destroy(int fd)
{
	return result(ioctl(fd, SPIN_IOC_DOMAIN_DESTROY));
}

static int ext_confine(int ext, int fd)
{
	struct spin_ioc_ext_domain block = { .fd = fd };

	return result(ioctl(ext, SPIN_IOC_EXT_DOMAIN, &block));
}

static int domain_count(void)
{
	struct spin_ioc_domain_next next = {};
	int n = 0;

	while (!ioctl(spin_device(), SPIN_IOC_DOMAIN_NEXT, &next))
		n++;
	return n;
}

/* A descriptor does what it was opened for, for every holder. */
static void rights_are_the_descriptors(void)
{
	int fd = domain_create("rights"), import, udp;

	if (fd < 0)
		give_up("no domain: %s", said(fd));
	import = domain_open("rights", SPIN_DOMAIN_IMPORT);
	udp = domain_open("Udp", 0);
	check("opened_to_import", import >= 0 && udp >= 0, "descriptors",
	      "%s, %s", said(import), said(udp));
	expect("combine_without_the_right_to_modify",
	       domain_combine(import, udp, ""), -EACCES);
	expect("destroy_without_the_right_to_modify", domain_destroy(import),
	       -EACCES);
	expect("set_rights_without_the_right_to_modify",
	       domain_rights(import, 3), -EACCES);
	expect("combine_with_the_right", domain_combine(fd, udp, ""), 0);
	expect("combine_with_what_it_does_not_export",
	       domain_combine(fd, udp, "Clock"), -ENOENT);
	expect("nobody_may_modify_a_module_s_domain",
	       domain_open("Udp", SPIN_DOMAIN_MODIFY), -EACCES);
	expect("nor_combine_into_it", domain_combine(udp, fd, ""), -EACCES);
	expect("limit_of_what_is_no_extension_s",
	       domain_limit(fd, SPIN_QUOTA_MEMORY, 1), -EINVAL);
	expect("combine_with_itself", domain_combine(fd, fd, ""), 0);
	close(udp);
	close(import);
	expect("destroy", domain_destroy(fd), 0);
	close(fd);
}

static void nonsense_is_refused(void)
{
	char long_name[SPIN_PATH_LEN + 1];
	int fd = domain_create("nonsense"), ext;
	static const char *const bad[] = {
		"", "/", "a/", "/a", "a//b", "a b", "../a", "a/b/c/d/e/f/g/h/i",
		"u0", "u1000", "u1000/a", "\xff",
	};
	char seen[256] = "";

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int ret = domain_create(bad[i]);

		if (ret != -EINVAL)
			snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen),
				 "'%s': %s; ", bad[i], said(ret));
		if (ret >= 0)
			close(ret);
	}
	check("bad_names_are_refused", !*seen, "EINVAL for each", "%s", seen);
	memset(long_name, 'a', sizeof(long_name));
	{
		struct spin_ioc_domain_create block = {};

		memcpy(block.name, long_name, sizeof(block.name));
		expect("endless_name_is_refused",
		       result(ioctl(spin_device(), SPIN_IOC_DOMAIN_CREATE,
				    &block)), -ENAMETOOLONG);
	}
	expect("combine_with_dev_spin", domain_combine(fd, spin_device(), ""),
	       -EINVAL);
	expect("combine_with_a_closed_descriptor", domain_combine(fd, 999, ""),
	       -EBADF);
	expect("combine_with_a_negative_descriptor",
	       domain_combine(fd, -1, ""), -EBADF);
	expect("unknown_rights", domain_rights(fd, 4), -EINVAL);
	expect("open_with_unknown_rights", domain_open("nonsense", 8), -EINVAL);
	expect("unknown_request", result(ioctl(fd, SPIN_IOC_EXT_COMMIT)),
	       -ENOTTY);
	expect("resolve_of_what_is_no_extension_s",
	       domain_resolve(fd, "Udp", 0), -EINVAL);
	expect("null_block", result(ioctl(fd, SPIN_IOC_DOMAIN_COMBINE, NULL)),
	       -EFAULT);
	ext = ext_create("nonsense-ext");
	expect("confine_to_dev_spin", ext_confine(ext, spin_device()), -EINVAL);
	expect("confine_to_nothing", ext_confine(ext, 999), -EBADF);
	expect("limit_of_an_unknown_kind",
	       domain_limit(ext, SPIN_QUOTA_KINDS, 1), -EINVAL);
	expect("limit_of_a_far_unknown_kind", domain_limit(ext, ~0U, 1),
	       -EINVAL);
	close(ext);
	domain_destroy(fd);
	close(fd);
}

/*
 * A destroyed domain is gone, and its name is free; a descriptor of it can do no
 * harm.
 */
static void destroyed_domain_is_stale(void)
{
	int fd = domain_create("stale"), again = domain_open("stale", 0);
	int udp = domain_open("Udp", 0), next, ext;

	expect("destroy_while_it_is_open", domain_destroy(fd), 0);
	expect("destroy_twice", domain_destroy(again), -ESTALE);
	expect("combine_into_what_is_gone", domain_combine(again, udp, ""),
	       -ESTALE);
	expect("open_what_is_gone", domain_open("stale", 0), -ENOENT);
	next = domain_create("stale");
	check("its_name_is_free", next >= 0, "a descriptor", "%s", said(next));
	expect("combine_with_what_is_gone", domain_combine(next, again, ""),
	       -ESTALE);
	ext = ext_create("stale-ext");
	expect("confine_to_what_is_gone", ext_confine(ext, again), -ESTALE);
	expect("confine_to_a_module_s_domain", ext_confine(ext, udp), -EINVAL);
	expect("confine", ext_confine(ext, next), 0);
	expect("destroy_what_confines", domain_destroy(next), -EBUSY);
	expect("import_from_an_empty_domain", ext_import(ext, "Udp"), -EACCES);
	expect("combine_later", domain_combine(next, udp, "Udp"), 0);
	expect("import_what_is_there_now", ext_import(ext, "Udp"), 0);
	expect("confine_after_an_import", ext_confine(ext, next), -EBUSY);
	close(ext);
	expect("destroy_when_nobody_is_confined", domain_destroy(next), 0);
	close(next);
	close(udp);
	close(again);
	close(fd);
}

static void send_fd(int socket, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	if (sendmsg(socket, &msg, 0) != 1)
		give_up("cannot send a descriptor");
}

static int receive_fd(int socket)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int fd = -1;

	if (recvmsg(socket, &msg, 0) == 1 && CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

/* A process of another user: what it may do is what it was handed. */
static int other_user(int socket, int udp)
{
	int import = receive_fd(socket), modify = receive_fd(socket);
	int bad = 0;

	if (setresuid(1000, 1000, 1000))
		return 100;
	bad |= domain_combine(import, udp, "") != -EACCES ? 1 : 0;
	bad |= domain_combine(modify, udp, "") != 0 ? 2 : 0;
	bad |= domain_limit(modify, SPIN_QUOTA_MEMORY, 1) != -EINVAL ? 4 : 0;
	return bad;
}

static void passing_a_descriptor_passes_its_rights(void)
{
	int fd = domain_create("passed"), udp = domain_open("Udp", 0);
	int import = domain_open("passed", SPIN_DOMAIN_IMPORT);
	int sockets[2], status = -1;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets))
		give_up("no sockets");
	pid = fork();
	if (!pid)
		_exit(other_user(sockets[1], udp));
	send_fd(sockets[0], import);
	send_fd(sockets[0], fd);
	waitpid(pid, &status, 0);
	check("passing_a_descriptor_passes_its_rights",
	      WIFEXITED(status) && !WEXITSTATUS(status), "0",
	      "%d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	close(sockets[0]);
	close(sockets[1]);
	domain_destroy(fd);
	close(import);
	close(udp);
	close(fd);
}

/* An extension that is unloaded while somebody has its domain open. */
static void domain_of_an_extension_ends_with_it(void)
{
	struct fixture f;
	int ext = fixture_ext("ends", &f), fd, link;

	link = raw_bind(f.by_port, f.guard, f.count, "by_port");
	if (link < 0 || ext_commit(ext))
		give_up("cannot load: %s", ext_verdict(ext));
	fd = domain_open("ends", 0);
	expect("limit_an_extension", domain_limit(fd, SPIN_QUOTA_BINDINGS, 7), 0);
	expect("unresolve_twice_1", domain_resolve(fd, "Udp", SPIN_RESOLVE_UNDO),
	       0);
	expect("unresolve_twice_2", domain_resolve(fd, "Udp", SPIN_RESOLVE_UNDO),
	       -EALREADY);
	expect("resolve_twice_1", domain_resolve(fd, "Udp", 0), 0);
	expect("resolve_twice_2", domain_resolve(fd, "Udp", 0), -EALREADY);
	expect("unresolve_what_is_for_all",
	       domain_resolve(fd, "Domain", SPIN_RESOLVE_UNDO), -ENOENT);
	expect("combine_into_an_extension_s",
	       domain_combine(fd, fd, ""), -EINVAL);
	expect("destroy_an_extension_s", domain_destroy(fd), -EINVAL);
	close(link);
	fixture_drop(&f);
	close(ext);
	expect("unload", ext_unload("ends", 0), 0);
	expect("limit_of_what_is_unloaded",
	       domain_limit(fd, SPIN_QUOTA_BINDINGS, 7), -ESTALE);
	expect("resolve_of_what_is_unloaded", domain_resolve(fd, "Udp", 0),
	       -ESTALE);
	close(fd);
}

static volatile bool stop;

/* Whatever comes first: nothing may be left, and nothing may break. */
static void *racer(void *arg)
{
	unsigned int seed = (unsigned int)(size_t)arg;

	while (!stop) {
		int fd = domain_create("race"), other = domain_open("race", 0);
		int ext = ext_create("race-ext");

		if (fd < 0)
			fd = domain_open("race", 0);
		if (ext >= 0 && other >= 0)
			ext_confine(ext, other);
		domain_combine(fd, other, "");
		domain_combine(other, fd, "");
		domain_count();
		if (rand_r(&seed) & 1 && ext >= 0)
			ext_import(ext, "Udp");
		domain_destroy(rand_r(&seed) & 1 ? fd : other);
		close(ext);
		close(fd);
		close(other);
	}
	return NULL;
}

static void races_leave_nothing(int seconds, int before)
{
	pthread_t threads[3];
	int left;

	for (size_t i = 0; i < 3; i++)
		if (pthread_create(&threads[i], NULL, racer, (void *)i))
			give_up("no thread");
	nap(seconds * 1000);
	stop = true;
	for (size_t i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	left = domain_open("race", 0);
	if (left >= 0) {
		domain_destroy(left);
		close(left);
	}
	check("races_leave_nothing", domain_count() == before,
	      "as many domains as before", "%d more", domain_count() - before);
}

int main(int argc, char **argv)
{
	struct census was = census();
	int before = domain_count();

	libbpf_set_print(quiet);
	rights_are_the_descriptors();
	nonsense_is_refused();
	destroyed_domain_is_stale();
	passing_a_descriptor_passes_its_rights();
	domain_of_an_extension_ends_with_it();
	races_leave_nothing(argc > 1 ? atoi(argv[1]) : 1, before);
	check("no_domain_is_left", domain_count() == before, "as many as before",
	      "%d more", domain_count() - before);
	nothing_left("domains_leave_nothing", &was);
	return 0;
}
