// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which name somebody may have meant by one that does not exist: the most similar. */
#include <stdio.h>
#include <string.h>

#include "internal.h"

#define NAME_MAX_LEN	64	/* longer ones are compared by their beginnings */

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int min = a < b ? a : b;

	return min < c ? min : c;
}

/* How many letters have to be put in, taken out or changed. */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int row[NAME_MAX_LEN + 1], diagonal, above;
	size_t la = strnlen(a, NAME_MAX_LEN), lb = strnlen(b, NAME_MAX_LEN);
	size_t i, j;

	for (j = 0; j <= lb; j++)
		row[j] = j;
	for (i = 1; i <= la; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= lb; j++) {
			above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1,
				       diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[lb];
}

/** spin_nearest_start - look for what is most like a name */
void spin_nearest_start(struct spin_nearest *nearest, const char *name)
{
	nearest->wanted = name;
	nearest->found[0] = '\0';
	nearest->distance = strnlen(name, NAME_MAX_LEN) / 3 + 1;
}

/** spin_nearest_try - is it this? */
void spin_nearest_try(struct spin_nearest *nearest, const char *name)
{
	unsigned int d = distance(nearest->wanted, name);

	if (d >= nearest->distance)
		return;
	nearest->distance = d;
	snprintf(nearest->found, sizeof(nearest->found), "%s", name);
}
