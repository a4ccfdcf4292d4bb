// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl event: the events that extensions can handle. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

/* Add one event to @rows, or all if @name is NULL. Returns how many there are. */
static int collect_events(struct spin *spin, const char *name,
			  struct json_object *rows)
{
	struct spin_ioc_event_next event = {};
	int ret, found = 0;

	while ((ret = spin_event_next(spin, &event)) > 0) {
		if (name && strcmp(event.name, name))
			continue;
		json_append(rows, event_row(&event));
		found++;
	}
	return ret < 0 ? ret : found;
}

static void print_events(struct json_object *rows)
{
	static const struct column columns[] = {
		{ "EVENT", "name", false, false },
		{ "CONTEXT", "context", false, false },
		{ "INTERFACE", "interface", false, false },
		{ "FOLD", "fold", false, false },
		{ "BINDINGS", "binding_count", true, false },
		{ "RAISED", "raised", true, false },
		{ "UNHANDLED", "unhandled", true, false },
		{ "REFUSED", "refused", true, false },
		{ "CLOSED", "closed", false, true },
		{ "SEALED", "sealed", false, true },
	};

	if (!print_table(rows, columns, ARRAY_SIZE(columns)))
		say("there are no events\n");
}

static int list(struct spin *spin, struct json_object *rows)
{
	if (collect_events(spin, NULL, rows) < 0)
		return fail_spin(spin);
	if (options.json)
		print_json(json_object_get(rows));
	else
		print_events(rows);
	return DONE;
}

/* --- one of them ---------------------------------------------------------- */

static const char *text_of(struct json_object *row, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(row, key, &value) ?
	       json_object_get_string(value) : "";
}

static bool is(struct json_object *row, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(row, key, &value) &&
	       json_object_get_boolean(value);
}

static void print_names(const char *title, struct json_object *row,
			const char *key)
{
	struct json_object *names;
	size_t i;

	if (!json_object_object_get_ex(row, key, &names) ||
	    !json_object_array_length(names))
		return;
	say("%-11s", title);
	for (i = 0; i < json_object_array_length(names); i++)
		say("%s%s", i ? ", " : "",
		    json_object_get_string(json_object_array_get_idx(names, i)));
	say("\n");
}

static const char *who_may(struct json_object *row)
{
	if (is(row, "sealed"))
		return "sealed: it takes no handlers";
	if (is(row, "closed"))
		return "closed: it has no authorizer, and takes no handlers";
	return "its authorizer is asked about each handler";
}

static void print_event(struct json_object *row)
{
	print_heading(text_of(row, "name"));
	say("%-11s%s\n", "context", text_of(row, "context"));
	say("%-11s%s (import it to handle the event)\n", "interface",
	    text_of(row, "interface"));
	say("%-11s%s\n", "type", text_of(row, "type"));
	say("%-11s%s\n", "handlers", who_may(row));
	say("%-11s%s to %s, fold: %s%s%s\n", "results",
	    text_of(row, "result_min"), text_of(row, "result_max"),
	    text_of(row, "fold"),
	    is(row, "default") ? ", has a default" : "",
	    is(row, "needs_result") ? ", a raise nobody handles fails" : "");
	if (strcmp(text_of(row, "cost_max"), "0"))
		say("%-11s%s instructions for a program that cannot sleep\n",
		    "at most", text_of(row, "cost_max"));
	print_names("keys", row, "keys");
	print_names("references", row, "references");
	if (is(row, "intrinsic"))
		say("%-11s%s\n", "intrinsic", "its original handler is installed");
	say("%-11s%s with something installed, %s of them unhandled, %s refused\n",
	    "raised", text_of(row, "raised"), text_of(row, "unhandled"),
	    text_of(row, "refused"));
}

/* A table for each point: an event may have one for each network name space. */
static void print_points(struct json_object *bindings)
{
	size_t count = json_object_array_length(bindings), i;
	struct json_object *rows = NULL, *row;
	const char *point = "";
	bool several = count &&
		strcmp(text_of(json_object_array_get_idx(bindings, 0), "point"),
		       text_of(json_object_array_get_idx(bindings, count - 1),
			       "point"));

	for (i = 0; i < count; i++) {
		row = json_object_array_get_idx(bindings, i);
		if (!rows || strcmp(point, text_of(row, "point"))) {
			if (rows)
				print_bindings(rows, SHOW_EXT);
			json_object_put(rows);
			rows = json_object_new_array();
			if (!rows)
				exit(out_of_memory());
			point = text_of(row, "point");
			say("\n");
			if (several)
				say("order %s (of a network name space)\n",
				    point);
		}
		json_append(rows, json_object_get(row));
	}
	if (rows)
		print_bindings(rows, SHOW_EXT);
	json_object_put(rows);
}

static int show(struct spin *spin, const char *name, struct json_object *rows)
{
	struct json_object *event, *bindings;
	struct spin_ioc_event_next info;
	int found;

	found = collect_events(spin, name, rows);
	if (found < 0)
		return fail_spin(spin);
	if (!found && spin_event_find(spin, name, &info))
		return fail_spin(spin);
	if (!found)
		return fail(FAILED, "event '%s' has just come: try again", name);
	bindings = json_object_new_array();
	if (!bindings)
		return out_of_memory();
	event = json_object_array_get_idx(rows, 0);
	json_add(event, "bindings", bindings);
	if (collect_bindings(spin, NULL, name, bindings) < 0)
		return fail_spin(spin);
	if (options.json) {
		print_json(json_object_get(event));
	} else {
		print_event(event);
		print_points(bindings);
	}
	return DONE;
}

static int list_or_show(struct spin *spin, const char *name,
			struct json_object *rows)
{
	return name ? show(spin, name, rows) : list(spin, rows);
}

static int do_list(char **args, int nr_args)
{
	return with_rows(args, nr_args, list_or_show);
}

static const struct command commands[] = {
	{ "list", "", "list the events", 0, 0, do_list },
	{ "show", "EVENT", "show one, and its bindings in their order", 0, 1,
	  do_list },
};

const struct object event_object = {
	"event", "events that extensions can handle", commands,
	ARRAY_SIZE(commands),
};
