// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * spinctl trace: raises, guards, handlers, installs, uninstalls and refusals as
 * they happen, until a signal comes.
 *
 * Each processor has a buffer of its own. They are read all in turn, and what
 * happened before the turn began is printed in the order of time; the rest waits
 * for the next turn.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "spinctl.h"

#define TURN_SECONDS	0.1
#define PAGES_OF_A_TURN	256	/* of each processor */
#define PAGE_MAX	65536
#define NS_PER_SEC	1000000000ULL

struct record {
	__u64 time_ns;
	unsigned int cpu;
	size_t offset;		/* in the bytes */
	size_t size;
};

struct trace {
	struct tracefs tracefs;
	struct events events;	/* for the names of their key fields */
	struct record *records;
	size_t nr_records, room;
	char *bytes;
	size_t nr_bytes, bytes_room;
	unsigned int cpu;	/* being read */
	__u64 last_ns;		/* of what was read of it */
	size_t lost;
};

/* --- reading -------------------------------------------------------------- */

static void *enlarge(void *array, size_t needed, size_t *room, size_t size)
{
	void *larger;

	if (needed <= *room)
		return array;
	while (*room < needed)
		*room = *room ? *room * 2 : 4096;
	larger = reallocarray(array, *room, size);
	if (!larger)
		exit(out_of_memory());
	return larger;
}

static void keep(void *arg, __u64 time_ns, const void *data, size_t size)
{
	struct trace *trace = arg;

	trace->records = enlarge(trace->records, trace->nr_records + 1,
				 &trace->room, sizeof(*trace->records));
	trace->bytes = enlarge(trace->bytes, trace->nr_bytes + size,
			       &trace->bytes_room, 1);
	memcpy(trace->bytes + trace->nr_bytes, data, size);
	trace->records[trace->nr_records++] = (struct record){
		.time_ns = time_ns, .cpu = trace->cpu,
		.offset = trace->nr_bytes, .size = size,
	};
	trace->nr_bytes += size;
	trace->last_ns = time_ns;
}

/* Returns whether all there was has been read. */
static bool read_cpu(struct trace *trace, unsigned int cpu)
{
	static char page[PAGE_MAX] __attribute__((aligned(8)));
	ssize_t n;
	int i;

	trace->cpu = cpu;
	for (i = 0; i < PAGES_OF_A_TURN; i++) {
		n = read(trace->tracefs.cpus[cpu], page, sizeof(page));
		if (n <= 0)
			return true;
		trace->lost += ring_page(page, n, keep, trace);
	}
	return false;
}

static __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS_PER_SEC + ts.tv_nsec;
}

/* Returns the time up to which nothing is missing. */
static __u64 read_all(struct trace *trace)
{
	__u64 complete = now_ns();
	unsigned int cpu;

	for (cpu = 0; cpu < trace->tracefs.nr_cpus; cpu++) {
		trace->last_ns = ~0ULL;
		if (!read_cpu(trace, cpu) && trace->last_ns < complete)
			complete = trace->last_ns;
	}
	return complete;
}

static const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value;
	const char *text = NULL;

	if (json_object_object_get_ex(object, key, &value))
		text = json_object_get_string(value);
	return text ? text : "";
}

/* --- what a record holds -------------------------------------------------- */

static const struct trace_field *field_of(const struct trace_type *type,
					  const char *name)
{
	unsigned int i;

	for (i = 0; i < type->nr_fields; i++)
		if (!strcmp(type->fields[i].name, name))
			return &type->fields[i];
	return NULL;
}

static __s64 number_in(const struct trace_field *field, const char *data,
		       size_t size)
{
	__u64 value = 0;
	unsigned int bits;

	if (field->size > sizeof(value) || !field->size ||
	    field->offset + field->size > size)
		return 0;
	memcpy(&value, data + field->offset, field->size);
	bits = 64 - 8 * field->size;
	return field->is_signed ? (__s64)(value << bits) >> bits :
				  (__s64)value;
}

/*
 * Where a field that is elsewhere is in a record; returns its size, or 0 if it is not
 * in there.
 */
static size_t dynamic_in(const struct trace_field *field, const char *data,
			 size_t size, size_t *offset)
{
	__u32 where;
	size_t len;

	if (field->offset + sizeof(where) > size)
		return 0;
	memcpy(&where, data + field->offset, sizeof(where));
	*offset = where & 0xffff;
	len = where >> 16;
	return *offset > size || len > size - *offset ? 0 : len;
}

static void text_in(const struct trace_field *field, const char *data,
		    size_t size, char *text, size_t text_size)
{
	size_t offset = field->offset, len = field->size;

	text[0] = '\0';
	if (field->is_dynamic)
		len = dynamic_in(field, data, size, &offset);
	if (offset > size || len > size - offset)
		return;
	snprintf(text, text_size, "%.*s", (int)len, data + offset);
}

