// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl strand: threads that extensions hear of. */
#include <stdio.h>
#include <stdlib.h>

#include "spinctl.h"

static struct json_object *strand_row(const struct spin_ioc_strand_next *strand)
{
	struct json_object *row = json_new();

	json_add_number(row, "id", strand->id);
	json_add_text(row, "extension", strand->ext);
	json_add_number(row, "group", strand->group);
	json_add_number(row, "thread", strand->pid);
	json_add_number(row, "process", strand->tgid);
	json_add_number(row, "on_ns", strand->on_ns);
	json_add_number(row, "off_ns", strand->off_ns);
	json_add_number(row, "switches", strand->switches);
	return row;
}

static int collect(struct spin *spin, struct json_object *rows)
{
	struct spin_ioc_strand_next strand = {};
	struct json_object *row;
	int ret;

	while ((ret = spin_strand_next(spin, &strand)) > 0) {
		row = strand_row(&strand);
		ret = add_granted(spin, SPIN_CAP_STRAND, "strand", strand.id, row);
		json_append(rows, row);
		if (ret < 0)
			break;
	}
	return ret;
}

static int list(struct spin *spin, const char *name, struct json_object *rows)
{
	static const struct column columns[] = {
		{ "STRAND", "id", true, false },
		{ "EXTENSION", "extension", false, false },
		{ "GROUP", "group", true, false },
		{ "THREAD", "thread", true, false },
		{ "PROCESS", "process", true, false },
		{ "SWITCHES", "switches", true, false },
		{ "GRANTED TO", "granted_words", false, false },
	};

	(void)name;
	if (collect(spin, rows) < 0)
		return fail_spin(spin);
	return print_rows(rows, columns, ARRAY_SIZE(columns),
			  "no thread is a strand");
}

static int do_list(char **args, int nr_args)
{
	return with_rows(args, nr_args, list);
}

static const struct command commands[] = {
	{ "list", "",
	  "list the registered threads, and which extensions hear of them", 0,
	  0, do_list },
};

const struct object strand_object = {
	"strand", "threads that extensions hear of", commands,
	ARRAY_SIZE(commands),
};
