// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Tables for people, from the same JSON objects that programs get. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

#define COLUMNS_MAX	24
#define GAP		"  "

static const char *cell(struct json_object *row, const struct column *column)
{
	struct json_object *value;
	const char *text;

	if (!json_object_object_get_ex(row, column->key, &value) || !value)
		return "-";
	if (json_object_is_type(value, json_type_boolean))
		return json_object_get_boolean(value) ? "yes" : "no";
	text = json_object_get_string(value);
	return text && *text ? text : "-";
}

/* Does a column tell anything? */
static bool has_content(struct json_object *rows, const struct column *column)
{
	size_t count = json_object_array_length(rows), r;
	const char *text;

	for (r = 0; r < count; r++) {
		text = cell(json_object_array_get_idx(rows, r), column);
		if (strcmp(text, "-") && strcmp(text, "0") &&
		    strcmp(text, "no"))
			return true;
	}
	return false;
}

/* Columns on a terminal, a character each. */
static size_t text_width(const char *text)
{
	size_t width = 0;
	uint32_t code;

	while (text_next(&text, &code))
		width++;
	return width;
}

static void print_cell(const char *text, size_t width, bool right, bool last)
{
	size_t own = text_width(text);
	int pad = own < width ? width - own : 0;

	if (right)
		printf("%*s", pad, "");
	print_safe(text);
	if (!right && !last)
		printf("%*s", pad, "");
	if (!last)
		fputs(GAP, stdout);
}

/** print_heading - a line above what follows */
void print_heading(const char *text)
{
	bool colour = use_colour();

	printf("%s%s%s\n", colour ? "\033[1m" : "", text,
	       colour ? "\033[0m" : "");
}

static void print_titles(const struct column *columns, size_t count,
			 const size_t *width)
{
	bool colour = use_colour();
	size_t c;

	if (colour)
		fputs("\033[1m", stdout);
	for (c = 0; c < count; c++)
		print_cell(columns[c].title, width[c], columns[c].right,
			   c + 1 == count);
	puts(colour ? "\033[0m" : "");
}

/* The columns that are shown, and how wide they are; returns how many. */
static size_t choose_columns(struct json_object *rows,
			     const struct column *all, size_t nr_columns,
			     struct column *chosen, size_t *width)
{
	size_t count = json_object_array_length(rows), n = 0, c, r, w;

	for (c = 0; c < nr_columns && n < COLUMNS_MAX; c++) {
		if (all[c].optional && !has_content(rows, &all[c]))
			continue;
		chosen[n] = all[c];
		width[n] = text_width(all[c].title);
		for (r = 0; r < count; r++) {
			w = text_width(cell(json_object_array_get_idx(rows, r),
					    &all[c]));
			if (w > width[n])
				width[n] = w;
		}
		n++;
	}
	return n;
}

/**
 * print_table - print rows under headings
 * @rows: array of objects
 * @columns: what to show of each
 * @nr_columns: how many
 *
 * Return: how many rows there were.
 */
int print_table(struct json_object *rows, const struct column *columns,
		size_t nr_columns)
{
	size_t count = json_object_array_length(rows), r, c;
	struct column chosen[COLUMNS_MAX];
	size_t width[COLUMNS_MAX];

	if (!count)
		return 0;
	nr_columns = choose_columns(rows, columns, nr_columns, chosen, width);
	print_titles(chosen, nr_columns, width);
	for (r = 0; r < count; r++) {
		for (c = 0; c < nr_columns; c++)
			print_cell(cell(json_object_array_get_idx(rows, r),
					&chosen[c]),
				   width[c], chosen[c].right,
				   c + 1 == nr_columns);
		putchar('\n');
	}
	return count;
}
