// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Making JSON objects. Without memory there is nothing left to say but that. */
#include <stdio.h>
#include <stdlib.h>

#include "spinctl.h"

/** json_new - an empty object */
struct json_object *json_new(void)
{
	struct json_object *object = json_object_new_object();

	if (!object)
		exit(out_of_memory());
	return object;
}

/** json_add - add a member; NULL is null */
void json_add(struct json_object *object, const char *key,
	      struct json_object *value)
{
	char *utf8 = text_utf8(key);

	if (!utf8 || json_object_object_add(object, utf8, value))
		exit(out_of_memory());
	free(utf8);
}

void json_add_text(struct json_object *object, const char *key,
		   const char *text)
{
	json_add(object, key, json_text(text));
}

void json_add_number(struct json_object *object, const char *key, __u64 number)
{
	struct json_object *value = json_object_new_uint64(number);

	if (!value)
		exit(out_of_memory());
	json_add(object, key, value);
}

void json_add_bool(struct json_object *object, const char *key, bool value)
{
	struct json_object *boolean = json_object_new_boolean(value);

	if (!boolean)
		exit(out_of_memory());
	json_add(object, key, boolean);
}

void json_add_integer(struct json_object *object, const char *key, __s64 number)
{
	struct json_object *value = json_object_new_int64(number);

	if (!value)
		exit(out_of_memory());
	json_add(object, key, value);
}

/** json_add_real - with one digit behind the point */
void json_add_real(struct json_object *object, const char *key, double number)
{
	struct json_object *value;
	char text[64];

	snprintf(text, sizeof(text), "%.1f", number);
	value = json_object_new_double_s(number, text);
	if (!value)
		exit(out_of_memory());
	json_add(object, key, value);
}

/** json_append - add an element to an array */
void json_append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value))
		exit(out_of_memory());
}

/** json_text - a string; bytes that are no UTF-8 are replaced, as JSON has none */
struct json_object *json_text(const char *text)
{
	char *utf8 = text_utf8(text);
	struct json_object *value = utf8 ? json_object_new_string(utf8) : NULL;

	free(utf8);
	if (!value)
		exit(out_of_memory());
	return value;
}
