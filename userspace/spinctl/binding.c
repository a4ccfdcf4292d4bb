// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl binding: the handlers installed on events. */
#include <stdio.h>

#include "spinctl.h"

static void print_bindings(struct json_object *rows)
{
	static const struct column columns[] = {
		{ "BINDING", "name", false },
		{ "EXTENSION", "extension", false },
		{ "EVENT", "event", false },
		{ "POSITION", "position", true },
		{ "ORDER", "order", false },
		{ "ACTIVE", "active", false },
		{ "GUARD TRUE", "guard_true", true },
		{ "FALSE", "guard_false", true },
		{ "RUN", "run", true },
		{ "ERRORS", "errors", true },
		{ "COST", "cost", true },
	};

	if (!print_table(rows, columns, ARRAY_SIZE(columns)))
		puts("there are no bindings");
}

static int do_list(char **args, int nr_args)
{
	struct json_object *rows = json_object_new_array();
	struct spin *spin = spin_open();
	int code = DONE;

	(void)args;
	(void)nr_args;
	if (!spin || !rows)
		code = out_of_memory();
	else if (collect_bindings(spin, NULL, NULL, rows) < 0)
		code = fail_spin(spin);
	else if (options.json)
		print_json(json_object_get(rows));
	else
		print_bindings(rows);
	json_object_put(rows);
	spin_close(spin);
	return code;
}

static const struct command commands[] = {
	{ "list", "", "list the bindings of all extensions", 0, 0, false,
	  do_list },
	{ "show", "", "the same", 0, 0, false, do_list },
};

const struct object binding_object = {
	"binding", "handlers installed on events", commands,
	ARRAY_SIZE(commands),
};
