// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Reading and explaining the options, which options.h lists. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

/* What getopt_long() returns for the option of a row: no letter is so large. */
#define ROW_VALUE	256
#define HELP_COLUMN	30

enum option_type { FLAG, TEXT, LIST };

struct row {
	enum option_type type;
	char letter;
	const char *name;
	const char *argument;
	const char *commands;
	const char *help;
	void *member;
};

struct options options;

#define FLAG_ROW(member, letter, name, commands, help) \
	{ FLAG, letter, name, NULL, commands, help, &options.member },
#define TEXT_ROW(member, letter, name, argument, commands, help) \
	{ TEXT, letter, name, argument, commands, help, &options.member },
#define LIST_ROW(member, letter, name, argument, commands, help) \
	{ LIST, letter, name, argument, commands, help, &options.member },
static const struct row rows[] = { SPINCTL_OPTIONS(FLAG_ROW, TEXT_ROW, LIST_ROW) };

static bool given[ARRAY_SIZE(rows)];
static char error[128];

/* Does @list, of words between commas, have @word? */
static bool list_has(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *at = list;

	while ((at = strstr(at, word))) {
		if ((at == list || (at > list + 1 && at[-2] == ',')) &&
		    (!at[len] || at[len] == ','))
			return true;
		at += len;
	}
	return false;
}

static bool row_is_of_command(const struct row *row, const struct object *object,
			      const struct command *command)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s%s", object->name,
		 command->name ? " " : "", command->name ?: "");
	return list_has(row->commands, name);
}

/* Is it an option of this command, and not of every one? */
static bool row_is_of(const struct row *row, const struct object *object,
		      const struct command *command)
{
	size_t i;

	if (!row->commands)
		return false;
	if (!object)
		return true;
	if (command)
		return row_is_of_command(row, object, command);
	for (i = 0; i < object->nr_commands; i++)
		if (row_is_of_command(row, object, &object->commands[i]))
			return true;
	return false;
}

static size_t row_by_letter(int letter)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].letter == letter)
			break;
	return i;
}

static void row_take(const struct row *row, const char *argument)
{
	struct words *words = row->member;

	switch (row->type) {
	case FLAG:
		*(bool *)row->member = true;
		break;
	case TEXT:
		*(const char **)row->member = argument;
		break;
	case LIST:
		words->word[words->count++] = argument;
		break;
	}
}

static void note_error(const char *text, int opt)
{
	if (error[0])
		return;
	if (opt == ':')
		snprintf(error, sizeof(error), "option %.64s needs a value",
			 text);
	else if (optopt > 0 && optopt < ROW_VALUE &&
		 row_by_letter(optopt) == ARRAY_SIZE(rows))
		snprintf(error, sizeof(error), "there is no option -%c", optopt);
	else
		snprintf(error, sizeof(error),
			 "there is no option %.64s, or it takes no value", text);
}

/* Describe the rows to getopt_long(). */
static void describe_rows(struct option *long_options, char *letters)
{
	size_t i;

	*letters++ = ':';
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		long_options[i] = (struct option){
			.name = rows[i].name,
			.has_arg = rows[i].argument ? required_argument :
						      no_argument,
			.val = ROW_VALUE + i,
		};
		if (!rows[i].letter)
			continue;
		*letters++ = rows[i].letter;
		if (rows[i].argument)
			*letters++ = ':';
	}
	*letters = '\0';
}

static bool make_lists(size_t max)
{
	struct words *words;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].type != LIST)
			continue;
		words = rows[i].member;
		words->word = calloc(max, sizeof(*words->word));
		if (!words->word)
			return false;
	}
	return true;
}

/**
 * options_parse - take the options from the command line
 * @argc: as main() got it
 * @argv: as main() got it; what is no option is last afterwards, from optind on
 *
 * An error is kept for options_error(): how it is printed depends on what options
 * follow.
 *
 * Return: an exit code.
 */
