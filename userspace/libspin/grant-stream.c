// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Grant stream:ADDRESS:PORT: a TCP connection, made here. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "internal.h"

#define CONNECT_SECONDS	10

/* The outcome of a connect that was not to be waited for. */
static int wait_connected(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int err = 0;

	switch (poll(&poll_fd, 1, CONNECT_SECONDS * 1000)) {
	case -1:
		return -errno;
	case 0:
		return -ETIMEDOUT;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return -errno;
	return -err;
}

int spin_grant_stream(struct spin *spin, const char *what,
		   struct spin_thing *thing)
{
	struct sockaddr_in addr;
	int err;

	if (!spin_endpoint_parse(what, &addr) ||
	    addr.sin_addr.s_addr == htonl(INADDR_ANY) || !addr.sin_port)
		return spin_fail(spin, -EINVAL,
				 "'%s' is not an IPv4 address and a port to connect to: write ADDRESS:PORT",
				 what);
	thing->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			   0);
	if (thing->fd < 0)
		return spin_fail(spin, -errno, "cannot make a TCP socket: %s",
				 spin_strerror(errno));
	err = connect(thing->fd, (struct sockaddr *)&addr, sizeof(addr)) ?
		      -errno : 0;
	if (err == -EINPROGRESS)
		err = wait_connected(thing->fd);
	if (err)
		return spin_fail(spin, err, "cannot connect to %s: %s", what,
				 spin_strerror(err));
	return 0;
}
