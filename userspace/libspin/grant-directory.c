// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Grant directory:PATH: a directory, to open files in it. */
#include <errno.h>
#include <fcntl.h>

#include "internal.h"

int spin_grant_directory(struct spin *spin, const char *what,
			 struct spin_thing *thing)
{
	int err;

	thing->fd = open(what, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (thing->fd >= 0)
		return 0;
	err = -errno;
	if (err == -ENOTDIR)
		return spin_fail(spin, err,
				 "%s is not a directory: grant a single file with file:%s",
				 what, what);
	return spin_fail(spin, err, "cannot open the directory %s: %s", what,
			 spin_strerror(err));
}