int options_parse(int argc, char **argv)
{
	struct option long_options[ARRAY_SIZE(rows) + 1] = {};
	char letters[2 * ARRAY_SIZE(rows) + 2];
	int opt;
	size_t i;

	if (!make_lists(argc))
		return out_of_memory();
	describe_rows(long_options, letters);
	opterr = 0;
	while ((opt = getopt_long(argc, argv, letters, long_options, NULL)) !=
	       -1) {
		if (opt == '?' || opt == ':') {
			note_error(argv[optind - 1], opt);
			continue;
		}
		i = opt >= ROW_VALUE ? (size_t)opt - ROW_VALUE :
				       row_by_letter(opt);
		given[i] = true;
		row_take(&rows[i], optarg);
	}
	options.json |= options.pretty;
	return DONE;
}

/** options_error - what is wrong with the options given, or NULL */
const char *options_error(void)
{
	return error[0] ? error : NULL;
}

/** options_misplaced - the first option given that a command has not, or NULL */
const char *options_misplaced(const struct object *object,
			      const struct command *command)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (given[i] && rows[i].commands &&
		    !row_is_of(&rows[i], object, command))
			return rows[i].name;
	return NULL;
}

/**
 * options_synopsis - a command's own options, as its synopsis has them
 * @object: whose command it is
 * @command: the command
 * @text: " [--option ARGUMENT]" for each; "" if it has none
 * @size: how long @text may be
 */
void options_synopsis(const struct object *object,
		      const struct command *command, char *text, size_t size)
{
	size_t i, len = 0;

	*text = '\0';
	for (i = 0; i < ARRAY_SIZE(rows) && len < size; i++)
		if (row_is_of(&rows[i], object, command))
			len += snprintf(text + len, size - len, " [--%s%s%s]%s",
					rows[i].name, rows[i].argument ? " " : "",
					rows[i].argument ?: "",
					rows[i].type == LIST ? "..." : "");
}

static void row_print(const struct row *row, bool with_commands)
{
	char text[256];
	int len = 0;

	if (row->letter)
		len = snprintf(text, sizeof(text), "-%c, ", row->letter);
	snprintf(text + len, sizeof(text) - len, "--%s%s%s", row->name,
		 row->argument ? " " : "", row->argument ?: "");
	len = printf("  %-*s  ", HELP_COLUMN - 4, text);
	if (with_commands)
		snprintf(text, sizeof(text), "%s (%s)", row->help, row->commands);
	else
		snprintf(text, sizeof(text), "%s", row->help);
	print_wrapped(text, len, HELP_COLUMN);
}

/**
 * options_help - print which options there are
 * @object: whose; NULL: those of all objects
 * @command: of this command of the object only, or NULL
 */
void options_help(const struct object *object, const struct command *command)
{
	bool several = !object || (!command && object->commands->name);
	bool heading = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!row_is_of(&rows[i], object, command))
			continue;
		if (!heading)
			puts("\nOptions:");
		heading = true;
		row_print(&rows[i], several);
	}
	puts("\nOptions of every command:");
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (!rows[i].commands)
			row_print(&rows[i], false);
}

/** options_json - a command's own options, as an array */
struct json_object *options_json(const struct object *object,
				 const struct command *command)
{
	struct json_object *array = json_object_new_array(), *option;
	char letter[2] = "";
	size_t i;

	if (!array)
		exit(out_of_memory());
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!row_is_of(&rows[i], object, command))
			continue;
		letter[0] = rows[i].letter;
		option = json_new();
		json_add_text(option, "name", rows[i].name);
		json_add_text(option, "letter", letter);
		json_add_text(option, "argument", rows[i].argument ?: "");
		json_add_bool(option, "repeatable", rows[i].type == LIST);
		json_add_text(option, "help", rows[i].help);
		json_append(array, option);
	}
	return array;
}

void options_free(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].type == LIST)
			free(((struct words *)rows[i].member)->word);
}
