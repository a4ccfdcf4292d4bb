// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The extensions that were granted a range or a strand of a process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

static bool has_text(struct json_object *array, const char *text)
{
	size_t i;

	for (i = 0; i < json_object_array_length(array); i++)
		if (!strcmp(json_object_get_string(
				json_object_array_get_idx(array, i)), text))
			return true;
	return false;
}

/**
 * add_granted - name the extensions that were granted something, and may use it
 * @spin: the handle
 * @kind: SPIN_CAP_* of the capability for it
 * @thing: what the capability's description calls it, before its number
 * @id: its number
 * @row: gets the array "granted", and its text for tables
 *
 * Return: 0, or a negative errno with a sentence in @spin.
 */
int add_granted(struct spin *spin, __u32 kind, const char *thing, __u64 id,
		struct json_object *row)
{
	struct json_object *array = json_object_new_array();
	struct spin_ioc_cap_tree_next cap = {};
	char text[512] = "", what[32];
	size_t len = 0;
	int ret;

	if (!array)
		exit(out_of_memory());
	snprintf(what, sizeof(what), "%s %llu,", thing, (unsigned long long)id);
	while ((ret = spin_cap_tree_next(spin, &cap)) > 0) {
		if (cap.kind != kind || cap.flags & SPIN_CAP_REVOKED ||
		    strncmp(cap.what, what, strlen(what)) ||
		    has_text(array, cap.holder))
			continue;
		json_append(array, json_text(cap.holder));
		if (len < sizeof(text))
			len += snprintf(text + len, sizeof(text) - len, "%s%s",
					len ? ", " : "", cap.holder);
	}
	json_add(row, "granted", array);
	if (!options.json)
		json_add_text(row, "granted_words", text);
	return ret;
}
