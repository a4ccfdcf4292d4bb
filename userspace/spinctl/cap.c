// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl cap: what extensions may use, and what they may do with it. */
#include <stdio.h>
#include <string.h>

#include "spinctl.h"

/* --- listing -------------------------------------------------------------- */

static int collect(struct spin *spin, const char *ext,
		   struct json_object *rows)
{
	struct spin_ioc_cap_next cap = {};
	struct spin_ioc_ext_next found;
	int ret;

	if (ext)
		return spin_ext_find(spin, ext, &found) ? -1 :
		       collect_caps(spin, ext, rows);
	while ((ret = spin_cap_next(spin, &cap)) > 0)
		json_append(rows, cap_row(&cap));
	return ret;
}

static int list(struct spin *spin, const char *ext, struct json_object *rows)
{
	static const struct column columns[] = {
		{ "EXTENSION", "extension", false, false },
		{ "NAME", "name", false, false },
		{ "KIND", "kind", false, false },
		{ "ID", "id", true, false },
		{ "WHAT", "what", false, false },
		{ "RIGHTS", "right_words", false, false },
		{ "STATE", "state", false, true },
	};

	if (collect(spin, ext, rows) < 0)
		return fail_spin(spin);
	return print_rows(rows, columns, ARRAY_SIZE(columns),
			  ext ? "it has no capabilities" :
				"no extension has capabilities");
}

static int do_list(char **args, int nr_args)
{
	return with_rows(args, nr_args, list);
}

/* --- one of them, and what was derived from it ---------------------------- */

static struct json_object *tree_row(const struct spin_ioc_cap_tree_next *cap)
{
	struct json_object *row = json_new();
	char rights[64];

	json_add_number(row, "id", cap->id);
	json_add_number(row, "parent", cap->parent);
	json_add_text(row, "holder", cap->holder);
	json_add_text(row, "name", cap->name);
	json_add_text(row, "kind", spin_cap_kind_name(cap->kind));
	json_add_text(row, "what", cap->what);
	json_add_text(row, "right_words",
		      spin_rights_text(cap->rights, rights, sizeof(rights)));
	json_add_number(row, "slots", cap->slots);
	json_add_text(row, "state",
		      cap->flags & SPIN_CAP_IN_USE ? "revoked, in use" :
		      cap->flags & SPIN_CAP_REVOKED ? "revoked" : "");
	return row;
}

static __u64 number(struct json_object *row, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(row, key, &value) ?
	       json_object_get_uint64(value) : 0;
}

/* Is @id among the rows? Parents come before what was derived from them. */
static bool has_id(struct json_object *rows, __u64 id)
{
	size_t i;

	for (i = 0; i < json_object_array_length(rows); i++)
		if (number(json_object_array_get_idx(rows, i), "id") == id)
			return true;
	return false;
}

static int collect_tree(struct spin *spin, __u64 top, struct json_object *rows)
{
	struct spin_ioc_cap_tree_next cap = { .id = top - 1 };
	int ret;

	while ((ret = spin_cap_tree_next(spin, &cap)) > 0)
		if (cap.id == top || has_id(rows, cap.parent))
			json_append(rows, tree_row(&cap));
	return ret;
}

static void print_tree(struct json_object *rows)
{
	static const struct column columns[] = {
		{ "ID", "id", true, false },
		{ "FROM", "parent", true, false },
		{ "HOLDER", "holder", false, false },
		{ "NAME", "name", false, false },
		{ "WHAT", "what", false, false },
		{ "RIGHTS", "right_words", false, false },
		{ "SLOTS", "slots", true, false },
		{ "STATE", "state", false, true },
	};

	print_table(rows, columns, ARRAY_SIZE(columns));
}

static int show(struct spin *spin, const char *ext, const char *name,
		struct json_object *rows)
{
	struct spin_ioc_cap_next cap;
	struct json_object *row;

