// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl domain: who may link to what, and how much of it there may be. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spinctl.h"

static const char *kind_name(__u32 kind)
{
	switch (kind) {
	case SPIN_DOMAIN_MODULE:
		return "module";
	case SPIN_DOMAIN_EXTENSION:
		return "extension";
	case SPIN_DOMAIN_AGGREGATE:
		return "aggregate";
	default:
		return "unknown";
	}
}

static const char *rights_name(__u32 rights)
{
	static const char *const names[] = { "none", "import", "modify",
					     "import,modify" };

	return names[rights & 3];
}

/* ---- rows ---- */

/* What it uses of one kind; @limit null if there is none. */
static struct json_object *quota_row(const struct spin_ioc_domain_next *domain,
				     unsigned int what)
{
	struct json_object *row = json_new();

	json_add_text(row, "quota", spin_quota_name(what));
	json_add_number(row, "used", domain->used[what]);
	if (domain->limit[what] == SPIN_QUOTA_NONE)
		json_add(row, "limit", NULL);
	else
		json_add_number(row, "limit", domain->limit[what]);
	json_add_number(row, "refused", domain->refused[what]);
	return row;
}

static struct json_object *domain_row(const struct spin_ioc_domain_next *domain)
{
	struct json_object *row = json_new();

	json_add_text(row, "name", domain->name);
	json_add_text(row, "kind", kind_name(domain->kind));
	json_add_number(row, "id", domain->id);
	json_add_number(row, "uid", domain->uid);
	json_add_text(row, "others_may", rights_name(domain->rights));
	json_add_number(row, "export_count", domain->exports);
	json_add_number(row, "confined_count", domain->confined);
	json_add_text(row, "within", domain->within);
	json_add_bool(row, "throttled", domain->throttled);
	return row;
}

static struct json_object *
export_row(const struct spin_ioc_domain_export_next *next)
{
	static const char *const states[] = { "absent", "kernel", "procedures" };
	struct json_object *row = json_new();

	json_add_text(row, "interface", next->name);
	json_add_text(row, "offered_by",
		      next->state < ARRAY_SIZE(states) ? states[next->state] :
							 "unknown");
	if (next->imported)
		json_add_bool(row, "resolved", next->imported == 1);
	return row;
}

/* Exports into one array, imports into the other. */
static int collect_exports(struct spin *spin, __u64 id,
			   struct json_object *exports,
			   struct json_object *imports)
{
	struct spin_ioc_domain_export_next next = { .id = id };
	int ret;

	while ((ret = spin_domain_export_next(spin, &next)) > 0)
		json_append(next.imported ? imports : exports,
			    export_row(&next));
	return ret;
}

/* ---- list, show ---- */

static int list(struct spin *spin, struct json_object *rows)
{
	static const struct column columns[] = {
		{ "NAME", "name", false, false },
		{ "KIND", "kind", false, false },
		{ "EXPORTS", "export_count", true, false },
		{ "CONFINES", "confined_count", true, true },
		{ "WITHIN", "within", false, true },
		{ "UID", "uid", true, false },
		{ "OTHERS MAY", "others_may", false, false },
		{ "THROTTLED", "throttled", false, true },
	};
	struct spin_ioc_domain_next domain = {};
	int ret;

	while ((ret = spin_domain_next(spin, &domain)) > 0)
		json_append(rows, domain_row(&domain));
	if (ret < 0)
		return fail_spin(spin);
	return print_rows(rows, columns, ARRAY_SIZE(columns),
			  "there are no domains");
}

static void print_domain(const struct spin_ioc_domain_next *domain,
			 struct json_object *row)
{
	static const struct column quota_columns[] = {
		{ "QUOTA", "quota", false, false },
		{ "USED", "used", true, false },
		{ "LIMIT", "limit", true, false },
		{ "REFUSED", "refused", true, false },
	};
	static const struct column export_columns[] = {
		{ "EXPORTS", "interface", false, false },
		{ "OFFERED BY", "offered_by", false, false },
	};
	static const struct column import_columns[] = {
		{ "IMPORTS", "interface", false, false },
		{ "RESOLVED", "resolved", false, false },
	};
	struct json_object *part;

	print_heading(domain->name);
	say("%s of user %u; others may: %s\n", kind_name(domain->kind),
	    domain->uid, rights_name(domain->rights));
	if (*domain->within)
		say("confined to domain %s\n", domain->within);
	if (domain->confined)
		say("%u extension%s may import from it only\n",
		    domain->confined, domain->confined == 1 ? "" : "s");
	if (domain->throttled)
		say("throttled: its handlers do not run until it has paid for the processor time that they took\n");
	if (json_object_object_get_ex(row, "exports", &part) &&
	    json_object_array_length(part)) {
		say("\n");
		print_table(part, export_columns, ARRAY_SIZE(export_columns));
	}
	if (json_object_object_get_ex(row, "imports", &part) &&
	    json_object_array_length(part)) {
		say("\n");
		print_table(part, import_columns, ARRAY_SIZE(import_columns));
	}
	if (json_object_object_get_ex(row, "quotas", &part)) {
		say("\n");
		print_table(part, quota_columns, ARRAY_SIZE(quota_columns));
	}
}

