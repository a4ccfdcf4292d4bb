/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the parts of spinctl have in common. */
#ifndef _SPINCTL_H
#define _SPINCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <json-c/json.h>
#include <spin/libspin.h>

#include "options.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __printf(f, a)	__attribute__((format(printf, f, a)))

/* Exit codes. */
enum {
	DONE	= 0,
	FAILED	= 1,	/* refused, or something went wrong */
	USAGE	= 2,	/* the command line makes no sense */
};

/**
 * struct command - one command of an object
 * @name: NULL: the object is a command itself
 * @args: its arguments, for help; its options are in options.h
 * @summary: what it does, for help
 * @min: fewest arguments
 * @max: most arguments
 * @run: does it; returns an exit code
 */
struct command {
	const char *name;
	const char *args;
	const char *summary;
	int min;
	int max;
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
extern const struct object cap_object;
extern const struct object domain_object, name_object;
extern const struct object proc_object, range_object, strand_object;
extern const struct object doctor_object, version_object;
extern const struct object call_object;
extern const struct object load_object, unload_object, trace_object;

/* help.c */
void help_all(const struct object *const *objects, size_t count);
void help_object(const struct object *object, const struct command *command);
void command_usage(const struct object *object, const struct command *command,
		   char *text, size_t size);

/* number.c: numbers from the command line */
bool parse_number(const char *text, __u64 *number);
bool parse_seconds(const char *text, double *seconds);

/* stop.c: commands that go on until they are told to end */
void stop_on_signals(void);
bool stop_requested(void);
void stop_wait(double seconds);

/* output.c: everything that is printed goes through it */
int fail(int code, const char *fmt, ...) __printf(2, 3);
int fail_spin(const struct spin *spin);
int out_of_memory(void);
void print_json(struct json_object *value);
void print_safe(const char *text);
void print_log(void *arg, const char *text);
void say(const char *fmt, ...) __printf(1, 2);
void hint_renamed(const char *grant);
void print_wrapped(const char *text, size_t column, size_t indent);
int finish_output(int code);
bool use_colour(void);

/* text.c: characters */
bool text_next(const char **text, uint32_t *code);
bool text_commands(uint32_t code);
size_t text_put(char *out, uint32_t code);
char *text_utf8(const char *text);

/* json.c: shorter names for what is needed of json-c */
struct json_object *json_new(void);
void json_add(struct json_object *object, const char *key,
	      struct json_object *value);
void json_add_text(struct json_object *object, const char *key,
		   const char *text);
void json_add_number(struct json_object *object, const char *key, __u64 number);
void json_add_integer(struct json_object *object, const char *key, __s64 number);
void json_add_real(struct json_object *object, const char *key, double number);
void json_append(struct json_object *array, struct json_object *value);
struct json_object *json_text(const char *text);
void json_add_bool(struct json_object *object, const char *key, bool value);

/* table.c */

/**
 * struct column - one column of a table, from an array of JSON objects
 * @title: its heading
 * @key: of the member that is shown
 * @right: aligned to the right
 * @optional: left out if no row has anything in it: "", 0, false or nothing
 */
struct column {
	const char *title;
	const char *key;
	bool right;
	bool optional;
};
int print_table(struct json_object *rows, const struct column *columns,
		size_t nr_columns);
void print_heading(const char *text);

/* list.c: what the commands that list have in common */
int with_rows(char **args, int nr_args,
	      int (*list)(struct spin *spin, const char *name,
			  struct json_object *rows));
int print_rows(struct json_object *rows, const struct column *columns,
	       size_t nr_columns, const char *none);

/* row.c: one JSON object for each thing that is listed */
struct json_object *ext_row(const struct spin_ioc_ext_next *ext);
struct json_object *event_row(const struct spin_ioc_event_next *event);
struct json_object *template_row(const struct spin_ioc_template_next *template);
struct json_object *cap_row(const struct spin_ioc_cap_next *cap);
int collect_templates(struct spin *spin, const char *ext,
		      struct json_object *rows);
int collect_caps(struct spin *spin, const char *ext, struct json_object *rows);
int add_granted(struct spin *spin, __u32 kind, const char *thing, __u64 id,
		struct json_object *row);

/* events.c: the events, and their key fields in words */
struct events {
	struct spin_ioc_event_next *event;
	size_t count;
};
int events_read(struct spin *spin, struct events *events);
void events_free(struct events *events);
const struct spin_ioc_event_next *events_by_id(const struct events *events,
					       __u64 id);
struct json_object *match_json(const struct spin_ioc_event_next *event,
			       const struct spin_match *match);
void match_words(struct json_object *match, char *text, size_t size);
int match_parse(struct spin *spin, __u64 event_id, struct spin_match *match);

/* bindings.c: rows and tables of bindings */
enum {
	SHOW_EXT	= 1 << 0,
	SHOW_EVENT	= 1 << 1,
};
struct json_object *binding_row(const struct spin_binding *binding,
				const struct events *events);
int collect_bindings(struct spin *spin, const char *ext, const char *event,
		     struct json_object *rows);
int print_bindings(struct json_object *rows, unsigned int show);

/* ext.c */
void print_counters(struct json_object *cap);

/* load.c */
int do_load(char **args, int nr_args);
int do_upgrade(char **args, int nr_args);
int do_unload(char **args, int nr_args);

/* install.c */
int do_install(char **args, int nr_args);

/* time.c */
int do_time(char **args, int nr_args);

/* variable.c */
int collect_variables(struct spin *spin, const char *ext,
		      struct json_object *variables);
void print_variables(struct json_object *variables);

/* tracefs.c: an instance of the kernel's tracing, of our own */
#define TRACE_FIELDS_MAX 16

struct trace_field {
	char name[32];
	unsigned int offset;
	unsigned int size;
	bool is_signed;
	bool is_bool;
	bool is_text;		/* an array of char */
	bool is_dynamic;	/* elsewhere: size and offset are at @offset */
};

struct trace_type {
	const char *name;
	unsigned int id;
	struct trace_field fields[TRACE_FIELDS_MAX];
	unsigned int nr_fields;
};

struct tracefs {
	char path[128];		/* of the instance, "" if there is none */
	struct trace_type *types;
	size_t nr_types;
	int *cpus;		/* trace_pipe_raw of each */
	size_t nr_cpus;
};
int tracefs_open(struct tracefs *tracefs);
int tracefs_start(struct tracefs *tracefs);
bool tracefs_there(const struct tracefs *tracefs);
void tracefs_stop(struct tracefs *tracefs);
void tracefs_close(struct tracefs *tracefs);
const struct trace_type *tracefs_type(const struct tracefs *tracefs,
				      unsigned int id);

/* ring.c: what the kernel's ring buffer holds */
typedef void (*ring_fn)(void *arg, __u64 time_ns, const void *data, size_t size);
size_t ring_page(const void *page, size_t size, ring_fn fn, void *arg);

/* run.c: ask another program */
bool run_program(char *const argv[], char *output, size_t size);

#endif /* _SPINCTL_H */
