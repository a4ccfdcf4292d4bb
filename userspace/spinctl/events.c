// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The events, and matches on their key fields in words. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

/**
 * events_read - all events
 * @spin: libspin
 * @events: filled in; give it to events_free()
 *
 * Return: 0, or a negative errno and libspin has a sentence.
 */
int events_read(struct spin *spin, struct events *events)
{
	struct spin_ioc_event_next event = {};
	int ret;

	*events = (struct events){};
	while ((ret = spin_event_next(spin, &event)) > 0) {
		events->event = reallocarray(events->event, events->count + 1,
					     sizeof(event));
		if (!events->event)
			exit(out_of_memory());
		events->event[events->count++] = event;
	}
	return ret;
}

void events_free(struct events *events)
{
	free(events->event);
	*events = (struct events){};
}

/** events_by_id - an event, or NULL */
const struct spin_ioc_event_next *events_by_id(const struct events *events,
					       __u64 id)
{
	size_t i;

	for (i = 0; i < events->count; i++)
		if (events->event[i].id == id)
			return &events->event[i];
	return NULL;
}

/* An IPv4 address in network byte order: by the name alone, as the user sees. */
static bool is_address(const char *key)
{
	size_t len = strlen(key);

	return len >= 4 && !strcmp(key + len - 4, "addr");
}

static void add_field(struct json_object *match, const char *key, __u64 value)
{
	struct in_addr addr = { .s_addr = value };
	char text[INET_ADDRSTRLEN];

	if (is_address(key) && value <= 0xffffffff &&
	    inet_ntop(AF_INET, &addr, text, sizeof(text)))
		json_add_text(match, key, text);
	else
		json_add_number(match, key, value);
}

/** match_json - a match as an object: name of the field, value */
struct json_object *match_json(const struct spin_ioc_event_next *event,
			       const struct spin_match *match)
{
	struct json_object *object = json_new();
	char key[SPIN_KEY_LEN];
	int i;

	for (i = 0; i < SPIN_KEYS_MAX; i++) {
		if (!(match->fields & 1U << i))
			continue;
		if (event && event->keys[i][0])
			snprintf(key, sizeof(key), "%.*s", SPIN_KEY_LEN - 1,
				 event->keys[i]);
		else
			snprintf(key, sizeof(key), "field%d", i);
		add_field(object, key, match->value[i]);
	}
	return object;
}

/** match_words - the same as text, as in "dport=7 saddr=10.0.0.1" */
void match_words(struct json_object *match, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	json_object_object_foreach(match, key, value) {
		len += snprintf(text + len, size - len, "%s%s=%s",
				len ? " " : "", key,
				json_object_get_string(value));
		if (len >= size)
			break;
	}
}

/* --- the other way round -------------------------------------------------- */

static int key_bit(const struct spin_ioc_event_next *event, const char *name)
{
	int i;

	for (i = 0; i < SPIN_KEYS_MAX; i++)
		if (*name && !strncmp(event->keys[i], name,
				      sizeof(event->keys[i])))
			return i;
	return -1;
}

/* Split FIELD=VALUE; false: it is no such thing. */
static bool split_match(const char *text, char *field, size_t size,
			const char **value)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !equals[1] ||
	    equals - text >= (long)size)
		return false;
	snprintf(field, size, "%.*s", (int)(equals - text), text);
	*value = equals + 1;
	return true;
}

static int no_such_field(const struct spin_ioc_event_next *event,
			 const char *field)
{
	char names[SPIN_KEYS_MAX * (SPIN_KEY_LEN + 2)] = "none";
	size_t len = 0;
	int i;

	for (i = 0; i < SPIN_KEYS_MAX; i++)
		if (event->keys[i][0])
			len += snprintf(names + len, sizeof(names) - len,
					"%s%.*s", len ? ", " : "",
					SPIN_KEY_LEN - 1, event->keys[i]);
	return fail(FAILED, "%s has no key field '%s' (it has: %s)",
		    event->name, field, names);
}

static bool parse_value(const char *field, const char *text, __u64 *value)
{
	struct in_addr addr;

	if (is_address(field) && inet_pton(AF_INET, text, &addr) == 1) {
		*value = addr.s_addr;
		return true;
	}
	return parse_number(text, value);
}

static int parse_one(const struct spin_ioc_event_next *event, const char *text,
		     struct spin_match *match)
{
	const char *value;
	char field[SPIN_KEY_LEN];
	int bit;

	if (!split_match(text, field, sizeof(field), &value))
		return fail(USAGE, "'%s' is no match: write FIELD=VALUE, for example dport=7",
			    text);
	bit = key_bit(event, field);
	if (bit < 0)
		return no_such_field(event, field);
	if (match->fields & 1U << bit)
		return fail(USAGE, "'%s' is matched twice", field);
	if (!parse_value(field, value, &match->value[bit]))
		return fail(USAGE, "'%s' is no value for %s: write a number%s",
			    value, field,
			    is_address(field) ? " or an IPv4 address" : "");
	match->fields |= 1U << bit;
	return DONE;
}

/**
 * match_parse - the --match options
 * @spin: libspin
 * @event_id: event of the template
 * @match: filled in
 *
 * Return: an exit code; the error has been printed.
 */
int match_parse(struct spin *spin, __u64 event_id, struct spin_match *match)
{
	const struct spin_ioc_event_next *event;
	struct events events;
	int code = DONE;
	size_t i;

	if (!options.matches.count)
		return DONE;
	if (events_read(spin, &events) < 0) {
		events_free(&events);
		return fail_spin(spin);
	}
	event = events_by_id(&events, event_id);
	if (!event)
		code = fail(FAILED, "the event of the template is gone");
	for (i = 0; code == DONE && i < options.matches.count; i++)
		code = parse_one(event, options.matches.word[i], match);
	events_free(&events);
	return code;
}
