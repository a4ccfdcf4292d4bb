// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl ext: the extensions that are loaded. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "spinctl.h"

#define NS_PER_SEC 1000000000ULL

/* How long ago, in the largest unit that is not 0. */
static void format_age(__u64 since_ns, char *age, size_t size)
{
	static const struct {
		const char *name;
		__u64 seconds;
	} units[] = { { "d", 86400 }, { "h", 3600 }, { "min", 60 }, { "s", 1 } };
	struct timespec now;
	__u64 now_ns, seconds;
	size_t i = 0;

	if (!since_ns || clock_gettime(CLOCK_BOOTTIME, &now)) {
		snprintf(age, size, "-");
		return;
	}
	now_ns = now.tv_sec * NS_PER_SEC + now.tv_nsec;
	seconds = now_ns > since_ns ? (now_ns - since_ns) / NS_PER_SEC : 0;
	while (i + 1 < ARRAY_SIZE(units) && seconds < units[i].seconds)
		i++;
	snprintf(age, size, "%llu %s",
		 (unsigned long long)(seconds / units[i].seconds),
		 units[i].name);
}

static int collect_exts(struct spin *spin, struct json_object *rows)
{
	struct spin_ioc_ext_next ext = {};
	struct json_object *row;
	char age[32];
	int ret;

	while ((ret = spin_ext_next(spin, &ext)) > 0) {
		row = ext_row(&ext);
		if (!options.json) {
			format_age(ext.loaded_at_ns, age, sizeof(age));
			json_add_text(row, "age", age);
		}
		if (json_object_array_add(rows, row))
			exit(out_of_memory());
	}
	return ret;
}

static int list(struct spin *spin, struct json_object *rows)
{
	static const struct column columns[] = {
		{ "NAME", "name", false, false },
		{ "STATE", "state", false, false },
		{ "BINDINGS", "binding_count", true, false },
		{ "CAPABILITIES", "capability_count", true, false },
		{ "LOADED", "age", true, false },
		{ "UID", "uid", true, false },
		{ "PID", "pid", true, false },
		{ "COMMAND", "command", false, false },
	};

	if (collect_exts(spin, rows) < 0)
		return fail_spin(spin);
	return print_rows(rows, columns, ARRAY_SIZE(columns),
			  "no extension is loaded");
}

static void print_summary(const struct spin_ioc_ext_next *ext,
			  struct json_object *row)
{
	struct json_object *state;
	char age[32];

	format_age(ext->loaded_at_ns, age, sizeof(age));
	json_object_object_get_ex(row, "state", &state);
	print_heading(ext->name);
	say("%s %s ago by ", json_object_get_string(state), age);
	print_safe(ext->comm);
	say(" (process %u, user %u)\n", ext->pid, ext->uid);
}

/* Print them only if the load made no binding of some. */
static void print_templates(struct json_object *rows)
{
	static const struct column columns[] = {
		{ "TEMPLATE", "name", false, false },
		{ "SLOT", "slot", true, false },
		{ "EVENT", "event", false, false },
		{ "BINDINGS", "binding_count", true, false },
		{ "COST", "cost", true, false },
	};
	struct json_object *slot;
	bool any = false;
	size_t i;

	for (i = 0; i < json_object_array_length(rows); i++)
		any |= json_object_object_get_ex(
				json_object_array_get_idx(rows, i), "slot",
				&slot) && json_object_get_int64(slot);
	if (!any)
		return;
	say("\n");
	print_table(rows, columns, ARRAY_SIZE(columns));
}

/** print_counters - a line of a capability's counters */
void print_counters(struct json_object *cap)
{
	struct json_object *name, *counters, *copies;
	const char *separator = "";

	json_object_object_get_ex(cap, "name", &name);
	json_object_object_get_ex(cap, "counters", &counters);
	json_object_object_get_ex(cap, "device_copies", &copies);
	say("  ");
	print_safe(json_object_get_string(name));
	say(": ");
	json_object_object_foreach(counters, key, value) {
		say("%s%s %s", separator, key,
		    json_object_get_string(value));
		separator = ", ";
	}
	if (json_object_get_boolean(copies))
		say("; a device on the way copies the payload");
	say("\n");
}

