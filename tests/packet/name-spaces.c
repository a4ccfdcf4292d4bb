// SPDX-License-Identifier: GPL-2.0
/*
 * Loaders that are in one network name space when they create an extension, and
 * in another one when they attach to it, or grant it something. What counts is
 * where the extension lives.
 */
#include <arpa/inet.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "raw.h"

static void net_admin_drop(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		give_up("capget");
	data[0].permitted &= ~(1U << CAP_NET_ADMIN);
	data[0].effective &= ~(1U << CAP_NET_ADMIN);
	data[0].inheritable &= ~(1U << CAP_NET_ADMIN);
	if (syscall(SYS_capset, &header, data))
		give_up("capset");
}

static int own_net(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		give_up("/proc/self/ns/net");
	return fd;
}

static void enter_net(int fd)
{
	if (setns(fd, CLONE_NEWNET))
		give_up("setns");
}

/* All but the link, which anybody can make. Returns the extension. */
static int prepare(const char *name, struct fixture *f)
{
	int ext = fixture_ext(name, f);
	struct raw_value value;
	int ret;

	if (ext < 0)
		give_up("no extension: %s", said(ext));
	value = raw_template(f->guard, f->count, "by_port");
	ret = raw_update(f->by_port, &value);
	if (ret)
		give_up("no template: %s", said(ret));
	return ext;
}

/* The loader has no right here and all rights there: the binding hangs here. */
static int without_the_right(void)
{
	struct fixture f;
	int ext, link;

	net_admin_drop();
	ext = prepare("moved", &f);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		give_up("unshare");
	link = raw_link(f.by_port);
	expect("right_over_another_name_space_is_none", link, -EPERM);
	check("sentence_says_which",
	      strstr(ext_verdict(ext), "in which the extension was created"),
	      "the name space is told", "%s", ext_verdict(ext));
	return 0;
}

/* The loader has the right here and none there: the binding hangs here. */
static int with_the_right(void)
{
	struct fixture f;
	int ext = prepare("stayed", &f), link;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
		give_up("unshare");
	link = raw_link(f.by_port);
	check("right_is_the_extension_s", link >= 0, "a link", "%s: %s",
	      said(link), ext_verdict(ext));
	return 0;
}

/* A network name space of a user name space that is ours. */
static int owned_net(void)
{
	int ready[2], fd;
	char path[64];
	pid_t child;

	if (pipe(ready))
		give_up("pipe");
	child = fork();
	if (!child) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
			_exit(1);
		close(ready[1]);
		pause();
	}
	close(ready[1]);
	if (read(ready[0], path, 1))
		give_up("read");
	close(ready[0]);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", child);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	kill(child, SIGKILL);
	if (waitpid(child, NULL, 0) != child || fd < 0)
		give_up("no name space");
	return fd;
}

/* The right over one that is ours, and none over the system's: it hangs there. */
static int with_the_right_there(void)
{
	int here = own_net(), there = owned_net(), ext, link;
	struct fixture f;

	net_admin_drop();
	enter_net(there);
	ext = prepare("owned", &f);
	enter_net(here);
	link = raw_link(f.by_port);
	check("right_over_its_own_name_space_is_enough", link >= 0, "a link",
	      "%s: %s", said(link), ext_verdict(ext));
	return 0;
}

static int bound_socket(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(4311) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (void *)&any, sizeof(any)))
		give_up("no socket");
	return fd;
}

static int grant_socket(int ext, const char *name, int fd)
{
	struct spin_ioc_ext_grant grant = {
		.kind = SPIN_CAP_SOCKET, .fd = fd,
		.fd2 = -1,
	};
	int ret;

	snprintf(grant.name, sizeof(grant.name), "%s", name);
	ret = result(ioctl(ext, SPIN_IOC_EXT_GRANT, &grant));
	return ret > 0 ? 0 : ret;
}

/* A granter in another name space: sockets of the extension's, no others. */
static int granter_elsewhere(void)
{
	int ext = ext_create("grantee"), own = bound_socket();

	if (ext < 0 || ext_import(ext, "Socket"))
		give_up("no extension");
	if (unshare(CLONE_NEWNET))
		give_up("unshare");
	expect("socket_of_the_extension_s_name_space_is_taken",
	       grant_socket(ext, "own", own), 0);
	expect("socket_of_the_granter_s_is_refused",
	       grant_socket(ext, "other", bound_socket()), -EXDEV);
	return 0;
}

/* Each in a process of its own, which does not come back. */
static void in_child(const char *name, int (*test)(void))
{
	struct census before = census();
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (!child) {
		status = test();
		fflush(stdout);
		_exit(status);
	}
	if (waitpid(child, &status, 0) != child || status)
		check(name, false, "exit status 0", "%#x", status);
	nothing_left(name, &before);
}

int main(void)
{
	in_child("loader_without_the_right_leaves_nothing", without_the_right);
	in_child("loader_with_the_right_leaves_nothing", with_the_right);
	in_child("loader_elsewhere_leaves_nothing", with_the_right_there);
	in_child("granter_elsewhere_leaves_nothing", granter_elsewhere);
	return 0;
}
