// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl proc: the procedures that extensions export and call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

static const char *status_name(__u32 status)
{
	switch (status) {
	case SPIN_LINK_BOUND:
		return "bound";
	case SPIN_LINK_UNBOUND:
		return "unbound";
	case SPIN_LINK_MISMATCH:
		return "mismatch";
	case SPIN_LINK_DENIED:
		return "denied";
	default:
		return "unknown";
	}
}

/* The importers of one procedure, as an array; and as one text, for tables. */
static int add_importers(struct spin *spin, __u64 id, struct json_object *row)
{
	struct json_object *array = json_object_new_array(), *item;
	struct spin_ioc_proc_link_next link = { .id = id };
	char text[1024] = "";
	size_t len = 0;
	int ret;

	if (!array)
		exit(out_of_memory());
	while ((ret = spin_proc_link_next(spin, &link)) > 0 && link.id == id) {
		item = json_new();
		json_add_text(item, "extension", link.ext);
		json_add_text(item, "status", status_name(link.status));
		json_add_integer(item, "error", link.error);
		json_append(array, item);
		if (len < sizeof(text))
			len += snprintf(text + len, sizeof(text) - len,
					link.status == SPIN_LINK_BOUND ?
					"%s%s" : "%s%s (%s)", len ? ", " : "",
					link.ext, status_name(link.status));
	}
	json_add(row, "importers", array);
	if (!options.json)
		json_add_text(row, "importer_words", text);
	return ret;
}

static const char *state_of(const struct spin_ioc_proc_next *proc)
{
	if (proc->served)
		return "exported";
	return proc->exporter_id ? "loading" : "missing";
}

static struct json_object *proc_row(const struct spin_ioc_proc_next *proc)
{
	struct json_object *row = json_new();
	char name[sizeof(proc->interface) + sizeof(proc->procedure)], hash[20];

	snprintf(name, sizeof(name), "%s.%s", proc->interface, proc->procedure);
	snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)proc->hash);
	json_add_text(row, "name", name);
	json_add_number(row, "id", proc->id);
	json_add_text(row, "interface", proc->interface);
	json_add_text(row, "procedure", proc->procedure);
	json_add_text(row, "prototype", proc->text);
	json_add_text(row, "hash", hash);
	json_add_bool(row, "sleepable",
		      proc->prototype.flags & SPIN_PROC_SLEEPABLE);
	json_add_bool(row, "var", proc->prototype.flags & SPIN_PROC_VAR);
	json_add_number(row, "cost_max", proc->prototype.cost_max);
	json_add_text(row, "state", state_of(proc));
	json_add_text(row, "exporter", proc->exporter);
	json_add_bool(row, "public", proc->flags & SPIN_PROC_PUBLIC);
	json_add_number(row, "handler_count", proc->bindings);
	json_add_number(row, "calls", proc->calls);
	json_add_number(row, "unserved", proc->unserved);
	return row;
}

static int collect(struct spin *spin, struct json_object *rows)
{
	struct spin_ioc_proc_next proc = {};
	struct json_object *row;
	int ret;

	while ((ret = spin_proc_next(spin, &proc)) > 0) {
		row = proc_row(&proc);
		ret = add_importers(spin, proc.id, row);
		json_append(rows, row);
		if (ret < 0)
			break;
	}
	return ret;
}

static int list(struct spin *spin, const char *name, struct json_object *rows)
{
	static const struct column columns[] = {
		{ "PROCEDURE", "name", false, false },
		{ "PROTOTYPE", "prototype", false, false },
		{ "STATE", "state", false, false },
		{ "EXPORTER", "exporter", false, false },
		{ "PUBLIC", "public", false, false },
		{ "HANDLERS", "handler_count", true, false },
		{ "CALLS", "calls", true, false },
		{ "UNSERVED", "unserved", true, true },
		{ "IMPORTERS", "importer_words", false, false },
	};

	(void)name;
	if (collect(spin, rows) < 0)
		return fail_spin(spin);
	return print_rows(rows, columns, ARRAY_SIZE(columns),
			  "no extension exports or imports a procedure");
}

static int do_list(char **args, int nr_args)
{
	return with_rows(args, nr_args, list);
}

static const struct command commands[] = {
	{ "list", "", "list the procedures, who exports and who calls them", 0,
	  0, do_list },
};

const struct object proc_object = {
	"proc", "procedures that extensions offer to each other", commands,
	ARRAY_SIZE(commands),
};
