// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Numbers from the command line. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "spinctl.h"

/** parse_number - decimal, hexadecimal after 0x, or octal after 0; 64 bits */
bool parse_number(const char *text, __u64 *number)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*number = strtoull(text, &end, 0);
	return !*end && !errno;
}

/** parse_seconds - more than 0 and at most a day */
bool parse_seconds(const char *text, double *seconds)
{
	char *end;

	if (!isdigit((unsigned char)*text) && *text != '.')
		return false;
	*seconds = strtod(text, &end);
	return !*end && isfinite(*seconds) && *seconds > 0 &&
	       *seconds <= 86400;
}
