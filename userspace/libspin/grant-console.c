// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Grant console:PATH: a terminal, opened for writing. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "internal.h"

int spin_grant_console(struct spin *spin, const char *what,
		       struct spin_thing *thing)
{
	int err;

	/* Not to become our terminal, nor to wait for a modem. */
	thing->fd = open(what, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (thing->fd < 0) {
		err = -errno;
		return spin_fail(spin, err, "cannot open the terminal %s: %s",
				 what, spin_strerror(err));
	}
	if (!isatty(thing->fd))
		return spin_fail(spin, -ENOTTY,
				 "%s is not a terminal: tty(1) prints the name of yours",
				 what);
	return 0;
}
