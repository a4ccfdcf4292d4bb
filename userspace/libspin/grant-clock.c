// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Grant clock:PERIOD: ticks more often than everyone may have. No descriptor. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int spin_grant_clock(struct spin *spin, const char *what,
		     struct spin_thing *thing)
{
	unsigned long number, scale;
	char *unit;

	errno = 0;
	number = strtoul(what, &unit, 10);
	if (!strcmp(unit, "us"))
		scale = 1;
	else if (!strcmp(unit, "ms"))
		scale = 1000;
	else if (!strcmp(unit, "s"))
		scale = 1000000;
	else
		scale = 0;
	if (*what < '0' || *what > '9' || errno || !scale || !number ||
	    number > 60000000 / scale)
		return spin_fail(spin, -EINVAL,
				 "'%s' is not a period: write microseconds or milliseconds, such as 100us or 2ms",
				 what);
	thing->value = number * scale;
	return 0;
}
