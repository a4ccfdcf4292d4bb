// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Extensions that were loaded because another one calls them. If that is not
 * loaded in the end, they are unloaded again, unless others have begun to use
 * them.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

/** spin_pulled_add - one more; what does not fit stays loaded */
void spin_pulled_add(struct spin_pulled *pulled, const char *name)
{
	if (pulled->count < SPIN_PULLED_MAX)
		snprintf(pulled->name[pulled->count++], SPIN_NAME_LEN, "%s",
			 name);
}

/** spin_pulled_hand_on - what an inner load pulled in is the outer one's, too */
void spin_pulled_hand_on(struct spin_pulled *from, struct spin_pulled *to)
{
	unsigned int i;

	for (i = 0; i < from->count; i++)
		spin_pulled_add(to, from->name[i]);
	from->count = 0;
}

/* Does another extension import one of its procedures, with success? */
static bool has_callers(struct spin *spin, const struct spin_ioc_proc_next *proc)
{
	struct spin_ioc_proc_link_next link = {};

	while (spin_proc_link_next(spin, &link) > 0)
		if (link.id == proc->id && link.status == SPIN_LINK_BOUND &&
		    strcmp(link.ext, proc->exporter))
			return true;
	return false;
}

static bool is_used(struct spin *spin, const char *name)
{
	struct spin_ioc_proc_next proc = {};

	while (spin_proc_next(spin, &proc) > 0)
		if (proc.exporter_id && !strcmp(proc.exporter, name) &&
		    has_callers(spin, &proc))
			return true;
	return false;
}

/* Say so behind what else is to be tried. */
static void stays(struct spin *spin, const char *name, const char *why)
{
	char before[sizeof(spin->hint)];

	memcpy(before, spin->hint, sizeof(before));
	spin_fail_hint(spin, "%s%s%s was loaded for it and stays: %s", before,
		       *before ? "; " : "", name, why);
}

/**
 * spin_pulled_undo - unload them, the last one first
 * @spin: handle of the load that failed, whose error stays as it is
 * @pulled: the extensions
 *
 * If somebody begins to use one between the question and the unload, they find
 * it gone, as if they had come a moment later.
 */
void spin_pulled_undo(struct spin *spin, const struct spin_pulled *pulled)
{
	struct spin *other = pulled->count ? spin_open() : NULL;
	unsigned int i;

	for (i = pulled->count; i--;)
		if (!other)
			stays(spin, pulled->name[i], "no memory");
		else if (is_used(other, pulled->name[i]))
			stays(spin, pulled->name[i], "others use it by now");
		else if (spin_ext_unload(other, pulled->name[i], 0))
			stays(spin, pulled->name[i], spin_error(other));
	spin_close(other);
}
