// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Kinds of capability: SPIN_KINDS() as a table. */
#include <string.h>

#include "internal.h"

#define KIND(CONSTANT, NUMBER, NAME, WORD, WHAT, ...) \
	{ CONSTANT, #NAME, #WORD, "spin_" #WORD "_t", WHAT, spin_grant_##WORD },

const struct spin_kind spin_kinds[] = {
	SPIN_KINDS(KIND)
	/* Of whatever kind is wanted. */
	{ SPIN_CAP_NONE, NULL, "cap", NULL, "EXTENSION/NAME", spin_grant_cap },
	{ SPIN_CAP_NONE, NULL, "fd", NULL, "NUMBER", spin_grant_fd },
	{},
};

/** spin_kind_of - the row of a kind, or NULL */
const struct spin_kind *spin_kind_of(__u32 number)
{
	const struct spin_kind *kind;

	for (kind = spin_kinds; kind->word; kind++)
		if (number && kind->number == number)
			return kind;
	return NULL;
}

const char *spin_cap_kind_name(__u32 number)
{
	const struct spin_kind *kind = spin_kind_of(number);

	return kind ? kind->word : "unknown";
}
