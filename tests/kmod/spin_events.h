/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the module spin_events, the extensions that handle its events, and the
 * programs that make it raise them have in common.
 */
#ifndef _SPIN_EVENTS_H
#define _SPIN_EVENTS_H

#include <linux/ioctl.h>
#include <linux/types.h>
#include <linux/spin_ext.h>

/**
 * struct events_call - the context of all events of this module
 * @ctx: common part
 * @a: key field, by-reference argument
 * @b: key field
 * @c: key field, by-reference argument
 * @d: key field
 * @reserved: zero
 * @value: key field, by-reference argument
 */
struct events_call {
	struct spin_ctx ctx;
	__u64 a;
	__u32 b;
	__u16 c;
	__u8 d;
	__u8 reserved;
	__u64 value;
} __spin_type;

/* Key fields, for struct spin_match. */
#define EVENTS_KEY_A	(1U << 0)
#define EVENTS_KEY_B	(1U << 1)
#define EVENTS_KEY_C	(1U << 2)
#define EVENTS_KEY_D	(1U << 3)
#define EVENTS_KEY_VALUE (1U << 4)

/* By-reference arguments, for events_filter_set(). */
enum events_reference {
	EVENTS_REF_A		= 0,
	EVENTS_REF_C		= 1,
	EVENTS_REF_VALUE	= 2,
};

/*
 * The events. X(NAME), in the order of enum events_event.
 *
 *		context		fold	when nobody handles it
 * Softirq	softirq		first	0
 * Atomic	atomic		first	0
 * IrqsOff	irqs-off	or	-7, its default result
 * Sleepable	sleepable	last	0
 * And		atomic		and	0; does not nest in itself
 * Average	atomic		custom	0
 * Intrinsic	atomic		or	1, by its own handler; without it -ENOSYS
 * Default	atomic		last	1000 + value, by its default handler
 * Needed	atomic		first	-ENOSYS
 * Quiet	sleepable	first	-ENOSYS
 * Guarded	atomic		first	0; takes only requests that show a key
 * Inner	atomic		or	0; raised by events_raise(), too
 * Sealed	atomic		first	0; takes no handlers
 * Closed	atomic		first	0; has no authorizer
 */
#define EVENTS_LIST(X)							\
	X(Softirq) X(Atomic) X(IrqsOff) X(Sleepable) X(And) X(Average)	\
	X(Intrinsic) X(Default) X(Needed) X(Quiet) X(Guarded) X(Inner)	\
	X(Sealed) X(Closed)

#define EVENTS_TYPE(NAME)						\
struct Events_##NAME {							\
	SPIN_TEMPLATE(struct events_call *call)				\
};
EVENTS_LIST(EVENTS_TYPE)
#undef EVENTS_TYPE

#define EVENTS_NUMBER(NAME) EVENTS_##NAME,
enum events_event {
	EVENTS_LIST(EVENTS_NUMBER)
	EVENTS_COUNT
};
#undef EVENTS_NUMBER

#define EVENTS_RESULT_MIN	(-1000)
#define EVENTS_RESULT_MAX	1000
#define EVENTS_REFUSED_RESULT	77	/* And: of a raise in one of its own */
#define EVENTS_INTRINSIC_NOTE	0x1111	/* what the event's own handler notes */
#define EVENTS_DEFAULT_NOTE	0x2222	/* what the default handler notes */

/* What an authorizer does with a request, by its key. */
enum events_authority {
	EVENTS_GRANT_NONE	= 0,	/* Guarded: refuse it */
	EVENTS_GRANT		= 1,	/* as it is */
	EVENTS_GRANT_ONLY_A	= 2,	/* impose a guard: a == closure */
	EVENTS_GRANT_TWO	= 3,	/* impose two: a == closure, value is odd */
	EVENTS_GRANT_LAST	= 4,	/* but as the last */
	EVENTS_GRANT_TAKE_FIRST	= 5,	/* as the first, for ever */
	EVENTS_GRANT_TAKE_LAST	= 6,	/* as the last, for ever */
	EVENTS_GRANT_CHEAP	= 7,	/* if it takes 8 instructions at most */
	EVENTS_GRANT_NO_CANCEL	= 8,	/* but it must not end raises */
};

