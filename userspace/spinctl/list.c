// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What the commands that list things have in common. */
#include "spinctl.h"

/**
 * with_rows - run a command that lists
 * @args: arguments of the command
 * @nr_args: how many
 * @list: lists what its second argument names, or everything if that is NULL;
 *	returns an exit code. The array is for its rows
 *
 * Return: an exit code.
 */
int with_rows(char **args, int nr_args,
	      int (*list)(struct spin *spin, const char *name,
			  struct json_object *rows))
{
	struct json_object *rows = json_object_new_array();
	struct spin *spin = spin_open();
	int code;

	if (!spin || !rows)
		code = out_of_memory();
	else
		code = list(spin, nr_args ? args[0] : NULL, rows);
	json_object_put(rows);
	spin_close(spin);
	return code;
}

/**
 * print_rows - print rows as JSON, or as a table for people
 * @rows: the rows, which stay the caller's
 * @columns: columns of the table
 * @nr_columns: how many
 * @none: what to say to people if there are no rows
 *
 * Return: an exit code.
 */
int print_rows(struct json_object *rows, const struct column *columns,
	       size_t nr_columns, const char *none)
{
	if (options.json)
		print_json(json_object_get(rows));
	else if (!print_table(rows, columns, nr_columns))
		say("%s\n", none);
	return DONE;
}
