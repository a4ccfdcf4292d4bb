/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of the dispatcher: spin:*. Those of raises count who listens, so
 * that raises go the way without them while nobody does.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM spin

#if !defined(_SPIN_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SPIN_TRACE_H

#include <linux/tracepoint.h>

struct spin_binding;
struct spin_raise;

#ifndef _SPIN_TRACE_NAMES
#define _SPIN_TRACE_NAMES
int spin_observe_get(void);
void spin_observe_put(void);
const char *spin_trace_extension(const struct spin_binding *binding);
const char *spin_trace_binding(const struct spin_binding *binding);
const char *spin_trace_event(const struct spin_binding *binding);
u64 spin_trace_id(const struct spin_binding *binding);
const char *spin_trace_raised(const struct spin_raise *raise);
u32 spin_trace_fired(const struct spin_raise *raise);
u32 spin_trace_depth(const struct spin_raise *raise);
u32 spin_trace_key_count(const struct spin_raise *raise);
void spin_trace_keys(const struct spin_raise *raise, u64 *value);
#endif

TRACE_EVENT_FN(spin_raise,
	TP_PROTO(const struct spin_raise *raise, int result),
	TP_ARGS(raise, result),
	TP_STRUCT__entry(
		__string(event, spin_trace_raised(raise))
		__field(int, result)
		__field(u32, fired)
		__field(u32, depth)
		__dynamic_array(u64, keys, spin_trace_key_count(raise))
	),
	TP_fast_assign(
		__assign_str(event);
		__entry->result = result;
		__entry->fired = spin_trace_fired(raise);
		__entry->depth = spin_trace_depth(raise);
		spin_trace_keys(raise, __get_dynamic_array(keys));
	),
	TP_printk("event=%s result=%d fired=%u depth=%u keys=%s",
		  __get_str(event), __entry->result, __entry->fired,
		  __entry->depth,
		  __print_array(__get_dynamic_array(keys),
				__get_dynamic_array_len(keys) / sizeof(u64),
				sizeof(u64))),
	spin_observe_get, spin_observe_put
);

TRACE_EVENT_FN(spin_guard,
	TP_PROTO(const struct spin_binding *binding, bool pass),
	TP_ARGS(binding, pass),
	TP_STRUCT__entry(
		__string(event, spin_trace_event(binding))
		__string(ext, spin_trace_extension(binding))
		__string(binding, spin_trace_binding(binding))
		__field(u64, id)
		__field(bool, pass)
	),
	TP_fast_assign(
		__assign_str(event);
		__assign_str(ext);
		__assign_str(binding);
		__entry->id = spin_trace_id(binding);
		__entry->pass = pass;
	),
	TP_printk("event=%s ext=%s binding=%s id=%llu pass=%d",
		  __get_str(event), __get_str(ext), __get_str(binding),
		  __entry->id, __entry->pass),
	spin_observe_get, spin_observe_put
);

TRACE_EVENT_FN(spin_handler,
	TP_PROTO(const struct spin_binding *binding, int result),
	TP_ARGS(binding, result),
	TP_STRUCT__entry(
		__string(event, spin_trace_event(binding))
		__string(ext, spin_trace_extension(binding))
		__string(binding, spin_trace_binding(binding))
		__field(u64, id)
		__field(int, result)
	),
	TP_fast_assign(
		__assign_str(event);
		__assign_str(ext);
		__assign_str(binding);
		__entry->id = spin_trace_id(binding);
		__entry->result = result;
	),
	TP_printk("event=%s ext=%s binding=%s id=%llu result=%d",
		  __get_str(event), __get_str(ext), __get_str(binding),
		  __entry->id, __entry->result),
	spin_observe_get, spin_observe_put
);

DECLARE_EVENT_CLASS(spin_binding_class,
	TP_PROTO(const struct spin_binding *binding),
	TP_ARGS(binding),
	TP_STRUCT__entry(
		__string(event, spin_trace_event(binding))
		__string(ext, spin_trace_extension(binding))
		__string(binding, spin_trace_binding(binding))
		__field(u64, id)
	),
	TP_fast_assign(
		__assign_str(event);
		__assign_str(ext);
		__assign_str(binding);
		__entry->id = spin_trace_id(binding);
	),
	TP_printk("event=%s ext=%s binding=%s id=%llu",
		  __get_str(event), __get_str(ext), __get_str(binding),
		  __entry->id)
);

DEFINE_EVENT(spin_binding_class, spin_install,
	TP_PROTO(const struct spin_binding *binding),
	TP_ARGS(binding)
);

DEFINE_EVENT(spin_binding_class, spin_uninstall,
	TP_PROTO(const struct spin_binding *binding),
	TP_ARGS(binding)
);

#endif /* _SPIN_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
