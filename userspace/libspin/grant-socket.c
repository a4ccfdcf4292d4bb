// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Grant socket:[ADDRESS:]PORT: a UDP socket, bound here, to send from. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "internal.h"

/*
 * Room for what is on its way to the device: several frames of video for
 * several receivers. Nobody reads the socket, so what arrives may be lost.
 */
#define SEND_BUFFER	(4 << 20)
#define RECEIVE_BUFFER	1

static bool parse_port(const char *text, struct sockaddr_in *addr)
{
	unsigned long port;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	port = strtoul(text, &end, 10);
	if (errno || *end || port > 0xffff)
		return false;
	addr->sin_port = htons(port);
	return true;
}

/** spin_endpoint_parse - understand "[ADDRESS:]PORT" of IPv4 */
bool spin_endpoint_parse(const char *what, struct sockaddr_in *addr)
{
	const char *colon = strrchr(what, ':');
	char host[INET_ADDRSTRLEN] = "0.0.0.0";

	*addr = (struct sockaddr_in){ .sin_family = AF_INET };
	if (colon && colon - what >= (long)sizeof(host))
		return false;
	if (colon)
		snprintf(host, sizeof(host), "%.*s", (int)(colon - what), what);
	return inet_pton(AF_INET, host, &addr->sin_addr) == 1 &&
	       parse_port(colon ? colon + 1 : what, addr);
}

static int set_buffers(int fd)
{
	int send = SEND_BUFFER, receive = RECEIVE_BUFFER;

	/* Without CAP_NET_ADMIN, as much as the limit allows. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &send, sizeof(send)) &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send, sizeof(send)))
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive, sizeof(receive)))
		return -errno;
	return 0;
}

int spin_grant_socket(struct spin *spin, const char *what,
		   struct spin_thing *thing)
{
	struct sockaddr_in addr;
	int err;

	if (!spin_endpoint_parse(what, &addr))
		return spin_fail(spin, -EINVAL,
				 "'%s' is not an IPv4 address and a port: write [ADDRESS:]PORT",
				 what);
	thing->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (thing->fd < 0)
		return spin_fail(spin, -errno, "cannot make a UDP socket: %s",
				 spin_strerror(errno));
	err = set_buffers(thing->fd);
	if (err)
		return spin_fail(spin, err,
				 "cannot size the buffers of the UDP socket: %s",
				 spin_strerror(err));
	if (bind(thing->fd, (struct sockaddr *)&addr, sizeof(addr))) {
		err = -errno;
		return spin_fail(spin, err, "cannot bind a UDP socket to %s: %s",
				 what, spin_strerror(err));
	}
	return 0;
}
