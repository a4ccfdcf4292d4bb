// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Grants of what is there already: cap:EXTENSION/NAME, derived from what another
 * extension holds, and fd:NUMBER, which the caller has open.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int spin_grant_cap(struct spin *spin, const char *what,
		   struct spin_thing *thing)
{
	const char *slash = strrchr(what, '/');

	if (!slash || slash == what || !slash[1] ||
	    strlen(what) >= sizeof(thing->from))
		return spin_fail(spin, -EINVAL,
				 "'%s' is not EXTENSION/NAME: spinctl cap list shows them",
				 what);
	strcpy(thing->from, what);
	thing->flags = SPIN_GRANT_DERIVE;
	return 0;
}

int spin_grant_fd(struct spin *spin, const char *what,
		  struct spin_thing *thing)
{
	char *end;
	long fd;

	errno = 0;
	fd = strtol(what, &end, 10);
	if (errno || *end || *what < '0' || *what > '9' || fd > 1 << 20)
		return spin_fail(spin, -EINVAL,
				 "'%s' is not the number of an open descriptor",
				 what);
	thing->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (thing->fd < 0)
		return spin_fail(spin, -errno, "descriptor %ld: %s", fd,
				 spin_strerror(-errno));
	return 0;
}
