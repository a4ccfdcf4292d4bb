// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl binding: the handlers installed on events. */
#include <stdio.h>
#include <stdlib.h>

#include "spinctl.h"

static int list(struct spin *spin, const char *ext, struct json_object *rows)
{
	struct spin_ioc_ext_next found;

	if (ext && spin_ext_find(spin, ext, &found))
		return fail_spin(spin);
	if (collect_bindings(spin, ext, NULL, rows) < 0)
		return fail_spin(spin);
	if (options.json)
		print_json(json_object_get(rows));
	else if (!print_bindings(rows, SHOW_EVENT | (ext ? 0 : SHOW_EXT)))
		say("%s\n", ext ? "it has no bindings" : "there are no bindings");
	return DONE;
}

static int do_list(char **args, int nr_args)
{
	return with_rows(args, nr_args, list);
}

/* --- one of them ---------------------------------------------------------- */

static const char *words(struct json_object *value)
{
	const char *text;

	if (json_object_is_type(value, json_type_boolean))
		return json_object_get_boolean(value) ? "yes" : "no";
	text = json_object_get_string(value);
	return *text ? text : "-";
}

static void print_one(struct json_object *row)
{
	static const struct {
		const char *title;
		const char *key;
	} lines[] = {
		{ "id", "id" },
		{ "extension", "extension" },
		{ "event", "event" },
		{ "position", "position" },
		{ "order", "order_words" },
		{ "active", "active" },
		{ "if not, because", "inactive_because" },
		{ "flags", "flag_words" },
		{ "match", "match_words" },
		{ "own guards", "guards" },
		{ "imposed guards", "imposed" },
		{ "post-guard", "post_guard" },
		{ "closure", "closure" },
		{ "slot of its template", "slot" },
		{ "program of the guard", "guard_prog" },
		{ "program of the handler", "handler_prog" },
		{ "worst case, instructions", "cost" },
		{ "guards true", "guard_true" },
		{ "guards false", "guard_false" },
		{ "handler run", "run" },
		{ "raises ended", "cancelled" },
		{ "results rejected", "rejected" },
		{ "errors", "errors" },
		{ "time taken, ns", "time_ns" },
		{ "raises timed", "timed" },
	};
	struct json_object *value;
	size_t i;

	if (json_object_object_get_ex(row, "name", &value))
		print_heading(json_object_get_string(value));
	for (i = 0; i < ARRAY_SIZE(lines); i++) {
		if (!json_object_object_get_ex(row, lines[i].key, &value))
			continue;
		say("%-25s ", lines[i].title);
		print_safe(words(value));
		say("\n");
	}
}

/* The row of a binding, which needs its neighbours for the position. */
static struct json_object *row_of(struct spin *spin, __u64 id, int *code)
{
	struct json_object *row = NULL;
	struct spin_binding *bindings;
	struct events events;
	size_t count, i;
	int ret;

	*code = DONE;
	ret = events_read(spin, &events);
	if (!ret)
		ret = spin_bindings(spin, &bindings, &count);
	if (ret) {
		events_free(&events);
		*code = fail_spin(spin);
		return NULL;
	}
	for (i = 0; i < count && !row; i++)
		if (bindings[i].info.id == id)
			row = binding_row(&bindings[i], &events);
	free(bindings);
	events_free(&events);
	if (!row)
		*code = fail(FAILED, "binding %llu has just been removed",
			     (unsigned long long)id);
	return row;
}

static int show(struct spin *spin, const char *what)
{
	struct spin_ioc_binding_next binding;
	struct json_object *row;
	int code;

	if (spin_binding_find(spin, what, &binding))
		return fail_spin(spin);
	row = row_of(spin, binding.id, &code);
	if (!row)
		return code;
	if (options.json)
		print_json(json_object_get(row));
	else
		print_one(row);
	json_object_put(row);
	return DONE;
}

static int do_show(char **args, int nr_args)
{
	struct spin *spin;
	int code;

	if (!nr_args)
		return do_list(args, nr_args);
	spin = spin_open();
	if (!spin)
		return out_of_memory();
	code = show(spin, args[0]);
	spin_close(spin);
	return code;
}

/* --- changing them -------------------------------------------------------- */

static void report(const char *done, const struct spin_ioc_binding_next *binding)
{
	struct json_object *object;

	if (!options.json) {
		say("%s %s/%s, binding %llu of %s\n", done, binding->ext,
		    binding->name, (unsigned long long)binding->id,
		    binding->event);
		return;
	}
	object = json_new();
	json_add_number(object, done, binding->id);
	json_add_text(object, "extension", binding->ext);
	json_add_text(object, "name", binding->name);
	json_add_text(object, "event", binding->event);
	print_json(object);
}

static int set_active(const char *what, bool active)
{
	struct spin_ioc_binding_next binding;
	struct spin *spin = spin_open();
	int code = DONE;

	if (!spin)
		return out_of_memory();
	if (spin_binding_find(spin, what, &binding) ||
	    spin_binding_enable(spin, binding.id, active))
		code = fail_spin(spin);
	else
		report(active ? "enabled" : "disabled", &binding);
	spin_close(spin);
	return code;
}

static int do_enable(char **args, int nr_args)
{
	(void)nr_args;
	return set_active(args[0], true);
}

static int do_disable(char **args, int nr_args)
{
	(void)nr_args;
	return set_active(args[0], false);
}

static int remove_some(struct spin *spin, const char *what, __u64 count)
{
	struct spin_ioc_binding_next binding;
	struct json_object *object;

	if (spin_binding_find(spin, what, &binding) ||
	    spin_binding_remove(spin, binding.id, count))
		return fail_spin(spin);
	if (count == 1) {
		report("removed", &binding);
	} else if (!options.json) {
		say("removed the bindings %llu to %llu\n",
		    (unsigned long long)binding.id,
		    (unsigned long long)(binding.id + count - 1));
	} else {
		object = json_new();
		json_add_number(object, "removed", binding.id);
		json_add_number(object, "count", count);
		print_json(object);
	}
	return DONE;
}

static int do_remove(char **args, int nr_args)
{
	struct spin *spin;
	__u64 count = 1;
	int code;

	(void)nr_args;
	if (options.count &&
	    (!parse_number(options.count, &count) || !count || count > 65536))
		return fail(USAGE, "'%s' is no count: write a number from 1 to 65536",
			    options.count);
	spin = spin_open();
	if (!spin)
		return out_of_memory();
	code = remove_some(spin, args[0], count);
	spin_close(spin);
	return code;
}

static const struct command commands[] = {
	{ "list", "[EXT]", "list the bindings, or those of one extension", 0, 1,
	  do_list },
	{ "show", "ID|EXT/NAME", "show one", 0, 1, do_show },
	{ "enable", "ID|EXT/NAME", "have it run again", 1, 1, do_enable },
	{ "disable", "ID|EXT/NAME", "have it not run, but keep its place", 1, 1,
	  do_disable },
	{ "install", "EXT TEMPLATE",
	  "make another binding from a template of a loaded extension", 2, 2,
	  do_install },
	{ "remove", "ID",
	  "uninstall one, or N with ids in a row, that the load did not make",
	  1, 1, do_remove },
	{ "time", "[SECONDS]", "measure how long guards and handlers take", 0,
	  1, do_time },
};

const struct object binding_object = {
	"binding", "handlers installed on events", commands,
	ARRAY_SIZE(commands),
};
