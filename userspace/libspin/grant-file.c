// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Grant file:PATH: a regular file, opened for reading. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

int spin_grant_file(struct spin *spin, const char *what,
		    struct spin_thing *thing)
{
	struct stat st;
	int err;

	/* O_NONBLOCK: not to wait for the writer of a pipe. */
	thing->fd = open(what, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (thing->fd < 0) {
		err = -errno;
		return spin_fail(spin, err, "cannot open %s: %s", what,
				 spin_strerror(err));
	}
	if (fstat(thing->fd, &st) < 0) {
		err = -errno;
		return spin_fail(spin, err, "cannot look at %s: %s", what,
				 spin_strerror(err));
	}
	if (!S_ISREG(st.st_mode))
		return spin_fail(spin, S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL,
				 "%s is not a regular file: only those can be granted",
				 what);
	return 0;
}