static void print_caps(struct json_object *rows)
{
	static const struct column columns[] = {
		{ "CAPABILITY", "name", false, false },
		{ "SLOT", "slot", true, false },
		{ "KIND", "kind", false, false },
		{ "WHAT", "what", false, false },
		{ "RIGHTS", "right_words", false, false },
		{ "STATE", "state", false, false },
	};
	size_t i, count = json_object_array_length(rows);

	if (!count)
		return;
	say("\n");
	print_table(rows, columns, ARRAY_SIZE(columns));
	for (i = 0; i < count; i++)
		print_counters(json_object_array_get_idx(rows, i));
}

static void print_ext(const struct spin_ioc_ext_next *ext,
		      struct json_object *row)
{
	struct json_object *part;

	print_summary(ext, row);
	if (json_object_object_get_ex(row, "bindings", &part) &&
	    json_object_array_length(part)) {
		say("\n");
		print_bindings(part, SHOW_EVENT);
	}
	if (json_object_object_get_ex(row, "templates", &part))
		print_templates(part);
	if (json_object_object_get_ex(row, "capabilities", &part))
		print_caps(part);
	if (!json_object_object_get_ex(row, "variables", &part))
		return;
	if (!part) {
		say("\nIts variables cannot be read: that takes CAP_SYS_ADMIN.\n");
	} else if (json_object_object_length(part)) {
		say("\n");
		print_heading("VARIABLES");
		print_variables(part);
	}
}

/* Fill in what is looked up by the extension's name. */
static int collect_parts(struct spin *spin, const char *name,
			 struct json_object *row)
{
	struct json_object *bindings = json_object_new_array();
	struct json_object *templates = json_object_new_array();
	struct json_object *caps = json_object_new_array();
	struct json_object *variables = json_new();
	int ret;

	if (!bindings || !templates || !caps)
		exit(out_of_memory());
	json_add(row, "bindings", bindings);
	json_add(row, "templates", templates);
	json_add(row, "capabilities", caps);
	json_add(row, "variables", variables);
	ret = collect_bindings(spin, name, NULL, bindings);
	if (!ret)
		ret = collect_templates(spin, name, templates);
	if (!ret)
		ret = collect_caps(spin, name, caps);
	if (ret)
		return ret;
	ret = collect_variables(spin, name, variables);
	if (ret == -EPERM) {
		json_add(row, "variables", NULL);
		return 0;
	}
	return ret;
}

static int show(struct spin *spin, const char *name)
{
	struct spin_ioc_ext_next ext;
	struct json_object *row;

	if (spin_ext_find(spin, name, &ext))
		return fail_spin(spin);
	row = ext_row(&ext);
	if (collect_parts(spin, name, row)) {
		json_object_put(row);
		return fail_spin(spin);
	}
	if (options.json) {
		print_json(row);
		return DONE;
	}
	print_ext(&ext, row);
	json_object_put(row);
	return DONE;
}

static int list_or_show(struct spin *spin, const char *name,
			struct json_object *rows)
{
	return name ? show(spin, name) : list(spin, rows);
}

static int do_list(char **args, int nr_args)
{
	return with_rows(args, nr_args, list_or_show);
}

static const struct command commands[] = {
	{ "list", "", "list the extensions", 0, 0, do_list },
	{ "show", "[NAME]",
	  "show one: bindings, capabilities, counters, variables; or list them",
	  0, 1, do_list },
	{ "load", "FILE", "load an extension", 1, 1, do_load },
	{ "upgrade", "FILE",
	  "replace a loaded extension by its next version, at one instant", 1,
	  1, do_upgrade },
	{ "unload", "NAME", "take an extension away", 1, 1, do_unload },
};

const struct object ext_object = {
	"ext", "extensions", commands, ARRAY_SIZE(commands),
};
