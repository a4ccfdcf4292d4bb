// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Help, from the tables the commands are found by. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

/* What KIND:WHAT may be. */
#define KIND_HELP(CONSTANT, NUMBER, NAME, WORD, WHAT, TEXT, ...) \
	{ #WORD ":" WHAT, TEXT },

static const struct {
	const char *grant;
	const char *text;
} grant_kinds[] = {
	SPIN_KINDS(KIND_HELP)
	{ "cap:EXTENSION/NAME", "derived from another extension's" },
	{ "fd:N", "what this descriptor stands for" },
};

/**
 * command_usage - a command with its arguments and options
 * @object: whose command it is
 * @command: the command
 * @text: where to put it
 * @size: how long it may be
 */
void command_usage(const struct object *object, const struct command *command,
		   char *text, size_t size)
{
	int len;

	len = snprintf(text, size, "spinctl %s%s%s%s%s", object->name,
		       command->name ? " " : "", command->name ?: "",
		       *command->args ? " " : "", command->args);
	if (len > 0 && (size_t)len < size)
		options_synopsis(object, command, text + len, size - len);
}

/* Returns whether the command makes grants. */
static bool print_command(const struct object *object,
			  const struct command *command)
{
	char usage[512];

	command_usage(object, command, usage, sizeof(usage));
	printf("  ");
	print_wrapped(usage, 2, 10);
	printf("      %s\n", command->summary);
	return strstr(usage, "KIND:WHAT");
}

static void print_grant_kinds(void)
{
	size_t i;

	puts("\nKINDS of capabilities, and WHAT is granted of each:");
	for (i = 0; i < ARRAY_SIZE(grant_kinds); i++)
		printf("  %-32s  %s\n", grant_kinds[i].grant,
		       grant_kinds[i].text);
}

static struct json_object *object_json(const struct object *object)
{
	struct json_object *row = json_new(), *command;
	struct json_object *commands = json_object_new_array();
	size_t i;

	if (!commands)
		exit(out_of_memory());
	json_add_text(row, "name", object->name);
	json_add_text(row, "summary", object->summary);
	for (i = 0; i < object->nr_commands; i++) {
		command = json_new();
		json_add_text(command, "name", object->commands[i].name ?: "");
		json_add_text(command, "arguments", object->commands[i].args);
		json_add_text(command, "summary", object->commands[i].summary);
		json_add(command, "options",
			 options_json(object, &object->commands[i]));
		json_append(commands, command);
	}
	json_add(row, "commands", commands);
	return row;
}

/**
 * help_object - how an object is used
 * @object: the object
 * @only: the command that is asked about; NULL: all
 */
void help_object(const struct object *object, const struct command *only)
{
	bool grants = false;
	size_t i;

	if (options.json) {
		print_json(object_json(object));
		return;
	}
	printf("%s: %s\n\nUsage:\n", object->name, object->summary);
	for (i = 0; i < object->nr_commands; i++)
		if (!only || only == &object->commands[i])
			grants |= print_command(object, &object->commands[i]);
	if (!only && object->nr_commands > 1)
		printf("Without a command: %s.\n", object->commands[0].name);
	options_help(object, only);
	if (grants)
		print_grant_kinds();
}

static void help_json(const struct object *const *objects, size_t count)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	if (!array)
		exit(out_of_memory());
	for (i = 0; i < count; i++)
		json_append(array, object_json(objects[i]));
	print_json(array);
}

/** help_all - the objects, and the options of all commands */
void help_all(const struct object *const *objects, size_t count)
{
	size_t i, j;

	if (options.json) {
		help_json(objects, count);
		return;
	}
	puts("Usage: spinctl [OPTIONS] OBJECT [COMMAND] [ARGUMENTS]\n");
	puts("Objects, and their commands:");
	for (i = 0; i < count; i++) {
		printf("  %-8s  %s", objects[i]->name, objects[i]->summary);
		for (j = 0; j < objects[i]->nr_commands &&
			    objects[i]->commands[j].name; j++)
			printf("%s%s", j ? ", " : ": ",
			       objects[i]->commands[j].name);
		putchar('\n');
	}
	puts("  help      this; with an OBJECT its commands; with a COMMAND its options");
	options_help(NULL, NULL);
	print_grant_kinds();
	puts("\nNames of objects and commands may be shortened. See spinctl(8).");
}
