// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl range: memory whose pages extensions supply. */
#include <stdio.h>
#include <stdlib.h>

#include "spinctl.h"

static struct json_object *range_row(const struct spin_ioc_translation_next *range)
{
	struct json_object *row = json_new();

	json_add_number(row, "id", range->id);
	json_add_text(row, "extension", range->ext);
	json_add_number(row, "tag", range->tag);
	json_add_number(row, "bytes", range->length);
	json_add_number(row, "present_pages", range->present);
	json_add_number(row, "faults", range->faults);
	json_add_number(row, "refused", range->refused);
	json_add_number(row, "empty", range->empty);
	json_add_number(row, "unasked", range->unasked);
	return row;
}

static int collect(struct spin *spin, struct json_object *rows)
{
	struct spin_ioc_translation_next range = {};
	struct json_object *row;
	int ret;

	while ((ret = spin_translation_next(spin, &range)) > 0) {
		row = range_row(&range);
		ret = add_granted(spin, SPIN_CAP_TRANSLATION, "range", range.id, row);
		json_append(rows, row);
		if (ret < 0)
			break;
	}
	return ret;
}

static int list(struct spin *spin, const char *name, struct json_object *rows)
{
	static const struct column columns[] = {
		{ "RANGE", "id", true, false },
		{ "EXTENSION", "extension", false, false },
		{ "TAG", "tag", true, false },
		{ "BYTES", "bytes", true, false },
		{ "PRESENT", "present_pages", true, false },
		{ "FAULTS", "faults", true, false },
		{ "REFUSED", "refused", true, false },
		{ "EMPTY", "empty", true, true },
		{ "UNASKED", "unasked", true, true },
		{ "GRANTED TO", "granted_words", false, false },
	};

	(void)name;
	if (collect(spin, rows) < 0)
		return fail_spin(spin);
	return print_rows(rows, columns, ARRAY_SIZE(columns),
			  "no process has a range");
}

static int do_list(char **args, int nr_args)
{
	return with_rows(args, nr_args, list);
}

static const struct command commands[] = {
	{ "list", "",
	  "list the ranges, and which extensions may supply their pages", 0, 0,
	  do_list },
};

const struct object range_object = {
	"range", "memory of processes whose pages extensions supply", commands,
	ARRAY_SIZE(commands),
};
