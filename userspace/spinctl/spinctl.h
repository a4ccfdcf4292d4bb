/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the parts of spinctl have in common. */
#ifndef _SPINCTL_H
#define _SPINCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <json-c/json.h>
#include <spin/libspin.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __printf(f, a)	__attribute__((format(printf, f, a)))

/* Exit codes. */
enum {
	DONE	= 0,
	FAILED	= 1,	/* refused, or something went wrong */
	USAGE	= 2,	/* the command line makes no sense */
};

struct options {
	bool json;
	bool pretty;
	bool debug;
	const char **grants;
	size_t nr_grants;
	const char **settings;
	size_t nr_settings;
};
extern struct options options;

/**
 * struct command - one command of an object
 * @name: NULL: the object is a command itself
 * @args: its arguments, for help
 * @summary: what it does, for help
 * @min: fewest arguments
 * @max: most arguments
 * @loads: takes --grant and --set
 * @run: does it; returns an exit code
 */
struct command {
	const char *name;
	const char *args;
	const char *summary;
	int min;
	int max;
	bool loads;
	int (*run)(char **args, int nr_args);
};

/**
 * struct object - what commands are about; the first command is the default
 * @name: its name
 * @summary: what it is, for help
 * @commands: its commands
 * @nr_commands: how many
 */
struct object {
	const char *name;
	const char *summary;
	const struct command *commands;
	size_t nr_commands;
};
extern const struct object ext_object, event_object, binding_object;
extern const struct object doctor_object, version_object;
extern const struct object load_object, unload_object;

/* help.c */
void help_all(const struct object *const *objects, size_t count);
void help_object(const struct object *object);
void help_options(void);

/* output.c: everything that is printed goes through it */
int fail(int code, const char *fmt, ...) __printf(2, 3);
int fail_spin(const struct spin *spin);
int out_of_memory(void);
void print_json(struct json_object *value);
void print_safe(const char *text);
int finish_output(int code);
bool use_colour(void);

/* json.c: shorter names for what is needed of json-c */
struct json_object *json_new(void);
void json_add(struct json_object *object, const char *key,
	      struct json_object *value);
void json_add_text(struct json_object *object, const char *key,
		   const char *text);
void json_add_number(struct json_object *object, const char *key, __u64 number);
void json_add_bool(struct json_object *object, const char *key, bool value);

/* table.c */

/**
 * struct column - one column of a table, from an array of JSON objects
 * @title: its heading
 * @key: of the member that is shown
 * @right: aligned to the right
 */
struct column {
	const char *title;
	const char *key;
	bool right;
};
int print_table(struct json_object *rows, const struct column *columns,
		size_t nr_columns);
void print_heading(const char *text);

/* row.c: one JSON object for each thing that is listed */
struct json_object *ext_row(const struct spin_ioc_ext_next *ext);
struct json_object *event_row(const struct spin_ioc_event_next *event);
struct json_object *binding_row(const struct spin_ioc_binding_next *binding);
struct json_object *cap_row(const struct spin_ioc_cap_next *cap);
int collect_bindings(struct spin *spin, const char *ext, const char *event,
		     struct json_object *rows);
int collect_caps(struct spin *spin, const char *ext, struct json_object *rows);

/* load.c */
int do_load(char **args, int nr_args);
int do_unload(char **args, int nr_args);

/* variable.c */
int collect_variables(struct spin *spin, const char *ext,
		      struct json_object *variables);
void print_variables(struct json_object *variables);

/* run.c: ask another program */
bool run_program(char *const argv[], char *output, size_t size);

#endif /* _SPINCTL_H */