/* A record as an object: all fields, but the kernel's common ones. */
static struct json_object *record_json(const struct trace_type *type,
				       const char *data, size_t size)
{
	struct json_object *object = json_new();
	const struct trace_field *field;
	char text[1024];
	__s64 number;
	unsigned int i;

	for (i = 0; i < type->nr_fields; i++) {
		field = &type->fields[i];
		/* The only array that is no text is that of the keys: add_keys(). */
		if (!strncmp(field->name, "common_", 7) ||
		    (field->is_dynamic && !field->is_text))
			continue;
		number = number_in(field, data, size);
		if (field->is_text) {
			text_in(field, data, size, text, sizeof(text));
			json_add_text(object, field->name, text);
		} else if (field->is_bool) {
			json_add_bool(object, field->name, number);
		} else if (field->is_signed) {
			json_add_integer(object, field->name, number);
		} else {
			json_add_number(object, field->name, number);
		}
	}
	return object;
}

static const struct spin_ioc_event_next *event_of(const struct trace *trace,
						  struct json_object *object)
{
	const char *name = text_of(object, "event");
	size_t i;

	for (i = 0; i < trace->events.count; i++)
		if (!strcmp(trace->events.event[i].name, name))
			return &trace->events.event[i];
	return NULL;
}

/*
 * What a raise was about: an object with the names of the event's key fields. Of an
 * event that came later they are not known.
 */
static void add_keys(const struct trace *trace, const struct trace_type *type,
		     const char *data, size_t size, struct json_object *object)
{
	const struct spin_ioc_event_next *event = event_of(trace, object);
	const struct trace_field *field = field_of(type, "keys");
	struct spin_match match = {};
	size_t offset = 0, len;
	int i;

	len = field ? dynamic_in(field, data, size, &offset) : 0;
	if (len > sizeof(match.value))
		len = sizeof(match.value);
	memcpy(match.value, data + offset, len);
	for (i = 0; i < (int)(len / sizeof(match.value[0])); i++)
		if (event && event->keys[i][0])
			match.fields |= 1U << i;
	json_add(object, "keys", match_json(event, &match));
}

/* --- printing ------------------------------------------------------------- */

/* EVENT: EXTENSION/BINDING (ID) */
static void print_binding(struct json_object *object)
{
	const char *ext = text_of(object, "ext");

	print_safe(text_of(object, "event"));
	say(": ");
	print_safe(*ext ? ext : "(intrinsic)");
	say("/");
	print_safe(text_of(object, "binding"));
	say(" (%s)", text_of(object, "id"));
}

static void print_fields(struct json_object *object)
{
	const char *gap = "";

	json_object_object_foreach(object, key, value) {
		say("%s%s=", gap, key);
		print_safe(json_object_get_string(value));
		gap = " ";
	}
}

static void print_words(const char *kind, struct json_object *object)
{
	struct json_object *keys = NULL;
	char words[SPIN_KEYS_MAX * (SPIN_KEY_LEN + 24)];

	if (!strcmp(kind, "raise")) {
		json_object_object_get_ex(object, "keys", &keys);
		match_words(keys, words, sizeof(words));
		say("%s%s%s", text_of(object, "event"), *words ? " " : "", words);
		say(": result %s, %s fired", text_of(object, "result"),
		    text_of(object, "fired"));
		if (strcmp(text_of(object, "depth"), "1"))
			say(", depth %s", text_of(object, "depth"));
	} else if (!strcmp(kind, "guard")) {
		print_binding(object);
		say(" says %s",
		    strcmp(text_of(object, "pass"), "true") ? "no" : "yes");
	} else if (!strcmp(kind, "handler")) {
		print_binding(object);
		say(" returns %s", text_of(object, "result"));
	} else if (!strcmp(kind, "install") || !strcmp(kind, "uninstall")) {
		print_binding(object);
	} else if (!strcmp(kind, "refuse")) {
		print_safe(text_of(object, "ext"));
		say(": ");
		print_safe(text_of(object, "reason"));
	} else {
		print_fields(object);
	}
}

static void print_record(const struct trace *trace, const struct record *record)
{
	const char *data = trace->bytes + record->offset;
	const struct trace_type *type;
	const struct trace_field *pid_field;
	struct json_object *object, *line;
	const char *kind;
	__u16 id;
	__s64 pid;

	if (record->size < sizeof(id))
		return;
	memcpy(&id, data, sizeof(id));
	type = tracefs_type(&trace->tracefs, id);
	if (!type)
		return;
	kind = type->name + (strncmp(type->name, "spin_", 5) ? 0 : 5);
	pid_field = field_of(type, "common_pid");
	pid = pid_field ? number_in(pid_field, data, record->size) : 0;
	object = record_json(type, data, record->size);
	if (!strcmp(kind, "raise"))
		add_keys(trace, type, data, record->size, object);
	if (options.json) {
		line = json_new();
		json_add_number(line, "time_ns", record->time_ns);
		json_add_number(line, "cpu", record->cpu);
		json_add_integer(line, "pid", pid);
		json_add_text(line, "type", kind);
		json_object_object_foreach(object, key, value)
			json_add(line, key, json_object_get(value));
		print_json(line);
	} else {
		say("%llu.%06llu [%u] %-6lld %-9s ",
		    (unsigned long long)(record->time_ns / NS_PER_SEC),
		    (unsigned long long)(record->time_ns % NS_PER_SEC / 1000),
		    record->cpu, (long long)pid, kind);
		print_words(kind, object);
		say("\n");
	}
	json_object_put(object);
}

