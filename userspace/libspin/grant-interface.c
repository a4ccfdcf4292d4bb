// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Grant interface:NAME: a domain, looked up with our rights, to import from. */
#include "internal.h"

int spin_grant_interface(struct spin *spin, const char *what,
			 struct spin_thing *thing)
{
	int fd = spin_domain_open(spin, what, SPIN_DOMAIN_IMPORT);

	if (fd < 0)
		return fd;
	thing->fd = fd;
	return 0;
}
