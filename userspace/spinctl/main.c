// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* spinctl [OPTIONS] OBJECT [COMMAND] [ARGUMENTS] */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spinctl.h"

static const struct object *const objects[] = {
	&ext_object, &event_object, &binding_object, &cap_object,
	&proc_object, &range_object, &strand_object,
	&load_object, &unload_object, &domain_object, &name_object,
	&call_object, &trace_object, &doctor_object, &version_object,
};

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

static int wrong_number(const struct object *object,
			const struct command *command, int nr_args)
{
	char usage[512];

	command_usage(object, command, usage, sizeof(usage));
	return fail(USAGE, "%s arguments: %s",
		    nr_args < command->min ? "too few" : "too many", usage);
}

static int run(const struct object *object, const struct command *command,
	       char **args, int nr_args)
{
	const char *option;

	if (nr_args < command->min || nr_args > command->max)
		return wrong_number(object, command, nr_args);
	option = options_misplaced(object, command);
	if (option)
		return fail(USAGE,
			    "--%s is no option of %s%s%s: spinctl help %s tells which are",
			    option, object->name, command->name ? " " : "",
			    command->name ?: "", object->name);
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

/* help [OBJECT [COMMAND]] */
static int help(char **args, int nr_args)
{
	const struct command *command = NULL;
	const struct object *object;

	if (!nr_args) {
		help_all(objects, ARRAY_SIZE(objects));
		return DONE;
	}
	object = find_object(args[0]);
	if (!object)
		return USAGE;
	if (nr_args > 1 && object->commands->name) {
		command = find_command(object, args[1]);
		if (!command)
			return USAGE;
	}
	help_object(object, command);
	return DONE;
}

static int dispatch(char **args, int nr_args)
{
	static char *no_args[] = { NULL };
	const struct object *object;

	if (options_error())
		return fail(USAGE, "%s", options_error());
	if (nr_args && matches(args[0], "help"))
		return help(args + 1, nr_args - 1);
	if (options.help)
		return help(args, nr_args);
	if (options.version)
		return run_object(&version_object, no_args, 0);
	if (!nr_args)
		return fail(USAGE, "name an object, and what to do with it");
	object = find_object(args[0]);
	if (!object)
		return USAGE;
	/* an object without commands takes names: only the whole word is help */
	if (nr_args > 1 &&
	    matches(args[1], "help") >= (object->commands->name ? 1 : 2)) {
		help_object(object, NULL);
		return DONE;
	}
	return run_object(object, args + 1, nr_args - 1);
}

int main(int argc, char **argv)
{
	int code;

	/* the reader of a pipe may go at any time: see finish_output() */
	signal(SIGPIPE, SIG_IGN);
	code = options_parse(argc, argv);
	if (code == DONE)
		code = dispatch(argv + optind, argc - optind);
	options_free();
	return finish_output(code);
}
