// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl name: the nameserver. */
#include <stdio.h>

#include "spinctl.h"

static const char *kind_name(__u32 kind)
{
	static const char *const names[] = { "unknown", "module", "extension",
					     "aggregate" };

	return names[kind < ARRAY_SIZE(names) ? kind : 0];
}

/* Every domain, and every interface that an extension exports. */
static int collect(struct spin *spin, struct json_object *rows)
{
	struct spin_ioc_domain_export_next export;
	struct spin_ioc_domain_next domain = {};
	struct json_object *row;
	int ret, more;

	while ((ret = spin_domain_next(spin, &domain)) > 0) {
		row = json_new();
		json_add_text(row, "name", domain.name);
		json_add_text(row, "is", kind_name(domain.kind));
		json_add_text(row, "domain", domain.name);
		json_append(rows, row);
		if (domain.kind != SPIN_DOMAIN_EXTENSION)
			continue;
		export = (struct spin_ioc_domain_export_next){ .id = domain.id };
		while ((more = spin_domain_export_next(spin, &export)) > 0) {
			if (export.imported)
				break;
			row = json_new();
			json_add_text(row, "name", export.name);
			json_add_text(row, "is", "interface");
			json_add_text(row, "domain", domain.name);
			json_append(rows, row);
		}
		if (more < 0)
			return more;
	}
	return ret;
}

static int list(struct spin *spin, const char *name, struct json_object *rows)
{
	static const struct column columns[] = {
		{ "NAME", "name", false, false },
		{ "IS", "is", false, false },
		{ "DOMAIN", "domain", false, false },
	};

	(void)name;
	if (collect(spin, rows) < 0)
		return fail_spin(spin);
	return print_rows(rows, columns, ARRAY_SIZE(columns),
			  "there are no names");
}

static int do_list(char **args, int nr_args)
{
	return with_rows(args, nr_args, list);
}

static void print_found(const struct spin_ioc_name_lookup *found)
{
	static const char *const rights[] = { "nothing", "import", "modify",
					      "import and modify" };
	struct json_object *object;

	if (!options.json) {
		say("%s: %s; you may %s\n", found->name,
		    kind_name(found->kind), rights[found->rights & 3]);
		return;
	}
	object = json_new();
	json_add_text(object, "name", found->name);
	json_add_text(object, "kind", kind_name(found->kind));
	json_add_number(object, "id", found->id);
	json_add_bool(object, "may_import", found->rights & SPIN_DOMAIN_IMPORT);
	json_add_bool(object, "may_modify", found->rights & SPIN_DOMAIN_MODIFY);
	print_json(object);
}

static int do_lookup(char **args, int nr_args)
{
	struct spin_ioc_name_lookup found;
	struct spin *spin = spin_open();
	int code = DONE;

	(void)nr_args;
	if (!spin)
		return out_of_memory();
	if (spin_name_lookup(spin, args[0], true, &found))
		code = fail_spin(spin);
	else
		print_found(&found);
	spin_close(spin);
	return code;
}

static const struct command commands[] = {
	{ "list", "",
	  "list the names: of domains, and of interfaces that extensions export",
	  0, 0, do_list },
	{ "lookup", "NAME",
	  "the domain a name leads to; loads what exports the name, if nobody does",
	  1, 1, do_lookup },
};

const struct object name_object = {
	"name", "the nameserver", commands, ARRAY_SIZE(commands),
};
