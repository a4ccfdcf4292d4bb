/* SPDX-License-Identifier: GPL-2.0 */
/* Tracepoint spin:spin_refuse; the others are in dispatch/trace.h. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM spin

#if !defined(_SPIN_REFUSAL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SPIN_REFUSAL_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(spin_refuse,
	TP_PROTO(const char *ext, const char *reason),
	TP_ARGS(ext, reason),
	TP_STRUCT__entry(
		__string(ext, ext)
		__string(reason, reason)
	),
	TP_fast_assign(
		__assign_str(ext);
		__assign_str(reason);
	),
	TP_printk("ext=%s reason=%s", __get_str(ext), __get_str(reason))
);

#endif /* _SPIN_REFUSAL_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE refusal_trace
#include <trace/define_trace.h>
