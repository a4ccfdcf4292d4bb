/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For programs that make module spin_events raise its events, and install
 * bindings of the extension "model" on them (use/model.bpf.c).
 */
#ifndef _SPIN_TESTS_EVENTS_H
#define _SPIN_TESTS_EVENTS_H

#include "disp.h"
#include "raw.h"

#define EVENT_NAME(NAME) #NAME,
static const char *const event_names[] = { EVENTS_LIST(EVENT_NAME) };
#undef EVENT_NAME

static const char *const shape_names[] = {
	"plain", "guarded", "all", "post", "nest", "light",
};

static inline int events_device(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open(EVENTS_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		give_up(EVENTS_DEVICE);
	return fd;
}

/* The arguments of a raise. */
struct call {
	__u64 a;
	__u32 b;
	__u16 c;
	__u8 d;
	__u64 value;
};

#define SEEN_MAX	16384

/* What came of it. */
struct seen {
	int result;
	bool preserved;		/* the raiser's arguments are as they were */
	__u32 count;
	__u64 notes[SEEN_MAX];
};

static inline void raise_event(__u32 event, struct call call, struct seen *seen)
{
	struct events_ioc_raise args = {
		.event = event, .a = call.a, .b = call.b, .c = call.c,
		.d = call.d, .value = call.value,
		.log = (unsigned long)seen->notes, .log_max = SEEN_MAX,
	};

	if (ioctl(events_device(), EVENTS_IOC_RAISE, &args))
		give_up("EVENTS_IOC_RAISE of %s", event_names[event]);
	seen->result = args.result;
	seen->count = args.log_count;
	seen->preserved = args.a == call.a && args.b == call.b &&
			  args.c == call.c && args.d == call.d &&
			  args.value == call.value;
}

/* A binding to be made. */
struct want {
	__u32 event;
	enum disp_shape shape;
	__u64 closure;
	__u32 order;
	__u32 flags;
	__u64 relative;
	__u64 key;
	__u32 count;
	struct spin_match match;
};

/* Returns its id, or a negative errno. */
static inline __s64 install(const struct want *want)
{
	struct spin_ioc_binding_install args = {
		.flags = want->flags, .ext = "model",
		.order = want->order, .count = want->count,
		.relative = want->relative, .closure = want->closure,
		.key = want->key, .match = want->match,
	};

	snprintf(args.template_name, sizeof(args.template_name), "%s_%s",
		 event_names[want->event], shape_names[want->shape]);
	if (ioctl(spin_device(), SPIN_IOC_BINDING_INSTALL, &args))
		return -errno;
	return args.id;
}

static inline int removed(__u64 id, __u32 count)
{
	struct spin_ioc_binding_remove args = {
		.count = count, .id = id,
	};

	return result(ioctl(spin_device(), SPIN_IOC_BINDING_REMOVE, &args));
}

static inline int enable(__u64 id, bool active)
{
	struct spin_ioc_binding_enable args = {
		.active = active, .id = id,
	};

	return result(ioctl(spin_device(), SPIN_IOC_BINDING_ENABLE, &args));
}

/* Why the last request of this program was refused. */
static inline const char *refusal(void)
{
	static struct spin_ioc_verdict verdict;

	memset(&verdict, 0, sizeof(verdict));
	if (ioctl(spin_device(), SPIN_IOC_VERDICT, &verdict))
		return "(no verdict)";
	return verdict.text;
}

static inline struct spin_ioc_binding_next binding_of(__u64 id)
{
	struct spin_ioc_binding_next binding = {
		.id = id - 1,
	};

	if (ioctl(spin_device(), SPIN_IOC_BINDING_NEXT, &binding) ||
	    binding.id != id)
		memset(&binding, 0, sizeof(binding));
	return binding;
}

static inline struct spin_ioc_event_next event_of(__u32 number)
{
	struct spin_ioc_event_next event = {};
	char name[64];

	snprintf(name, sizeof(name), "Events.%s", event_names[number]);
	while (!ioctl(spin_device(), SPIN_IOC_EVENT_NEXT, &event))
		if (!strcmp(event.name, name))
			return event;
	give_up("event %s is not listed", name);
}

#endif /* _SPIN_TESTS_EVENTS_H */
