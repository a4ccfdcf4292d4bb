// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Bindings, as JSON and as tables. The keys are an interface: add, never
 * change.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

static const char *order_name(__u32 order)
{
	switch (order) {
	case SPIN_ORDER_NONE:
		return "none";
	case SPIN_ORDER_FIRST:
		return "first";
	case SPIN_ORDER_LAST:
		return "last";
	case SPIN_ORDER_BEFORE:
		return "before";
	case SPIN_ORDER_AFTER:
		return "after";
	default:
		return "unknown";
	}
}

/* For people: what it says, and whether that is so. */
static void add_order_words(struct json_object *row,
			    const struct spin_ioc_binding_next *info)
{
	char words[32];

	snprintf(words, sizeof(words), "%s%s", info->misplaced ? "not " : "",
		 order_name(info->order));
	json_add_text(row, "order_words", words);
}

static const struct {
	__u32 flag;
	const char *name;
} bind_flags[] = {
	{ SPIN_BIND_CANCEL, "cancel" },
	{ SPIN_BIND_FILTER, "filter" },
	{ SPIN_BIND_INACTIVE, "inactive" },
};

static struct json_object *flags_json(__u32 flags)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	if (!array)
		exit(out_of_memory());
	for (i = 0; i < ARRAY_SIZE(bind_flags); i++)
		if (flags & bind_flags[i].flag)
			json_append(array, json_text(bind_flags[i].name));
	return array;
}

static const struct {
	__u32 bit;
	const char *name;
} reasons[] = {
	{ SPIN_INACTIVE_LOADING, "loading" },
	{ SPIN_INACTIVE_DISABLED, "disabled" },
	{ SPIN_INACTIVE_UNRESOLVED, "unresolved" },
	{ SPIN_INACTIVE_UNSERVED, "unserved" },
	{ SPIN_INACTIVE_THROTTLED, "throttled" },
};

/* Why it is not active; of several reasons the first in the table. */
static const char *reason(__u32 inactive)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		if (inactive & reasons[i].bit)
			return reasons[i].name;
	return "";
}

/* What only tables need: lists and objects as one text. */
static void add_words(struct json_object *row,
		      const struct spin_ioc_binding_next *info,
		      struct json_object *match)
{
	char text[160];
	size_t len = 0, i;

	match_words(match, text, sizeof(text));
	json_add_text(row, "match_words", text);
	text[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(bind_flags); i++)
		if (info->flags & bind_flags[i].flag)
			len += snprintf(text + len, sizeof(text) - len, "%s%s",
					len ? "," : "", bind_flags[i].name);
	json_add_text(row, "flag_words", text);
	add_order_words(row, info);
}

static void add_counters(struct json_object *row,
			 const struct spin_ioc_binding_next *info)
{
	json_add_number(row, "guard_true", info->guard_true);
	json_add_number(row, "guard_false", info->guard_false);
	json_add_number(row, "run", info->run);
	json_add_number(row, "cancelled", info->cancelled);
	json_add_number(row, "rejected", info->rejected);
	json_add_number(row, "errors", info->errors);
	json_add_number(row, "time_ns", info->time_ns);
	json_add_number(row, "timed", info->timed);
}

/**
 * binding_row - one binding
 * @binding: the binding
 * @events: all events, for the names of key fields
 *
 * Return: the row.
 */
struct json_object *binding_row(const struct spin_binding *binding,
				const struct events *events)
{
	const struct spin_ioc_binding_next *info = &binding->info;
	struct json_object *row = json_new(), *match;

	match = match_json(events_by_id(events, info->event_id), &info->match);
	json_add_text(row, "name", info->name);
	json_add_number(row, "id", info->id);
	json_add_text(row, "extension", info->ext);
	json_add_text(row, "event", info->event);
	json_add_number(row, "point", info->point);
	json_add_number(row, "position", binding->position);
	json_add_text(row, "order", order_name(info->order));
	json_add_bool(row, "misplaced", info->misplaced);
	json_add_bool(row, "active", info->active);
	json_add_text(row, "inactive_because", reason(info->inactive));
	json_add_number(row, "slot", info->slot);
	json_add_number(row, "guards", info->guards);
	json_add_number(row, "imposed", info->imposed);
	json_add_bool(row, "post_guard", info->post);
	json_add_number(row, "closure", info->closure);
	json_add(row, "flags", flags_json(info->flags));
	json_add_number(row, "guard_prog", info->guard_prog);
	json_add_number(row, "handler_prog", info->handler_prog);
	json_add_number(row, "cost", info->cost);
	add_counters(row, info);
	if (!options.json)
		add_words(row, info, match);
	json_add(row, "match", match);
	return row;
}

/**
 * collect_bindings - add bindings to an array, in the order they run
 * @spin: libspin
 * @ext: only those of this extension, unless NULL
 * @event: only those of this event, unless NULL
 * @rows: the array
 *
 * Return: 0, or a negative errno and libspin has a sentence.
 */
int collect_bindings(struct spin *spin, const char *ext, const char *event,
		     struct json_object *rows)
{
	struct spin_binding *bindings;
	struct events events;
	size_t count, i;
	int ret;

	ret = events_read(spin, &events);
	if (!ret)
		ret = spin_bindings(spin, &bindings, &count);
	if (ret) {
		events_free(&events);
		return ret;
	}
	for (i = 0; i < count; i++)
		if ((!ext || spin_name_means(bindings[i].info.ext, ext)) &&
		    (!event || !strcmp(bindings[i].info.event, event)))
			json_append(rows, binding_row(&bindings[i], &events));
	free(bindings);
	events_free(&events);
	return 0;
}

/**
 * print_bindings - a table of bindings
 * @rows: array of what binding_row() made
 * @show: SHOW_* columns, besides those that are always there
 *
 * Return: how many rows there were.
 */
int print_bindings(struct json_object *rows, unsigned int show)
{
	static const struct {
		unsigned int show;
		struct column column;
	} all[] = {
		{ 0, { "ID", "id", true, false } },
		{ 0, { "BINDING", "name", false, false } },
		{ SHOW_EXT, { "EXTENSION", "extension", false, false } },
		{ SHOW_EVENT, { "EVENT", "event", false, false } },
		{ 0, { "POSITION", "position", true, false } },
		{ 0, { "ORDER", "order_words", false, false } },
		{ 0, { "ACTIVE", "active", false, false } },
		{ 0, { "BECAUSE", "inactive_because", false, true } },
		{ 0, { "GUARDS", "guards", true, true } },
		{ 0, { "IMPOSED", "imposed", true, true } },
		{ 0, { "MATCH", "match_words", false, true } },
		{ 0, { "POST-GUARD", "post_guard", false, true } },
		{ 0, { "CLOSURE", "closure", true, true } },
		{ 0, { "FLAGS", "flag_words", false, true } },
		{ 0, { "GUARD TRUE", "guard_true", true, false } },
		{ 0, { "FALSE", "guard_false", true, false } },
		{ 0, { "RUN", "run", true, false } },
		{ 0, { "ENDED", "cancelled", true, true } },
		{ 0, { "REJECTED", "rejected", true, true } },
		{ 0, { "ERRORS", "errors", true, false } },
		{ 0, { "COST", "cost", true, false } },
	};
	struct column columns[ARRAY_SIZE(all)];
	size_t n = 0, i;

	for (i = 0; i < ARRAY_SIZE(all); i++)
		if ((all[i].show & show) == all[i].show)
			columns[n++] = all[i].column;
	return print_table(rows, columns, n);
}
