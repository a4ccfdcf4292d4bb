// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The global variables of an extension: {"name": value, …}. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

#define SHOWN_MAX	16	/* elements of an array in plain output */

static struct json_object *element(const struct spin_var *var, size_t i)
{
	switch (var->kind) {
	case SPIN_VAR_INT:
		return json_object_new_int64((__s64)var->values[i]);
	case SPIN_VAR_BOOL:
		return json_object_new_boolean(var->values[i]);
	default:
		return json_object_new_uint64(var->values[i]);
	}
}

static struct json_object *array(const struct spin_var *var)
{
	struct json_object *elements = json_object_new_array();
	size_t i;

	for (i = 0; elements && i < var->count; i++)
		if (json_object_array_add(elements, element(var, i)))
			exit(out_of_memory());
	return elements;
}

static int add_variable(void *arg, const struct spin_var *var)
{
	struct json_object *variables = arg, *value;

	if (var->kind == SPIN_VAR_TEXT || (!var->is_array && *var->text))
		value = json_text(var->text);
	else
		value = var->is_array ? array(var) : element(var, 0);
	if (!value)
		exit(out_of_memory());
	json_add(variables, var->name, value);
	return 0;
}

/** collect_variables - add an extension's variables to an object */
int collect_variables(struct spin *spin, const char *ext,
		      struct json_object *variables)
{
	return spin_ext_vars(spin, ext, add_variable, variables);
}

static void print_value(struct json_object *value)
{
	size_t i, count;

	if (!json_object_is_type(value, json_type_array)) {
		print_safe(json_object_get_string(value));
		return;
	}
	count = json_object_array_length(value);
	for (i = 0; i < count && i < SHOWN_MAX; i++)
		say("%s%s", i ? " " : "",
		    json_object_get_string(json_object_array_get_idx(value, i)));
	if (i < count)
		say(" … (%zu in all)", count);
}

/** print_variables - one line for each */
void print_variables(struct json_object *variables)
{
	int width = 0, len;

	json_object_object_foreach(variables, name, unused) {
		(void)unused;
		len = strlen(name);
		if (len > width)
			width = len;
	}
	json_object_object_foreach(variables, key, value) {
		say("%-*s  ", width, key);
		print_value(value);
		say("\n");
	}
}
