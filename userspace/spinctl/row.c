// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is loaded, as JSON. The keys are an interface: add, never change. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spinctl.h"

static const char *state_name(__u32 state)
{
	switch (state) {
	case SPIN_EXT_LOADING:
		return "loading";
	case SPIN_EXT_LOADED:
		return "loaded";
	case SPIN_EXT_DYING:
		return "dying";
	default:
		return "unknown";
	}
}

static const char *context_name(__u32 context)
{
	switch (context) {
	case SPIN_CONTEXT_IRQS_OFF:
		return "irqs-off";
	case SPIN_CONTEXT_SOFTIRQ:
		return "softirq";
	case SPIN_CONTEXT_ATOMIC:
		return "atomic";
	case SPIN_CONTEXT_SLEEPABLE:
		return "sleepable";
	default:
		return "unknown";
	}
}

struct json_object *ext_row(const struct spin_ioc_ext_next *ext)
{
	struct json_object *row = json_new();

	json_add_text(row, "name", ext->name);
	json_add_number(row, "id", ext->id);
	json_add_text(row, "state", state_name(ext->state));
	json_add_number(row, "binding_count", ext->bindings);
	json_add_number(row, "capability_count", ext->caps);
	json_add_number(row, "uid", ext->uid);
	json_add_number(row, "pid", ext->pid);
	json_add_text(row, "command", ext->comm);
	json_add_number(row, "loaded_at_ns", ext->loaded_at_ns);
	return row;
}

static const char *fold_name(__u32 fold)
{
	switch (fold) {
	case SPIN_FOLD_FIRST:
		return "first";
	case SPIN_FOLD_LAST:
		return "last";
	case SPIN_FOLD_OR:
		return "or";
	case SPIN_FOLD_AND:
		return "and";
	case SPIN_FOLD_CUSTOM:
		return "custom";
	default:
		return "unknown";
	}
}

/* Names in a block's array. */
static struct json_object *names_json(const char names[][SPIN_KEY_LEN])
{
	struct json_object *array = json_object_new_array();
	char name[SPIN_KEY_LEN + 1];
	int i;

	if (!array)
		exit(out_of_memory());
	for (i = 0; i < SPIN_KEYS_MAX; i++) {
		snprintf(name, sizeof(name), "%.*s", SPIN_KEY_LEN, names[i]);
		if (*name)
			json_append(array, json_text(name));
	}
	return array;
}

static void add_event_flags(struct json_object *row, __u32 flags)
{
	json_add_bool(row, "sealed", flags & SPIN_EVENT_SEALED);
	json_add_bool(row, "closed", flags & SPIN_EVENT_CLOSED);
	json_add_bool(row, "needs_result", flags & SPIN_EVENT_NEEDS_RESULT);
	json_add_bool(row, "periodic", flags & SPIN_EVENT_PERIODIC);
	json_add_bool(row, "intrinsic", flags & SPIN_EVENT_INTRINSIC);
	json_add_bool(row, "default", flags & SPIN_EVENT_DEFAULT);
}

struct json_object *event_row(const struct spin_ioc_event_next *event)
{
	struct json_object *row = json_new();

	json_add_text(row, "name", event->name);
	json_add_number(row, "id", event->id);
	json_add_text(row, "context", context_name(event->context));
	json_add_text(row, "type", event->type);
	json_add_text(row, "interface", event->interface);
	json_add_text(row, "fold", fold_name(event->fold));
	json_add_integer(row, "result_min", event->result_min);
	json_add_integer(row, "result_max", event->result_max);
	json_add_number(row, "cost_max", event->cost_max);
	json_add(row, "keys", names_json(event->keys));
	json_add(row, "references", names_json(event->references));
	add_event_flags(row, event->flags);
	json_add_number(row, "binding_count", event->bindings);
	json_add_number(row, "raised", event->raised);
	json_add_number(row, "unhandled", event->unhandled);
	json_add_number(row, "refused", event->refused);
	return row;
}

#define KIND_COUNTERS(CONSTANT, NUMBER, NAME, WORD, WHAT, TEXT, USUAL, MORE, ...) \
	[CONSTANT] = { __VA_ARGS__ },

#define COUNTERS_MAX	8	/* of a kind */

/* What is counted of each kind. */
static const struct {
	enum spin_cap_counter counter;
	const char *key;
} counters[][COUNTERS_MAX] = {
	SPIN_KINDS(KIND_COUNTERS)
};

struct json_object *cap_row(const struct spin_ioc_cap_next *cap)
{
	struct json_object *row = json_new(), *count = json_new();
	char rights[64];
	size_t i;

	json_add_text(row, "name", cap->name);
	json_add_text(row, "extension", cap->ext);
	json_add_number(row, "slot", cap->slot);
	json_add_text(row, "kind", spin_cap_kind_name(cap->kind));
	json_add_text(row, "what", cap->what);
	json_add_number(row, "id", cap->id);
	json_add_text(row, "right_words",
		      spin_rights_text(cap->rights, rights, sizeof(rights)));
	json_add_text(row, "state",
		      !cap->id ? "not granted" :
		      cap->flags & SPIN_CAP_REVOKED ? "revoked" : "");
	json_add_bool(row, "device_copies",
		      cap->flags & SPIN_CAP_DEVICE_COPIES);
	for (i = 0; cap->kind < ARRAY_SIZE(counters) && i < COUNTERS_MAX; i++)
		if (counters[cap->kind][i].key)
			json_add_number(count, counters[cap->kind][i].key,
					cap->count[counters[cap->kind][i].counter]);
	json_add(row, "counters", count);
	return row;
}

struct json_object *template_row(const struct spin_ioc_template_next *template)
{
	struct json_object *row = json_new();

	json_add_text(row, "name", template->name);
	json_add_number(row, "id", template->id);
	json_add_text(row, "extension", template->ext);
	json_add_text(row, "event", template->event);
	json_add_number(row, "slot", template->slot);
	json_add_number(row, "binding_count", template->bindings);
	json_add_number(row, "cost", template->cost);
	return row;
}

/** collect_templates - add an extension's templates to an array */
int collect_templates(struct spin *spin, const char *ext,
		      struct json_object *rows)
{
	struct spin_ioc_template_next template = {};
	int ret;

	while ((ret = spin_template_next(spin, &template)) > 0)
		if (spin_name_means(template.ext, ext))
			json_append(rows, template_row(&template));
	return ret;
}

/** collect_caps - add an extension's capabilities to an array */
int collect_caps(struct spin *spin, const char *ext, struct json_object *rows)
{
	struct spin_ioc_cap_next cap = {};
	int ret;

	while ((ret = spin_cap_next(spin, &cap)) > 0)
		if (spin_name_means(cap.ext, ext))
			json_append(rows, cap_row(&cap));
	return ret;
}