/**
 * struct events_ioc_raise - EVENTS_IOC_RAISE: raise an event
 * @event: enum events_event
 * @result: out: of the raise
 * @a: in: argument; out: as it is after the raise
 * @b: as @a
 * @c: as @a
 * @d: as @a
 * @reserved: zero
 * @value: as @a
 * @log: where to store what handlers noted
 * @log_max: how many notes there is room for, at most EVENTS_LOG_MAX
 * @log_count: out: how many notes there were
 *
 * Errors: EINVAL no such event; EFAULT.
 */
struct events_ioc_raise {
	__u32 event;
	__s32 result;
	__u64 a;
	__u32 b;
	__u16 c;
	__u8 d;
	__u8 reserved;
	__u64 value;
	__u64 log;
	__u32 log_max;
	__u32 log_count;
};

#define EVENTS_LOG_MAX	16384

/**
 * struct events_ioc_set - EVENTS_IOC_INTRINSIC, EVENTS_IOC_IMPOSE
 * @event: enum events_event
 * @on: 1 or 0
 * @binding: IMPOSE: id of the binding
 * @a: IMPOSE: what its guard compares argument a with
 */
struct events_ioc_set {
	__u32 event;
	__u32 on;
	__u64 binding;
	__u64 a;
};

/**
 * struct events_ioc_handlers - EVENTS_IOC_HANDLERS: what is installed, in order
 * @event: enum events_event
 * @max: ids there is room for
 * @ids: where to store them
 * @count: out: how many there are
 * @reserved: zero
 */
struct events_ioc_handlers {
	__u32 event;
	__u32 max;
	__u64 ids;
	__u32 count;
	__u32 reserved;
};

#define EVENTS_DEVICE		"/dev/spin-events"
#define EVENTS_IOC_RAISE	_IOWR(0xB9, 0, struct events_ioc_raise)
#define EVENTS_IOC_INTRINSIC	_IOW(0xB9, 1, struct events_ioc_set)
#define EVENTS_IOC_IMPOSE	_IOW(0xB9, 2, struct events_ioc_set)
#define EVENTS_IOC_HANDLERS	_IOWR(0xB9, 3, struct events_ioc_handlers)

#ifdef __bpf__
/* Interface Events: what handlers may call. */

/* Note a number in the log of the raise. Any event. Returns 0, or -ENOSPC. */
extern int events_note(struct events_call *call, __u64 value) __ksym;
/* Is argument value odd? Any event; guards too. */
extern int events_is_odd(struct events_call *call) __ksym;
/*
 * Raise Events.Inner from a handler, with the arguments of @call but @value.
 * Returns its result. Its handlers note in the log of @call.
 */
extern int events_raise(struct events_call *call, __u64 value) __ksym;
/* Raise the same event again from its own handler; atomic events but IrqsOff. */
extern int events_raise_again(struct events_call *call, __u64 value) __ksym;
/*
 * Send a datagram of one byte to a port of this machine. Handlers of all atomic
 * events, of whichever module. Returns 0, or why it is not sent.
 */
extern int events_datagram(__u32 port) __ksym;
/* spin_filter_set() and the others of interface Dispatcher, on these events. */
extern int events_filter_set(struct events_call *call, __u32 argument,
			     __u64 value) __ksym;
extern __s64 events_install(struct events_call *call,
			    struct spin_install *args) __ksym;
extern int events_uninstall(struct events_call *call, __u64 id) __ksym;
extern int events_is_installed(struct events_call *call, __u64 id) __ksym;
extern int events_get_handlers(struct events_call *call, __u64 *ids,
			       __u32 ids__sz) __ksym;
#endif

#endif /* _SPIN_EVENTS_H */