static void report_lost(struct trace *trace)
{
	struct json_object *object;

	if (!trace->lost)
		return;
	if (options.json) {
		object = json_new();
		json_add_text(object, "type", "lost");
		json_add_number(object, "count", trace->lost);
		print_json(object);
	} else {
		say("at least %zu lines were lost: events come faster than they can be printed; narrow the trace with --event or --ext\n",
		    trace->lost);
	}
	trace->lost = 0;
}

static int by_time(const void *left, const void *right)
{
	const struct record *a = left, *b = right;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	/* Of one processor: in the order they were read. */
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* Print what is older than @until; keep the rest. */
static void print_until(struct trace *trace, __u64 until)
{
	struct record *records = trace->records;
	size_t done = 0, at = 0, i;
	char *bytes;

	if (trace->nr_records)
		qsort(records, trace->nr_records, sizeof(*records), by_time);
	while (done < trace->nr_records && records[done].time_ns < until)
		print_record(trace, &records[done++]);
	report_lost(trace);
	/* The bytes of the rest, in the order of time now. */
	bytes = malloc(trace->nr_bytes + 1);
	if (!bytes)
		exit(out_of_memory());
	for (i = done; i < trace->nr_records; i++) {
		memcpy(bytes + at, trace->bytes + records[i].offset,
		       records[i].size);
		records[i].offset = at;
		at += records[i].size;
	}
	free(trace->bytes);
	trace->bytes = bytes;
	trace->bytes_room = trace->nr_bytes + 1;
	trace->nr_bytes = at;
	trace->nr_records -= done;
	if (done && trace->nr_records)
		memmove(records, records + done,
			trace->nr_records * sizeof(*records));
}

static int follow(struct trace *trace)
{
	while (!stop_requested()) {
		print_until(trace, read_all(trace));
		if (fflush(stdout))
			return DONE;	/* finish_output() tells */
		if (!tracefs_there(&trace->tracefs))
			return fail(FAILED, "the module has been unloaded");
		stop_wait(TURN_SECONDS);
	}
	tracefs_stop(&trace->tracefs);
	read_all(trace);
	print_until(trace, ~0ULL);
	return DONE;
}

/* --- the command ---------------------------------------------------------- */

/* Names have no other characters; the kernel's filter language has. */
static bool is_name(const char *text)
{
	if (!*text || strlen(text) >= SPIN_NAME_LEN)
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("-_.", *text))
			return false;
	return true;
}

/* It may come: to trace its load is what one is here for. But a wrong name waits. */
static void note_absent(struct spin *spin)
{
	struct spin_ioc_ext_next ext = {};

	while (spin_ext_next(spin, &ext) > 0)
		if (spin_name_means(ext.name, options.ext))
			return;
	fprintf(stderr,
		"spinctl: no extension '%s' is loaded yet: waiting for it\n",
		options.ext);
}

static int check_options(struct spin *spin)
{
	struct spin_ioc_event_next event;
	struct spin_ioc_version version;

	if (spin_version(spin, &version))
		return fail_spin(spin);
	if (options.ext && !is_name(options.ext))
		return fail(USAGE, "'%s' cannot be the name of an extension",
			    options.ext);
	if (options.ext && !options.json)
		note_absent(spin);
	if (!options.event)
		return DONE;
	if (spin_event_find(spin, options.event, &event))
		return fail_spin(spin);
	return is_name(event.name) ? DONE :
	       fail(FAILED, "event '%s' has a name that cannot be traced",
		    options.event);
}

static int do_trace(char **args, int nr_args)
{
	struct spin *spin = spin_open();
	struct trace trace = {};
	int code;

	(void)args;
	(void)nr_args;
	if (!spin)
		return out_of_memory();
	code = check_options(spin);
	if (code == DONE && events_read(spin, &trace.events) < 0)
		code = fail_spin(spin);
	spin_close(spin);
	if (code != DONE) {
		events_free(&trace.events);
		return code;
	}
	stop_on_signals();
	code = tracefs_open(&trace.tracefs);
	if (code == DONE)
		code = tracefs_start(&trace.tracefs);
	if (code == DONE)
		code = follow(&trace);
	tracefs_close(&trace.tracefs);
	free(trace.records);
	free(trace.bytes);
	events_free(&trace.events);
	return code;
}

static const struct command commands[] = {
	{ NULL, "",
	  "print raises, guards, handlers, installs and refusals as they happen",
	  0, 0, do_trace },
};

const struct object trace_object = {
	"trace", "what happens, as it happens", commands, ARRAY_SIZE(commands),
};
