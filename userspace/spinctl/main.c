// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl [OPTIONS] OBJECT [COMMAND] [ARGUMENTS] */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

struct options options;

static bool want_help, want_version;
static char bad_option[128];

static const struct object *const objects[] = {
	&ext_object, &event_object, &binding_object, &cap_object,
	&proc_object, &range_object, &strand_object,
	&load_object, &unload_object, &domain_object, &name_object,
	&call_object, &trace_object, &doctor_object, &version_object,
};

/* Options without a letter. */
enum {
	KEY_MATCH = 256, KEY_CLOSURE, KEY_ORDER, KEY_COUNT, KEY_KEY,
	KEY_CANCEL, KEY_FILTER, KEY_INACTIVE, KEY_EVENT, KEY_EXT,
	KEY_DOMAIN, KEY_LIMIT, KEY_RIGHTS, KEY_BREAK_CALLERS,
};

static const struct option long_options[] = {
	{ "grant", required_argument, NULL, 'g' },
	{ "set", required_argument, NULL, 's' },
	{ "rights", required_argument, NULL, KEY_RIGHTS },
	{ "domain", required_argument, NULL, KEY_DOMAIN },
	{ "limit", required_argument, NULL, KEY_LIMIT },
	{ "break-callers", no_argument, NULL, KEY_BREAK_CALLERS },
	{ "match", required_argument, NULL, KEY_MATCH },
	{ "closure", required_argument, NULL, KEY_CLOSURE },
	{ "order", required_argument, NULL, KEY_ORDER },
	{ "count", required_argument, NULL, KEY_COUNT },
	{ "key", required_argument, NULL, KEY_KEY },
	{ "cancel", no_argument, NULL, KEY_CANCEL },
	{ "filter", no_argument, NULL, KEY_FILTER },
	{ "inactive", no_argument, NULL, KEY_INACTIVE },
	{ "event", required_argument, NULL, KEY_EVENT },
	{ "ext", required_argument, NULL, KEY_EXT },
	{ "json", no_argument, NULL, 'j' },
	{ "pretty", no_argument, NULL, 'p' },
	{ "debug", no_argument, NULL, 'd' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{},
};

static int option_is_of(int opt)
{
	switch (opt) {
	case 'g':
	case 's':
	case KEY_DOMAIN:
	case KEY_LIMIT:
		return OF_LOAD;
	case KEY_RIGHTS:
		return OF_LOAD | OF_RIGHTS;
	case KEY_BREAK_CALLERS:
		return OF_UPGRADE;
	case KEY_COUNT:
		return OF_INSTALL | OF_REMOVE;
	case KEY_EVENT:
	case KEY_EXT:
		return OF_TRACE;
	default:
		return opt >= KEY_MATCH ? OF_INSTALL : OF_ALL;
	}
}

static bool given[ARRAY_SIZE(long_options)];	/* by long_options */

static void note_given(int opt)
{
	size_t i;

	for (i = 0; long_options[i].name; i++)
		given[i] |= long_options[i].val == opt;
}

/* The first option given that the command does not take, or NULL. */
static const char *misplaced_option(const struct command *command)
{
	size_t i;
	int of;

	for (i = 0; long_options[i].name; i++) {
		of = option_is_of(long_options[i].val);
		if (given[i] && of != OF_ALL && !(of & command->takes))
			return long_options[i].name;
	}
	return NULL;
}

/* Kept till all options are known: how to print it depends on them. */
static void note_bad_option(const char *text, int opt)
{
	if (bad_option[0])
		return;
	if (opt == ':')
		snprintf(bad_option, sizeof(bad_option),
			 "option %.64s needs a value", text);
	else if (optopt > 0 && optopt < 256 && !strchr("gsjpdVh", optopt))
		snprintf(bad_option, sizeof(bad_option),
			 "there is no option -%c", optopt);
	else
		snprintf(bad_option, sizeof(bad_option),
			 "there is no option %.64s, or it takes no value", text);
}

static void note_install_option(int opt)
{
	switch (opt) {
	case KEY_MATCH:
		options.matches[options.nr_matches++] = optarg;
		break;
	case KEY_CLOSURE:
		options.closure = optarg;
		break;
	case KEY_ORDER:
		options.order = optarg;
		break;
	case KEY_COUNT:
		options.count = optarg;
		break;
	case KEY_KEY:
		options.key = optarg;
		break;
	case KEY_CANCEL:
		options.bind_flags |= SPIN_BIND_CANCEL;
		break;
	case KEY_FILTER:
		options.bind_flags |= SPIN_BIND_FILTER;
		break;
	case KEY_INACTIVE:
		options.bind_flags |= SPIN_BIND_INACTIVE;
		break;
	}
}

static void note_option(int opt)
{
	switch (opt) {
	case 'g':
		options.grants[options.nr_grants++] = optarg;
		break;
	case 's':
		options.settings[options.nr_settings++] = optarg;
		break;
	case KEY_RIGHTS:
		options.rights[options.nr_rights++] = optarg;
		break;
	case KEY_DOMAIN:
		options.domain = optarg;
		break;
	case KEY_LIMIT:
		options.limits[options.nr_limits++] = optarg;
		break;
	case KEY_BREAK_CALLERS:
		options.break_callers = true;
		break;
	case KEY_EVENT:
		options.event = optarg;
		break;
	case KEY_EXT:
		options.ext = optarg;
		break;
	case 'p':
		options.pretty = true;
		/* fall through */
	case 'j':
		options.json = true;
		break;
	case 'd':
		options.debug = true;
		break;
	case 'V':
		want_version = true;
		break;
	case 'h':
		want_help = true;
		break;
	default:
		note_install_option(opt);
	}
}

static void parse_options(int argc, char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, ":g:s:jpdVh", long_options,
				  NULL)) != -1) {
		if (opt == '?' || opt == ':') {
			note_bad_option(argv[optind - 1], opt);
			continue;
		}
		note_given(opt);
		note_option(opt);
	}
}