	if (spin_cap_find(spin, ext, name, &cap))
		return fail_spin(spin);
	if (cap.id && collect_tree(spin, cap.id, rows) < 0)
		return fail_spin(spin);
	row = cap_row(&cap);
	if (options.json) {
		json_add(row, "tree", json_object_get(rows));
		print_json(row);
		return DONE;
	}
	print_counters(row);
	json_object_put(row);
	if (cap.id)
		print_tree(rows);
	else
		say("not granted: spinctl cap grant %s %s=KIND:WHAT\n", ext,
		    name);
	return DONE;
}

static int do_show(char **args, int nr_args)
{
	struct json_object *rows = json_object_new_array();
	struct spin *spin = spin_open();
	int code;

	(void)nr_args;
	if (!spin || !rows)
		code = out_of_memory();
	else
		code = show(spin, args[0], args[1], rows);
	json_object_put(rows);
	spin_close(spin);
	return code;
}

/* --- changing ------------------------------------------------------------- */

static int report(const char *done, const char *ext, const char *name)
{
	struct json_object *object;

	if (!options.json) {
		say("%s %s%s%s\n", done, ext ? ext : "", ext ? "/" : "",
		    name);
		return DONE;
	}
	object = json_new();
	json_add_text(object, done, name);
	if (ext)
		json_add_text(object, "extension", ext);
	print_json(object);
	return DONE;
}

/* The rights that --rights gives @name, if any; true: understood. */
static bool rights_for(struct spin *spin, const char *grant, __u32 *rights)
{
	const char *equals = strchr(grant, '=');
	size_t len = equals ? equals - grant + 1 : 0;
	const char *text;

	*rights = 0;
	if (!options.rights.count)
		return true;
	text = options.rights.word[options.rights.count - 1];
	/* There is but one it can be about: its name need not be repeated. */
	if (len && !strncmp(text, grant, len))
		text += len;
	return !spin_rights_parse(spin, text, rights);
}

static int do_grant(char **args, int nr_args)
{
	struct spin *spin = spin_open();
	char name[SPIN_NAME_LEN];
	__u32 rights;
	int code;

	(void)nr_args;
	if (!spin)
		return out_of_memory();
	hint_renamed(args[1]);
	if (!rights_for(spin, args[1], &rights) ||
	    spin_cap_grant(spin, args[0], args[1], rights) < 0) {
		code = fail_spin(spin);
	} else {
		snprintf(name, sizeof(name), "%.*s",
			 (int)strcspn(args[1], "="), args[1]);
		code = report("granted", args[0], name);
	}
	spin_close(spin);
	return code;
}

static int do_revoke(char **args, int nr_args)
{
	const char *ext = nr_args == 2 ? args[0] : NULL;
	const char *what = args[nr_args - 1];
	struct spin *spin = spin_open();
	int code;

	if (!spin)
		return out_of_memory();
	if (spin_cap_revoke(spin, ext, what, 0))
		code = fail_spin(spin);
	else
		code = report("revoked", ext, what);
	spin_close(spin);
	return code;
}

static int do_narrow(char **args, int nr_args)
{
	const char *ext = nr_args == 3 ? args[0] : NULL;
	const char *what = args[nr_args - 2];
	struct spin *spin = spin_open();
	__u32 rights;
	int code;

	if (!spin)
		return out_of_memory();
	if (spin_rights_parse(spin, args[nr_args - 1], &rights) ||
	    spin_cap_narrow(spin, ext, what, rights))
		code = fail_spin(spin);
	else
		code = report("narrowed", ext, what);
	spin_close(spin);
	return code;
}

static const struct command commands[] = {
	{ "list", "[EXTENSION]", "list the capabilities", 0, 1, do_list },
	{ "show", "EXTENSION NAME",
	  "show one: its counters, and what was derived from it", 2, 2, do_show },
	{ "grant", "EXTENSION NAME=KIND:WHAT",
	  "grant one to a loaded extension", 2, 2, do_grant },
	{ "narrow", "{EXTENSION NAME | ID} RIGHT,...",
	  "take all other rights away, for good", 2, 3, do_narrow },
	{ "revoke", "{EXTENSION NAME | ID}",
	  "take one back, and all that was derived from it", 1, 2, do_revoke },
};

const struct object cap_object = {
	"cap", "capabilities", commands, ARRAY_SIZE(commands),
};
