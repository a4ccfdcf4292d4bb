// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Grants translation:[PID/]FD and strand:[PID/]FD: a descriptor of another process, or
 * one that this one was given. To take another's needs the right to trace it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

static int take(int pid, int fd)
{
	int process, taken, err;

	process = syscall(SYS_pidfd_open, pid, 0);
	if (process < 0)
		return -errno;
	taken = syscall(SYS_pidfd_getfd, process, fd, 0);
	err = -errno;
	close(process);
	return taken < 0 ? err : taken;
}

static int fail(struct spin *spin, const char *what, int pid, int fd, int err)
{
	switch (err) {
	case -ESRCH:
		return spin_fail(spin, err, "there is no process %d", pid);
	case -EBADF:
		if (pid)
			return spin_fail(spin, err,
					 "process %d has no descriptor %d", pid,
					 fd);
		return spin_fail(spin, err,
				 "descriptor %d is not open here: hand it over, or write PID/FD",
				 fd);
	case -EPERM:
		return spin_fail(spin, err,
				 "process %d's descriptors are not yours to take: be its owner, or have CAP_SYS_PTRACE",
				 pid);
	default:
		return spin_fail(spin, err, "cannot take descriptor %s: %s", what,
				 spin_strerror(err));
	}
}

/* A whole number from @text on; the end of it, or NULL. */
static const char *parse_number(const char *text, int *number)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return NULL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || value > INT_MAX)
		return NULL;
	*number = value;
	return end;
}

static bool parse(const char *what, int *pid, int *fd)
{
	const char *end = parse_number(what, fd);

	*pid = 0;
	if (end && *end == '/') {
		*pid = *fd;
		end = parse_number(end + 1, fd);
		if (!*pid)
			return false;
	}
	return end && !*end;
}

static int descriptor(struct spin *spin, const char *what,
		      struct spin_thing *thing)
{
	int pid, fd, taken;

	if (!parse(what, &pid, &fd))
		return spin_fail(spin, -EINVAL,
				 "'%s' names no descriptor: write PID/FD, or FD for one of this process",
				 what);
	if (pid) {
		taken = take(pid, fd);
	} else {
		taken = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (taken < 0)
			taken = -errno;
	}
	if (taken < 0)
		return fail(spin, what, pid, fd, taken);
	thing->fd = taken;
	return 0;
}

int spin_grant_translation(struct spin *spin, const char *what,
			   struct spin_thing *thing)
{
	return descriptor(spin, what, thing);
}

int spin_grant_strand(struct spin *spin, const char *what,
		      struct spin_thing *thing)
{
	return descriptor(spin, what, thing);
}
