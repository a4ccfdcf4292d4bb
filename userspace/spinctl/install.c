// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl binding install: bindings beyond those that the load made. */
#include <stdio.h>
#include <string.h>

#include "spinctl.h"

#define COUNT_MAX 65536

/* The binding to be before or after, which is named as in other commands. */
static int parse_relative(struct spin *spin, const char *what,
			  struct spin_ioc_binding_install *install)
{
	struct spin_ioc_binding_next binding;

	if (spin_binding_find(spin, what, &binding))
		return fail_spin(spin);
	install->relative = binding.id;
	return DONE;
}

static int parse_order(struct spin *spin, const char *text,
		       struct spin_ioc_binding_install *install)
{
	if (!text || !strcmp(text, "none")) {
		install->order = SPIN_ORDER_NONE;
		return DONE;
	}
	if (!strcmp(text, "first")) {
		install->order = SPIN_ORDER_FIRST;
		return DONE;
	}
	if (!strcmp(text, "last")) {
		install->order = SPIN_ORDER_LAST;
		return DONE;
	}
	if (!strncmp(text, "before:", 7)) {
		install->order = SPIN_ORDER_BEFORE;
		return parse_relative(spin, text + 7, install);
	}
	if (!strncmp(text, "after:", 6)) {
		install->order = SPIN_ORDER_AFTER;
		return parse_relative(spin, text + 6, install);
	}
	return fail(USAGE,
		    "'%s' is no order: write none, first, last, before:ID or after:ID",
		    text);
}

static int parse_numbers(struct spin_ioc_binding_install *install)
{
	__u64 count = 1;

	if (options.closure && !parse_number(options.closure, &install->closure))
		return fail(USAGE, "'%s' is no closure: write a number",
			    options.closure);
	if (options.key && !parse_number(options.key, &install->key))
		return fail(USAGE, "'%s' is no key: write a number",
			    options.key);
	if (options.count &&
	    (!parse_number(options.count, &count) || !count ||
	     count > COUNT_MAX))
		return fail(USAGE, "'%s' is no count: write a number from 1 to %d",
			    options.count, COUNT_MAX);
	install->count = count;
	return DONE;
}

static int parse(struct spin *spin, char **args,
		 struct spin_ioc_binding_install *install)
{
	struct spin_ioc_template_next template;
	int code;

	code = parse_numbers(install);
	if (code != DONE)
		return code;
	if (spin_template_find(spin, args[0], args[1], &template))
		return fail_spin(spin);
	memcpy(install->ext, template.ext, SPIN_NAME_LEN);
	memcpy(install->template_name, template.name, SPIN_NAME_LEN);
	install->flags = (options.cancel ? SPIN_BIND_CANCEL : 0) |
			 (options.filter ? SPIN_BIND_FILTER : 0) |
			 (options.inactive ? SPIN_BIND_INACTIVE : 0);
	code = parse_order(spin, options.order, install);
	return code == DONE ?
	       match_parse(spin, template.event_id, &install->match) : code;
}

static void report(const struct spin_ioc_binding_install *install)
{
	struct json_object *object;

	if (options.json) {
		object = json_new();
		json_add_number(object, "installed", install->id);
		json_add_number(object, "count", install->count);
		json_add_text(object, "extension", install->ext);
		json_add_text(object, "template", install->template_name);
		print_json(object);
		return;
	}
	say("installed %u binding%s of %s/%s: ", install->count,
	    install->count == 1 ? "" : "s", install->ext,
	    install->template_name);
	if (install->count == 1)
		say("id %llu\n", (unsigned long long)install->id);
	else
		say("ids %llu to %llu\n", (unsigned long long)install->id,
		    (unsigned long long)(install->id + install->count - 1));
}

int do_install(char **args, int nr_args)
{
	struct spin_ioc_binding_install install = {};
	struct spin *spin = spin_open();
	int code;

	(void)nr_args;
	if (!spin)
		return out_of_memory();
	code = parse(spin, args, &install);
	if (code == DONE) {
		if (spin_binding_install(spin, &install))
			code = fail_spin(spin);
		else
			report(&install);
	}
	spin_close(spin);
	return code;
}
