// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl event: the events that extensions can handle. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

static const struct column event_columns[] = {
	{ "EVENT", "name", false },
	{ "CONTEXT", "context", false },
	{ "TYPE", "type", false },
	{ "BINDINGS", "binding_count", true },
	{ "RAISED", "raised", true },
	{ "REFUSED", "refused", true },
};

/* Add one event to @rows, or all if @name is NULL. Returns how many there are. */
static int collect_events(struct spin *spin, const char *name,
			  struct json_object *rows)
{
	struct spin_ioc_event_next event = {};
	int ret, found = 0;

	while ((ret = spin_event_next(spin, &event)) > 0) {
		if (name && strcmp(event.name, name))
			continue;
		if (json_object_array_add(rows, event_row(&event)))
			exit(out_of_memory());
		found++;
	}
	return ret < 0 ? ret : found;
}

static int list(struct spin *spin, struct json_object *rows)
{
	if (collect_events(spin, NULL, rows) < 0)
		return fail_spin(spin);
	if (options.json)
		print_json(json_object_get(rows));
	else if (!print_table(rows, event_columns, ARRAY_SIZE(event_columns)))
		puts("there are no events");
	return DONE;
}

static void print_event(struct json_object *rows, struct json_object *bindings)
{
	static const struct column columns[] = {
		{ "POSITION", "position", true },
		{ "BINDING", "name", false },
		{ "EXTENSION", "extension", false },
		{ "ORDER", "order", false },
		{ "ACTIVE", "active", false },
		{ "GUARD TRUE", "guard_true", true },
		{ "FALSE", "guard_false", true },
		{ "RUN", "run", true },
		{ "ERRORS", "errors", true },
		{ "COST", "cost", true },
	};

	print_table(rows, event_columns, ARRAY_SIZE(event_columns));
	if (json_object_array_length(bindings)) {
		putchar('\n');
		print_table(bindings, columns, ARRAY_SIZE(columns));
	}
}

static int show(struct spin *spin, const char *name, struct json_object *rows)
{
	struct json_object *event, *bindings;
	int found;

	found = collect_events(spin, name, rows);
	if (found < 0)
		return fail_spin(spin);
	if (!found)
		return fail(FAILED,
			    "there is no event '%s': spinctl event list shows those there are",
			    name);
	bindings = json_object_new_array();
	if (!bindings)
		return out_of_memory();
	event = json_object_array_get_idx(rows, 0);
	json_add(event, "bindings", bindings);
	if (collect_bindings(spin, NULL, name, bindings) < 0)
		return fail_spin(spin);
	if (options.json)
		print_json(json_object_get(event));
	else
		print_event(rows, bindings);
	return DONE;
}

static int do_list(char **args, int nr_args)
{
	struct json_object *rows = json_object_new_array();
	struct spin *spin = spin_open();
	int code;

	if (!spin || !rows)
		code = out_of_memory();
	else
		code = nr_args ? show(spin, args[0], rows) : list(spin, rows);
	json_object_put(rows);
	spin_close(spin);
	return code;
}

static const struct command commands[] = {
	{ "list", "", "list the events", 0, 0, false, do_list },
	{ "show", "EVENT", "show one and its bindings in their order", 0, 1,
	  false, do_list },
};

const struct object event_object = {
	"event", "events that extensions can handle", commands,
	ARRAY_SIZE(commands),
};