/* Does @word stand for @name? 2: it is the name, 1: it begins it, 0: no. */
static int matches(const char *word, const char *name)
{
	size_t len = strlen(word);

	if (!strcmp(word, name))
		return 2;
	return len && !strncmp(word, name, len);
}

/* The object that has a command of this name, if it is one alone. */
static const struct object *object_with(const char *word)
{
	const struct object *found = NULL;
	size_t i, j;

	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		for (j = 0; j < objects[i]->nr_commands; j++) {
			const char *name = objects[i]->commands[j].name;

			if (!name || strcmp(word, name))
				continue;
			if (found)
				return NULL;
			found = objects[i];
		}
	}
	return found;
}

static void no_object(const char *word)
{
	const struct object *with = object_with(word);
	char names[256] = "";
	size_t i, len = 0;

	if (with) {
		fail(USAGE, "'%s' is a command, of %s: spinctl %s %s", word,
		     with->name, with->name, word);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		len += snprintf(names + len, sizeof(names) - len, "%s%s",
				i ? ", " : "", objects[i]->name);
	fail(USAGE, "there is no object '%s'; there are: %s", word, names);
}

static const struct object *find_object(const char *word)
{
	const struct object *found = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		switch (matches(word, objects[i]->name)) {
		case 2:
			return objects[i];
		case 1:
			if (found) {
				fail(USAGE, "'%s' may be %s or %s", word,
				     found->name, objects[i]->name);
				return NULL;
			}
			found = objects[i];
		}
	}
	if (!found)
		no_object(word);
	return found;
}

static void no_command(const struct object *object, const char *word)
{
	char names[256] = "";
	size_t i, len = 0;

	for (i = 0; i < object->nr_commands; i++)
		len += snprintf(names + len, sizeof(names) - len, "%s%s",
				i ? ", " : "", object->commands[i].name);
	fail(USAGE, "%s has no command '%s'; it has: %s", object->name, word,
	     names);
}

static const struct command *find_command(const struct object *object,
					  const char *word)
{
	const struct command *found = NULL;
	size_t i;

	for (i = 0; i < object->nr_commands; i++) {
		const struct command *command = &object->commands[i];

		switch (matches(word, command->name)) {
		case 2:
			return command;
		case 1:
			if (found) {
				fail(USAGE, "'%s' may be %s or %s", word,
				     found->name, command->name);
				return NULL;
			}
			found = command;
		}
	}
	if (!found)
		no_command(object, word);
	return found;
}

static int run(const struct object *object, const struct command *command,
	       char **args, int nr_args)
{
	const char *space = command->name ? " " : "";
	const char *name = command->name ? command->name : "";
	const char *option;

	if (nr_args < command->min || nr_args > command->max)
		return fail(USAGE, "%s arguments: spinctl %s%s%s%s%s",
			    nr_args < command->min ? "too few" : "too many",
			    object->name, space, name,
			    *command->args ? " " : "", command->args);
	option = misplaced_option(command);
	if (option)
		return fail(USAGE, "--%s is no option of %s%s%s: spinctl help %s tells which are",
			    option, object->name, space, name, object->name);
	return command->run(args, nr_args);
}

static int run_object(const struct object *object, char **args, int nr_args)
{
	const struct command *command = object->commands;

	if (!command->name)
		return run(object, command, args, nr_args);
	if (nr_args) {
		command = find_command(object, args[0]);
		if (!command)
			return USAGE;
		args++;
		nr_args--;
	}
	return run(object, command, args, nr_args);
}

static int help(char **args, int nr_args)
{
	const struct object *object;

	if (!nr_args) {
		help_all(objects, ARRAY_SIZE(objects));
		return DONE;
	}
	object = find_object(args[0]);
	if (!object)
		return USAGE;
	help_object(object);
	return DONE;
}

static int dispatch(char **args, int nr_args)
{
	static char *no_args[] = { NULL };
	const struct object *object;

	if (bad_option[0])
		return fail(USAGE, "%s", bad_option);
	if (nr_args && matches(args[0], "help"))
		return help(args + 1, nr_args - 1);
	if (want_help)
		return help(args, nr_args);
	if (want_version)
		return run_object(&version_object, no_args, 0);
	if (!nr_args)
		return fail(USAGE, "name an object, and what to do with it");
	object = find_object(args[0]);
	if (!object)
		return USAGE;
	/* of an object without commands only the whole word: it takes names */
	if (nr_args > 1 &&
	    matches(args[1], "help") >= (object->commands->name ? 1 : 2)) {
		help_object(object);
		return DONE;
	}
	return run_object(object, args + 1, nr_args - 1);
}

int main(int argc, char **argv)
{
	int code;

	/* the reader of a pipe may go at any time: finish_output() */
	signal(SIGPIPE, SIG_IGN);
	opterr = 0;
	options.grants = calloc(argc, sizeof(*options.grants));
	options.rights = calloc(argc, sizeof(*options.rights));
	options.settings = calloc(argc, sizeof(*options.settings));
	options.matches = calloc(argc, sizeof(*options.matches));
	options.limits = calloc(argc, sizeof(*options.limits));
	if (!options.grants || !options.rights || !options.settings ||
	    !options.matches || !options.limits)
		return out_of_memory();
	parse_options(argc, argv);
	code = dispatch(argv + optind, argc - optind);
	free(options.grants);
	free(options.rights);
	free(options.settings);
	free(options.matches);
	free(options.limits);
	return finish_output(code);
}
