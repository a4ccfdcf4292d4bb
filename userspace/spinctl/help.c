// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Help, from the tables the commands are found by. */
#include <stdio.h>
#include <stdlib.h>

#include "spinctl.h"

static void print_command(const struct object *object,
			  const struct command *command)
{
	printf("  spinctl %s", object->name);
	if (command->name)
		printf(" %s", command->name);
	printf("%s%s\n      %s\n", *command->args ? " " : "", command->args,
	       command->summary);
}

static const struct {
	int is_of;
	const char *text;
} option_help[] = {
	{ OF_LOAD,
	  "  -g, --grant NAME=KIND:WHAT  grant a capability (load, ext upgrade)" },
	{ OF_LOAD | OF_RIGHTS,
	  "    kinds, with what is granted:\n"
	  "        file:PATH                         a regular file, to read\n"
	  "        udp:[ADDRESS:]PORT                a UDP socket, to send from\n"
	  "        framebuffer:/dev/dri/cardN[:WxH]  a display\n"
	  "        directory:PATH                    a directory, to open files in\n"
	  "        tcp:ADDRESS:PORT                  a TCP connection\n"
	  "        console:PATH                      a terminal, to write to\n"
	  "        clock:PERIOD                      ticks as often as each 100us\n"
	  "        region:[PID/]FD                   a range of memory of a process\n"
	  "        strand:[PID/]FD                   a registered thread\n"
	  "        interface:DOMAIN                  to import what a domain exports\n"
	  "        cap:EXTENSION/NAME                derived from another extension's\n"
	  "        fd:N                              what this descriptor stands for" },
	{ OF_LOAD,
	  "  -s, --set VAR=VALUE         set a global variable (load, ext upgrade)\n"
	  "  --domain NAME               it may import what this domain exports, only\n"
	  "  --limit WHAT=N              limit its bindings, memory, objects, queue,\n"
	  "                              packets or cpu" },
	{ OF_LOAD | OF_RIGHTS,
	  "  --rights NAME=RIGHT,...     what a capability allows, instead of its kind's\n"
	  "                              usual rights (load, ext upgrade, cap grant)" },
	{ OF_UPGRADE,
	  "  --break-callers             even if calls of other extensions fail then: they\n"
	  "                              call what this version does not export" },
	{ OF_INSTALL,
	  "  --closure N                 a number for its programs (binding install)\n"
	  "  --match FIELD=VALUE         run only if a key field of the event has this value\n"
	  "  --order ORDER               none, first, last, before:BINDING or after:BINDING,\n"
	  "                              by id or EXTENSION/NAME\n"
	  "  --cancel                    if it fires, none behind it does\n"
	  "  --filter                    it may change by-reference arguments\n"
	  "  --inactive                  it is not to run until it is enabled\n"
	  "  --key N                     a number for the event's authorizer" },
	{ OF_INSTALL | OF_REMOVE,
	  "  --count N                   how many (binding install, remove)" },
	{ OF_TRACE,
	  "  --event NAME                only what concerns this event (trace)\n"
	  "  --ext NAME                  only what concerns this extension (trace)" },
	{ OF_ALL,
	  "  -j, --json                  print JSON, errors too\n"
	  "  -p, --pretty                print JSON for people to read\n"
	  "  -d, --debug                 print all that libbpf and the verifier say\n"
	  "  -V, --version               print the versions of all parts\n"
	  "  -h, --help                  print help" },
};

/* The options that commands take who take these. */
static void print_options(int takes)
{
	size_t i;

	puts("Options:");
	for (i = 0; i < ARRAY_SIZE(option_help); i++)
		if (option_help[i].is_of & takes)
			puts(option_help[i].text);
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
		json_append(commands, command);
	}
	json_add(row, "commands", commands);
	return row;
}

/** help_object - the commands of one object */
void help_object(const struct object *object)
{
	int takes = 0;
	size_t i;

	if (options.json) {
		print_json(object_json(object));
		return;
	}
	printf("%s: %s\n\nUsage:\n", object->name, object->summary);
	for (i = 0; i < object->nr_commands; i++) {
		print_command(object, &object->commands[i]);
		takes |= object->commands[i].takes;
	}
	if (object->nr_commands > 1)
		printf("Without a command: %s.\n", object->commands[0].name);
	if (takes) {
		putchar('\n');
		print_options(takes);
	}
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
	puts("  help      this, or with an OBJECT its commands\n");
	print_options(OF_ALL);
	puts("\nNames of objects and commands may be shortened. See spinctl(8).");
}
