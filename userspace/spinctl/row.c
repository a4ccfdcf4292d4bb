// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What is loaded, as JSON. The keys are an interface: add, never change. */
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

static const char *order_name(__u32 order)
{
	switch (order) {
	case SPIN_ORDER_NONE:
		return "none";
	case SPIN_ORDER_FIRST:
		return "first";
	case SPIN_ORDER_LAST:
		return "last";
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

struct json_object *event_row(const struct spin_ioc_event_next *event)
{
	struct json_object *row = json_new();

	json_add_text(row, "name", event->name);
	json_add_number(row, "id", event->id);
	json_add_text(row, "context", context_name(event->context));
	json_add_text(row, "type", event->type);
	json_add_number(row, "binding_count", event->bindings);
	json_add_number(row, "raised", event->raised);
	json_add_number(row, "refused", event->refused);
	return row;
}

struct json_object *binding_row(const struct spin_ioc_binding_next *binding)
{
	struct json_object *row = json_new();

	json_add_text(row, "name", binding->name);
	json_add_number(row, "id", binding->id);
	json_add_text(row, "extension", binding->ext);
	json_add_text(row, "event", binding->event);
	json_add_number(row, "position", binding->rank);
	json_add_text(row, "order", order_name(binding->order));
	json_add_bool(row, "active", binding->active);
	json_add_number(row, "guard_prog", binding->guard_prog);
	json_add_number(row, "handler_prog", binding->handler_prog);
	json_add_number(row, "guard_true", binding->guard_true);
	json_add_number(row, "guard_false", binding->guard_false);
	json_add_number(row, "run", binding->run);
	json_add_number(row, "errors", binding->errors);
	json_add_number(row, "cost", binding->cost);
	return row;
}

static const struct {
	__u32 kind;
	enum spin_cap_counter counter;
	const char *key;
} counters[] = {
	{ SPIN_CAP_FILE, SPIN_COUNT_READ, "read" },
	{ SPIN_CAP_FILE, SPIN_COUNT_COPIED, "copied" },
	{ SPIN_CAP_SOCKET, SPIN_COUNT_SENT, "sent" },
	{ SPIN_CAP_SOCKET, SPIN_COUNT_FAILED, "failed" },
	{ SPIN_CAP_SOCKET, SPIN_COUNT_BY_REFERENCE, "by_reference" },
	{ SPIN_CAP_SOCKET, SPIN_COUNT_COPIED, "copied" },
	{ SPIN_CAP_SOCKET, SPIN_COUNT_CHECKSUMMED, "checksummed" },
	{ SPIN_CAP_FRAMEBUFFER, SPIN_COUNT_BLITS, "blits" },
	{ SPIN_CAP_FRAMEBUFFER, SPIN_COUNT_REFUSED, "refused" },
	{ SPIN_CAP_FRAMEBUFFER, SPIN_COUNT_FLUSHES, "flushes" },
};

struct json_object *cap_row(const struct spin_ioc_cap_next *cap)
{
	struct json_object *row = json_new(), *count = json_new();
	size_t i;

	json_add_text(row, "name", cap->name);
	json_add_text(row, "extension", cap->ext);
	json_add_number(row, "slot", cap->slot);
	json_add_text(row, "kind", spin_cap_kind_name(cap->kind));
	json_add_text(row, "what", cap->what);
	json_add_bool(row, "device_copies",
		      cap->flags & SPIN_CAP_DEVICE_COPIES);
	for (i = 0; i < ARRAY_SIZE(counters); i++)
		if (counters[i].kind == cap->kind)
			json_add_number(count, counters[i].key,
					cap->count[counters[i].counter]);
	json_add(row, "counters", count);
	return row;
}

static void add_row(struct json_object *rows, struct json_object *row)
{
	if (json_object_array_add(rows, row))
		exit(out_of_memory());
}

/**
 * collect_bindings - add bindings to an array
 * @spin: libspin
 * @ext: only those of this extension, unless NULL
 * @event: only those of this event, unless NULL
 * @rows: the array
 *
 * Returns 0, or a negative errno and libspin has a sentence.
 */
int collect_bindings(struct spin *spin, const char *ext, const char *event,
		     struct json_object *rows)
{
	struct spin_ioc_binding_next binding = {};
	int ret;

	while ((ret = spin_binding_next(spin, &binding)) > 0)
		if ((!ext || !strcmp(binding.ext, ext)) &&
		    (!event || !strcmp(binding.event, event)))
			add_row(rows, binding_row(&binding));
	return ret;
}

/** collect_caps - add an extension's capabilities to an array */
int collect_caps(struct spin *spin, const char *ext, struct json_object *rows)
{
	struct spin_ioc_cap_next cap = {};
	int ret;

	while ((ret = spin_cap_next(spin, &cap)) > 0)
		if (!strcmp(cap.ext, ext))
			add_row(rows, cap_row(&cap));
	return ret;
}
