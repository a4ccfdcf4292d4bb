/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A request whose answer cannot be written, though its block could be when it began.
 *
 * The block lies in two pages. The second is write-protected by userfaultfd: when the
 * module looks whether it can be written, it has seen the first, and waits. Then the
 * first is made read-only and the second is let go.
 */
#ifndef _SPIN_TESTS_UNANSWERED_H
#define _SPIN_TESTS_UNANSWERED_H

#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <linux/userfaultfd.h>

#include "raw.h"

struct unanswered {
	char *first, *second;	/* the pages */
	long page;		/* bytes */
	int fd;			/* of userfaultfd */
	bool seen;		/* somebody wanted to write */
	bool over;		/* the request is */
};

static void unanswered_protect(const struct unanswered *u, bool on)
{
	struct uffdio_writeprotect protect = {
		.range = { .start = (unsigned long)u->second, .len = u->page },
		.mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
	};

	if (ioctl(u->fd, UFFDIO_WRITEPROTECT, &protect))
		give_up("UFFDIO_WRITEPROTECT");
}

static void *unanswered_serve(void *arg)
{
	struct unanswered *u = arg;
	struct pollfd wait = { .fd = u->fd, .events = POLLIN };
	struct uffd_msg msg;

	while (poll(&wait, 1, 50) <= 0)
		if (__atomic_load_n(&u->over, __ATOMIC_ACQUIRE))
			return NULL;
	if (read(u->fd, &msg, sizeof(msg)) != sizeof(msg) ||
	    mprotect(u->first, u->page, PROT_READ))
		give_up("mprotect");
	u->seen = true;
	unanswered_protect(u, false);
	return NULL;
}

static void unanswered_begin(struct unanswered *u)
{
	struct uffdio_api api = {
		.api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP,
	};
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_WP };

	u->page = sysconf(_SC_PAGESIZE);
	u->first = mmap(NULL, 2 * u->page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	u->second = u->first + u->page;
	u->fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	range.range.start = (unsigned long)u->second;
	range.range.len = u->page;
	if (u->first == MAP_FAILED || u->fd < 0 ||
	    ioctl(u->fd, UFFDIO_API, &api) ||
	    ioctl(u->fd, UFFDIO_REGISTER, &range))
		give_up("userfaultfd");
}

/* Returns what the request does; give_up() if it never wanted to write its block. */
static int unanswered(int fd, unsigned int number, const void *block, size_t size)
{
	struct unanswered u = {};
	pthread_t server;
	char *at;
	int ret;

	unanswered_begin(&u);
	at = u.second - 8;
	memcpy(at, block, size);
	unanswered_protect(&u, true);
	pthread_create(&server, NULL, unanswered_serve, &u);
	ret = result(ioctl(fd, number, at));
	__atomic_store_n(&u.over, true, __ATOMIC_RELEASE);
	pthread_join(server, NULL);
	if (!u.seen)
		give_up("the block was not to be written: %s", said(ret));
	close(u.fd);
	munmap(u.first, 2 * u.page);
	return ret;
}

#endif /* _SPIN_TESTS_UNANSWERED_H */
