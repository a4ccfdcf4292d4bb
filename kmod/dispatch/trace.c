// SPDX-License-Identifier: GPL-2.0
/*
 * Observation: counters, which are always on unless the module's parameter says
 * otherwise; tracepoints; and the time of guards and handlers, taken while
 * somebody asks for it. Raises go the short way while nobody traces or times.
 */
#include <linux/jump_label.h>
#include <linux/moduleparam.h>
#include "binding.h"
#include "observe.h"
#include "plan_parts.h"
#include "settle.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

DEFINE_STATIC_KEY_TRUE(spin_counting);
EXPORT_SYMBOL_GPL(spin_counting);
DEFINE_STATIC_KEY_FALSE(spin_observed);
EXPORT_SYMBOL_GPL(spin_observed);
DEFINE_STATIC_KEY_FALSE(spin_timing);

static bool counters = true;

static int counters_set(const char *text, const struct kernel_param *param)
{
	int err = param_set_bool(text, param);

	if (err)
		return err;
	if (counters)
		static_branch_enable(&spin_counting);
	else
		static_branch_disable(&spin_counting);
	return 0;
}

static const struct kernel_param_ops counters_ops = {
	.set = counters_set,
	.get = param_get_bool,
};
module_param_cb(counters, &counters_ops, &counters, 0644);
MODULE_PARM_DESC(counters, "count raises, guards and handlers (default: yes)");

/* Called by the tracing core for its first and last listener. */
int spin_observe_get(void)
{
	static_branch_inc(&spin_observed);
	spin_direct_forget_all();
	return 0;
}

void spin_observe_put(void)
{
	static_branch_dec(&spin_observed);
	spin_direct_forget_all();	/* …and think of it again */
}

int spin_timing_get(void)
{
	static_branch_inc(&spin_timing);
	return spin_observe_get();
}

void spin_timing_put(void)
{
	spin_observe_put();
	static_branch_dec(&spin_timing);
}

const char *spin_trace_extension(const struct spin_binding *binding)
{
	return binding->ext ? binding->ext->name : "";
}

const char *spin_trace_binding(const struct spin_binding *binding)
{
	return spin_binding_name(binding);
}

const char *spin_trace_event(const struct spin_binding *binding)
{
	return binding->event->name;
}

u64 spin_trace_id(const struct spin_binding *binding)
{
	return binding->id;
}

const char *spin_trace_raised(const struct spin_raise *raise)
{
	return raise->event->name;
}

u32 spin_trace_fired(const struct spin_raise *raise)
{
	return raise->fired;
}

u32 spin_trace_depth(const struct spin_raise *raise)
{
	return raise->depth;
}

u32 spin_trace_key_count(const struct spin_raise *raise)
{
	return raise->event->key_count;
}

/* What it was about: the fields by which bindings are found, all of them. */
void spin_trace_keys(const struct spin_raise *raise, u64 *value)
{
	const struct spin_ctx *ctx = spin_raise_ctx((struct spin_raise *)raise);
	const struct spin_key *keys = raise->event->keys;
	u32 i;

	for (i = 0; i < raise->event->key_count; i++)
		value[i] = spin_key_value(ctx, keys[i].offset, keys[i].size);
}
