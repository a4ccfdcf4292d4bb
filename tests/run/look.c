// SPDX-License-Identifier: GPL-2.0
/*
 * One number about what is loaded, for the tests' shell functions, which ask
 * often and cannot wait for a parser of JSON each time.
 */
#include <spin/libspin.h>

#include "tap.h"

static struct spin *spin;

static int die(void)
{
	printf("%s\n", spin_error(spin));
	return 1;
}

struct wanted {
	const char *name;
	bool found;
};

static int print_var(void *arg, const struct spin_var *var)
{
	struct wanted *wanted = arg;

	if (strcmp(var->name, wanted->name))
		return 0;
	wanted->found = true;
	for (size_t i = 0; i < var->count; i++)
		printf(var->kind == SPIN_VAR_INT ? "%s%lld" : "%s%llu",
		       i ? " " : "", (long long)var->values[i]);
	putchar('\n');
	return 1;
}

static int look_var(const char *ext, const char *name)
{
	struct wanted wanted = { name, false };

	if (spin_ext_vars(spin, ext, print_var, &wanted) < 0)
		return die();
	if (!wanted.found)
		printf("no variable %s\n", name);
	return !wanted.found;
}

static int print_field(const struct spin_binding *binding, const char *field)
{
	const struct spin_ioc_binding_next *b = &binding->info;
	const struct {
		const char *name;
		unsigned long long value;
	} fields[] = {
		{ "id", b->id }, { "order", b->order }, { "active", b->active },
		{ "guard_prog", b->guard_prog },
		{ "handler_prog", b->handler_prog },
		{ "position", binding->position }, { "point", b->point },
		{ "guards", b->guards }, { "imposed", b->imposed },
		{ "post", b->post }, { "slot", b->slot },
		{ "flags", b->flags }, { "closure", b->closure },
		{ "guard_true", b->guard_true },
		{ "guard_false", b->guard_false }, { "run", b->run },
		{ "cancelled", b->cancelled }, { "rejected", b->rejected },
		{ "errors", b->errors }, { "cost", b->cost },
		{ "time_ns", b->time_ns }, { "timed", b->timed },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (!strcmp(fields[i].name, field)) {
			printf("%llu\n", fields[i].value);
			return 0;
		}
	printf("bindings have no %s\n", field);
	return 1;
}

/* If several have the name, it is the first in the order they run. */
static int look_binding(const char *ext, const char *name, const char *field)
{
	struct spin_binding *bindings;
	size_t count, i;
	int ret;

	if (spin_bindings(spin, &bindings, &count))
		return die();
	for (i = 0; i < count; i++)
		if (!strcmp(bindings[i].info.ext, ext) &&
		    !strcmp(bindings[i].info.name, name))
			break;
	if (i == count) {
		printf("no binding %s of %s\n", name, ext);
		ret = 1;
	} else {
		ret = print_field(&bindings[i], field);
	}
	free(bindings);
	return ret;
}

static int look_cap(const char *ext, const char *name, const char *field)
{
	static const char *const fields[] = {
		"sent", "failed", "by_reference", "copied", "checksummed",
		"read", "blits", "refused", "flushes", "received", "opened",
		"written", "discarded", "in_bulk",
	};
	struct spin_ioc_cap_next c = {};

	while (spin_cap_next(spin, &c) == 1) {
		if (strcmp(c.ext, ext) || strcmp(c.name, name))
			continue;
		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
			if (!strcmp(fields[i], field)) {
				printf("%llu\n", (long long)c.count[i]);
				return 0;
			}
		if (!strcmp(field, "flags")) {
			printf("%u\n", c.flags);
			return 0;
		}
	}
	printf("no capability %s of %s\n", name, ext);
	return 1;
}

static int look_event(const char *name, const char *field)
{
	struct spin_ioc_event_next e = {};

	while (spin_event_next(spin, &e) == 1) {
		if (strcmp(e.name, name))
			continue;
		printf("%llu\n", !strcmp(field, "raised") ?
		       (long long)e.raised : !strcmp(field, "refused") ?
		       (long long)e.refused : !strcmp(field, "unhandled") ?
		       (long long)e.unhandled : (long long)e.bindings);
		return 0;
	}
	printf("no event %s\n", name);
	return 1;
}

static int look_exts(void)
{
	struct spin_ioc_ext_next e = {};

	while (spin_ext_next(spin, &e) == 1)
		printf("%s\n", e.name);
	return 0;
}

int main(int argc, char **argv)
{
	spin = spin_open();
	if (argc == 2 && !strcmp(argv[1], "exts"))
		return look_exts();
	if (argc == 4 && !strcmp(argv[1], "var"))
		return look_var(argv[2], argv[3]);
	if (argc == 5 && !strcmp(argv[1], "binding"))
		return look_binding(argv[2], argv[3], argv[4]);
	if (argc == 5 && !strcmp(argv[1], "cap"))
		return look_cap(argv[2], argv[3], argv[4]);
	if (argc == 4 && !strcmp(argv[1], "event"))
		return look_event(argv[2], argv[3]);
	fputs("usage: look exts | var EXT NAME | binding EXT NAME FIELD |\n"
	      "       cap EXT NAME FIELD | event NAME raised|refused|unhandled|bindings\n",
	      stderr);
	return 2;
}