static int show(struct spin *spin, const char *name)
{
	struct json_object *row, *quotas, *exports, *imports;
	struct spin_ioc_domain_next domain;
	unsigned int i;

	if (spin_domain_find(spin, name, &domain))
		return fail_spin(spin);
	row = domain_row(&domain);
	exports = json_object_new_array();
	imports = json_object_new_array();
	quotas = json_object_new_array();
	if (!exports || !imports || !quotas)
		exit(out_of_memory());
	json_add(row, "exports", exports);
	json_add(row, "imports", imports);
	for (i = 0; domain.ext_id && i < SPIN_QUOTA_KINDS; i++)
		json_append(quotas, quota_row(&domain, i));
	if (domain.ext_id)
		json_add(row, "quotas", quotas);
	else
		json_object_put(quotas);
	if (collect_exports(spin, domain.id, exports, imports)) {
		json_object_put(row);
		return fail_spin(spin);
	}
	if (options.json) {
		print_json(row);
		return DONE;
	}
	print_domain(&domain, row);
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

/* ---- changes ---- */

/*
 * What was done, to which domain, and what with: a sentence, or {"DONE": NAME,
 * "what": […]}.
 */
static void report(const char *done, const char *name, char **what, int count)
{
	struct json_object *object, *array;
	char key[32];
	int i;

	if (!options.json) {
		say("%s %s%s", done, name, count ? ":" : "");
		for (i = 0; i < count; i++)
			say(" %s", what[i]);
		say("\n");
		return;
	}
	/* names of members have no blanks */
	for (i = 0; done[i] && i + 1 < (int)sizeof(key); i++)
		key[i] = done[i] == ' ' ? '_' : done[i];
	key[i] = '\0';
	object = json_new();
	json_add_text(object, key, name);
	array = json_object_new_array();
	if (!array)
		exit(out_of_memory());
	for (i = 0; i < count; i++)
		json_append(array, json_text(what[i]));
	json_add(object, "what", array);
	print_json(object);
}

/* An interface, or all that a domain exports. */
static int add_one(struct spin *spin, int fd, const char *what)
{
	int other = spin_domain_open(spin, what, SPIN_DOMAIN_IMPORT);
	struct spin_ioc_name_lookup found;
	bool is_domain;
	int err;

	if (other < 0)
		return other;
	err = spin_name_lookup(spin, what, false, &found);
	/* The name of an interface leads to the extension that exports it. */
	is_domain = !err && spin_name_means(found.name, what);
	if (!err)
		err = spin_domain_combine(spin, fd, other,
					  is_domain ? NULL : what);
	close(other);
	return err;
}

static int add_all(struct spin *spin, int fd, char **what, int count)
{
	int i, err = 0;

	for (i = 0; !err && i < count; i++)
		err = add_one(spin, fd, what[i]);
	return err;
}

static int do_create(char **args, int nr_args)
{
	struct spin *spin = spin_open();
	int fd, err, code = DONE;

	if (!spin)
		return out_of_memory();
	fd = spin_domain_create(spin, args[0]);
	err = fd < 0 ? fd : add_all(spin, fd, args + 1, nr_args - 1);
	if (err)
		code = fail_spin(spin);
	/* All of it or nothing. */
	if (err && fd >= 0)
		spin_domain_destroy(spin, fd);
	if (fd >= 0)
		close(fd);
	if (!err)
		report("created", args[0], args + 1, nr_args - 1);
	spin_close(spin);
	return code;
}

/* Open the domain in the first argument, to modify it, and do something. */
static int with_domain(char **args, int nr_args, const char *done,
		       int (*change)(struct spin *spin, int fd, char **args,
				     int nr_args))
{
	struct spin *spin = spin_open();
	int fd, err, code = DONE;

	if (!spin)
		return out_of_memory();
	fd = spin_domain_open(spin, args[0], SPIN_DOMAIN_MODIFY);
	err = fd < 0 ? fd : change(spin, fd, args + 1, nr_args - 1);
	if (fd >= 0)
		close(fd);
	if (err)
		code = fail_spin(spin);
	else if (done)
		report(done, args[0], args + 1, nr_args - 1);
	spin_close(spin);
	return code;
}

static int do_combine(char **args, int nr_args)
{
	return with_domain(args, nr_args, "combined", add_all);
}

static int remove_all(struct spin *spin, int fd, char **args, int nr_args)
{
	int i, err = 0;

	for (i = 0; !err && i < nr_args; i++)
		err = spin_domain_remove(spin, fd, args[i]);
	return err;
}

static int do_remove(char **args, int nr_args)
{
	return with_domain(args, nr_args, "removed from", remove_all);
}

static int destroy(struct spin *spin, int fd, char **args, int nr_args)
{
	(void)args;
	(void)nr_args;
	return spin_domain_destroy(spin, fd);
}

static int do_destroy(char **args, int nr_args)
{
	return with_domain(args, nr_args, "destroyed", destroy);
}

static int limit(struct spin *spin, int fd, char **args, int nr_args)
{
	unsigned int what;
	__u64 number;
	int i, err = 0;

	for (i = 0; !err && i < nr_args; i++) {
		err = spin_limit_parse(spin, args[i], &what, &number);
		if (!err)
			err = spin_domain_limit(spin, fd, what, number);
	}
	return err;
}

static int do_limit(char **args, int nr_args)
{
	return with_domain(args, nr_args, "limited", limit);
}

/* "import,modify", "import", "modify" or "none". */
static bool parse_rights(const char *text, unsigned int *rights)
{
	for (*rights = 0; *rights < 4; ++*rights)
		if (!strcmp(text, rights_name(*rights)))
			return true;
	return false;
}

static int set_rights(struct spin *spin, int fd, char **args, int nr_args)
{
	unsigned int rights = 0;

	(void)nr_args;
	parse_rights(args[0], &rights);
	return spin_domain_set_rights(spin, fd, rights);
}

static int do_rights(char **args, int nr_args)
{
	unsigned int rights;

	if (!parse_rights(args[1], &rights))
		return fail(USAGE,
			    "'%s' are no rights: none, import, modify or import,modify",
			    args[1]);
	return with_domain(args, nr_args, "set the rights of", set_rights);
}

/* What becomes of calls, if it is another extension's interface. */
static void print_procedures(bool undo, unsigned int count)
{
	if (!count)
		return;
	say("; calls of %u procedure%s of it %s", count, count == 1 ? "" : "s",
	    undo ? "fail with EACCES from now on" : "are made again");
}

static void report_resolved(const char *name, bool undo,
			    const struct spin_ioc_domain_resolve *resolved)
{
	struct json_object *object;

	if (options.json) {
		object = json_new();
		json_add_text(object, undo ? "unresolved" : "resolved", name);
		json_add_text(object, "interface", resolved->interface);
		json_add_number(object, "binding_count", resolved->bindings);
		json_add_text(object, "bindings", resolved->text);
		json_add_number(object, "procedure_count", resolved->procedures);
		print_json(object);
		return;
	}
	say("%s %s: %u binding%s %s%s%s%s",
	    undo ? "unresolved" : "resolved", resolved->interface,
	    resolved->bindings, resolved->bindings == 1 ? "" : "s",
	    undo ? "not active any more" : "active again",
	    resolved->bindings ? " (" : "", resolved->text,
	    resolved->bindings ? ")" : "");
	print_procedures(undo, resolved->procedures);
	say("\n");
}

static int resolve_one(struct spin *spin, int fd, const char *interface,
		       bool undo)
{
	struct spin_ioc_domain_resolve resolved;
	int err = spin_domain_resolve(spin, fd, interface, undo, &resolved);

	if (!err)
		report_resolved(interface, undo, &resolved);
	return err;
}

static int resolve(struct spin *spin, int fd, char **args, int nr_args)
{
	(void)nr_args;
	return resolve_one(spin, fd, args[0], false);
}

static int unresolve(struct spin *spin, int fd, char **args, int nr_args)
{
	(void)nr_args;
	return resolve_one(spin, fd, args[0], true);
}

static int do_resolve(char **args, int nr_args)
{
	return with_domain(args, nr_args, NULL, resolve);
}

static int do_unresolve(char **args, int nr_args)
{
	return with_domain(args, nr_args, NULL, unresolve);
}

#define ARGS_MAX 64

static const struct command commands[] = {
	{ "list", "", "list the domains", 0, 0, do_list },
	{ "show", "[NAME]", "show one: exports, imports, quotas; or list them",
	  0, 1, do_list },
	{ "create", "NAME [INTERFACE|DOMAIN]...",
	  "make a domain that exports what these do", 1, ARGS_MAX, do_create },
	{ "combine", "NAME INTERFACE|DOMAIN...",
	  "have it export what these do, too", 2, ARGS_MAX, do_combine },
	{ "remove", "NAME INTERFACE...", "have it not export these any more", 2,
	  ARGS_MAX, do_remove },
	{ "destroy", "NAME", "take away a domain that a user made", 1, 1,
	  do_destroy },
	{ "limit", "EXTENSION WHAT=N...",
	  "limit its bindings, memory, objects, queue, packets or cpu", 2,
	  ARGS_MAX, do_limit },
	{ "resolve", "EXTENSION INTERFACE",
	  "link an import again that was unresolved", 2, 2, do_resolve },
	{ "unresolve", "EXTENSION INTERFACE",
	  "undo an import: bindings that use it become inactive", 2, 2,
	  do_unresolve },
	{ "rights", "NAME none|import|modify|import,modify",
	  "say what others than its owner may do", 2, 2, do_rights },
};

const struct object domain_object = {
	"domain", "what may be linked, and how much of it there may be",
	commands, ARRAY_SIZE(commands),
};
