/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The ABI of /dev/spin: how user space creates extensions, grants them
 * capabilities, and looks at what is loaded.
 *
 * The number of a request has the size of its argument block as the caller knows
 * it. The kernel accepts a smaller (older) block and takes the rest as zero, but
 * none that lacks what the request has had since ABI 4 (EINVAL); and a larger
 * (newer) one if the part it does not know is zero; otherwise it fails with E2BIG.
 * On the way out the kernel writes no more than the caller's size, and zeros for
 * what it does not know. No block is larger than a page (E2BIG).
 * Reserved fields and unknown flags must be zero (EINVAL).
 */
#ifndef _UAPI_LINUX_SPIN_H
#define _UAPI_LINUX_SPIN_H

#include <linux/ioctl.h>
#include <linux/spin_kinds.h>
#include <linux/types.h>

#define SPIN_ABI_VERSION	4
#define SPIN_NAME_LEN		32	/* with the terminating NUL */
#define SPIN_EVENT_LEN		64	/* "Interface.Event", with the NUL */
#define SPIN_KEY_LEN		32	/* the name of a key field, with the NUL */
#define SPIN_TEXT_LEN		512	/* one refusal, with the NUL */

/* Where an event is raised, hence what its handlers may do. */
enum spin_event_context {
	SPIN_CONTEXT_IRQS_OFF	= 1,	/* under a spin lock, interrupts off */
	SPIN_CONTEXT_SOFTIRQ	= 2,	/* bottom half: must not sleep */
	SPIN_CONTEXT_ATOMIC	= 3,	/* a process, but must not sleep */
	SPIN_CONTEXT_SLEEPABLE	= 4,	/* a process; handlers may sleep */
};

/* Kinds of capability. */
#define __SPIN_KIND_CONSTANT(CONSTANT, NUMBER, ...)	CONSTANT = NUMBER,
enum spin_cap_kind {
	SPIN_CAP_NONE		= 0,
	SPIN_KINDS(__SPIN_KIND_CONSTANT)
	SPIN_CAP_VALUE		= 11,	/* a number of an extension's own, typed by it */
};

/*
 * Rights of a capability. Each kind says which it knows, and which are given
 * if none are named; a right once taken away does not come back.
 */
#define SPIN_RIGHT_READ		(1U << 0)	/* take out of it */
#define SPIN_RIGHT_WRITE	(1U << 1)	/* put into it, send by it */
#define SPIN_RIGHT_PASS		(1U << 2)	/* hand it over for a call's time */
#define SPIN_RIGHT_KEEP		(1U << 3)	/* a callee that gets it may keep it */
#define SPIN_RIGHT_EXTERNALIZE	(1U << 4)	/* give applications references */
#define SPIN_RIGHTS_ALL		((1U << 5) - 1)

/*
 * Besides 1 to 63, the slots of what an extension was granted, a capability may
 * be named by SPIN_SLOT_ARGUMENT + n while a call that brought it is served: the
 * n-th capability among the arguments (Proc.Call, Trap.SystemCall).
 */
#define SPIN_SLOT_ARGUMENT	0x8000U
#define SPIN_ARGUMENTS_MAX	4	/* capabilities among the arguments of a call */

/*
 * A slot as the argument of a call: its high half may hold a mask of rights, and
 * the callee gets none but these; 0: all that the caller has.
 */
#define SPIN_PASS(SLOT, RIGHTS)	((__u32)(SLOT) | (__u32)(RIGHTS) << 16)
#define SPIN_SLOT_MASK		0xffffU

/* What a domain can be limited in; each is counted, whether limited or not. */
enum spin_quota_kind {
	SPIN_QUOTA_BINDINGS	= 0,	/* bindings there are */
	SPIN_QUOTA_MEMORY	= 1,	/* bytes of kernel memory for it, maps too */
	SPIN_QUOTA_OBJECTS	= 2,	/* objects made for it: references, … */
	SPIN_QUOTA_QUEUE	= 3,	/* removed bindings that are not gone yet */
	SPIN_QUOTA_PACKETS	= 4,	/* packets sent per second */
	SPIN_QUOTA_CPU		= 5,	/* thousandths of one processor's time */
};

#define SPIN_QUOTA_KINDS	6
#define SPIN_QUOTA_NONE		(~0ULL)	/* no limit */

/* Position of a binding among those of its event, when it is installed. */
enum spin_order {
	SPIN_ORDER_NONE		= 0,	/* after all but those that said Last */
	SPIN_ORDER_FIRST	= 1,	/* before everything installed so far */
	SPIN_ORDER_LAST		= 2,	/* after everything installed so far */
	SPIN_ORDER_BEFORE	= 3,	/* directly before another binding */
	SPIN_ORDER_AFTER	= 4,	/* directly after another binding */
};

/* What a binding is, besides a guard and a handler. */
#define SPIN_BIND_CANCEL	(1U << 0)	/* if it fires, none behind it does */
#define SPIN_BIND_FILTER	(1U << 1)	/* may change by-reference arguments */
#define SPIN_BIND_INACTIVE	(1U << 2)	/* installed, but not to run yet */

#define SPIN_KEYS_MAX		16	/* key fields of an event */

/**
 * struct spin_match - indexed guard: which values the key fields must have
 * @fields: bit per key field of the event (SPIN_UDP_DPORT, …); 0: no match
 * @reserved: zero
 * @value: by field, as the context has it; ignored for fields not named
 *
 * Equal to a guard that compares these fields of the context, but found by
 * hash: a thousand bindings with a match cost a raise what one does.
 */
struct spin_match {
	__u32 fields;
	__u32 reserved;
	__u64 value[SPIN_KEYS_MAX];
};

enum spin_ext_state {
	SPIN_EXT_LOADING	= 1,	/* created, not committed */
	SPIN_EXT_LOADED		= 2,	/* its bindings are active */
	SPIN_EXT_DYING		= 3,	/* being unloaded */
};

/**
 * struct spin_ioc_version - SPIN_IOC_VERSION: what is loaded here
 * @abi: out: SPIN_ABI_VERSION of the module
 * @features: out: SPIN_FEATURE_* bits
 * @reserved: out: zero
 * @module: out: version of the module, as modinfo prints it
 */
struct spin_ioc_version {
	__u32 abi;
	__u32 reserved;
	__u64 features;
	char  module[SPIN_NAME_LEN];
};

#define SPIN_FEATURE_FRAMEBUFFER (1ULL << 0)	/* drm.ko was there at insmod */

#define SPIN_EXT_REPLACE	(1U << 0)	/* the next version of a loaded one */
#define SPIN_EXT_BREAK_CALLERS	(1U << 1)	/* its callers may be cut off */

/**
 * struct spin_ioc_ext_create - SPIN_IOC_EXT_CREATE: a new, empty extension
 * @flags: 0, or SPIN_EXT_REPLACE: it is the next version of the loaded
 *	extension of that name, whose place it takes at the commit. That is
 *	refused if another extension calls, or handles, a procedure that this
 *	version does not export with the same prototype; unless
 *	SPIN_EXT_BREAK_CALLERS is set besides: their calls fail then
 * @name: unique name: letters, digits, '-', '_' and '.'
 * @reserved: zero
 *
 * Returns a file descriptor, the loader's handle on the extension (SPIN:
 * Domain.Create). Closed before SPIN_IOC_EXT_COMMIT, it takes the extension
 * and all that was made for it away again; after the commit the extension
 * lives until SPIN_IOC_EXT_UNLOAD.
 *
 * Errors: EEXIST an extension of this name is loaded or being loaded; ENOENT
 * there is none to replace; EBUSY it is being replaced or unloaded; EPERM
 * CAP_BPF and CAP_PERFMON are needed; EINVAL bad name, unknown flags, or
 * SPIN_EXT_BREAK_CALLERS alone; ENAMETOOLONG the name does not end within the
 * field.
 */
struct spin_ioc_ext_create {
	__u32 flags;
	__u32 reserved;
	char  name[SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_ext_unload - SPIN_IOC_EXT_UNLOAD: take an extension away
 * @timeout_ms: how long to wait for the kernel to free its programs; 0: 10 s
 * @name: which
 * @reserved: zero
 *
 * Returns when no handler of the extension runs any more and its programs'
 * references to the module are gone. The latter is told by the module's
 * reference count, of which nothing can be told while another extension is
 * being loaded: then it is not waited for.
 *
 * Errors: ENOENT no such extension; EPERM CAP_BPF and CAP_PERFMON are needed;
 * EBUSY it is still being loaded, or being unloaded; ETIMEDOUT it is
 * unloaded, but somebody else still holds one of its programs or maps, or
 * those of one that was unloaded before; EINTR it is unloaded, but a signal
 * has interrupted the wait for these.
 */
struct spin_ioc_ext_unload {
	__u32 timeout_ms;
	__u32 reserved;
	char  name[SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_ext_next - SPIN_IOC_EXT_NEXT: walk the extensions
 * @state: out: enum spin_ext_state
 * @id: in: id of the last one seen, 0 to start; out: id of the next
 * @name: out
 * @uid: out: user who loaded it, in the caller's user name space
 * @pid: out: process that loaded it (it may have ended since), in the caller's
 *	pid name space; 0 if it is not in there
 * @loaded_at_ns: out: CLOCK_BOOTTIME of the commit, in nanoseconds; 0 before
 * @bindings: out: how many bindings it has
 * @caps: out: how many capabilities it holds
 * @comm: out: command that loaded it
 * @reserved: zero
 *
 * Errors: ENOENT there is no further one.
 */
struct spin_ioc_ext_next {
	__u32 state;
	__u32 reserved;
	__u64 id;
	char  name[SPIN_NAME_LEN];
	__u32 uid;
	__u32 pid;
	__u64 loaded_at_ns;
	__u32 bindings;
	__u32 caps;
	char  comm[16];
};

/* How the results of an event's handlers become one. */
enum spin_fold {
	SPIN_FOLD_FIRST		= 0,	/* the first that is not 0 ends the raise */
	SPIN_FOLD_LAST		= 1,	/* that of the last handler */
	SPIN_FOLD_OR		= 2,	/* bitwise or of all */
	SPIN_FOLD_AND		= 3,	/* bitwise and of all */
	SPIN_FOLD_CUSTOM	= 4,	/* by a function of the event's authority */
};

#define SPIN_EVENT_SEALED	(1U << 0)	/* takes no handlers */
#define SPIN_EVENT_NEEDS_RESULT	(1U << 1)	/* a raise nobody handles fails */
#define SPIN_EVENT_PERIODIC	(1U << 2)	/* its templates have a period */
#define SPIN_EVENT_INTRINSIC	(1U << 3)	/* has its original handler */
#define SPIN_EVENT_DEFAULT	(1U << 4)	/* has a default handler or result */
#define SPIN_EVENT_CLOSED	(1U << 5)	/* has no authorizer: takes no handlers */

/**
 * struct spin_ioc_event_next - SPIN_IOC_EVENT_NEXT: walk the events
 * @context: out: enum spin_event_context
 * @id: in: id of the last one seen, 0 to start; out: id of the next
 * @name: out: "Interface.Event"
 * @bindings: out: bindings installed, active or not
 * @flags: out: SPIN_EVENT_*
 * @raised: out: raises that found at least one binding
 * @refused: out: raises refused because they nested too deep, found too little
 *	stack, or were beyond what one packet's may take
 * @type: out: name of the struct_ops type its templates have
 * @interface: out: interface to import
 * @fold: out: enum spin_fold
 * @cost_max: out: instructions a program that cannot sleep may take
 * @result_min: out: smallest valid result
 * @result_max: out: largest valid result
 * @unhandled: out: raises in which no handler fired
 * @keys: out: names of the key fields, by bit of struct spin_match
 * @references: out: names of the arguments that filters may change
 * @reserved: zero
 *
 * Errors: ENOENT there is no further one.
 */
struct spin_ioc_event_next {
	__u32 context;
	__u32 reserved;
	__u64 id;
	char  name[SPIN_EVENT_LEN];
	__u32 bindings;
	__u32 flags;
	__u64 raised;
	__u64 refused;
	char  type[SPIN_EVENT_LEN];
	char  interface[SPIN_NAME_LEN];
	__u32 fold;
	__u32 cost_max;
	__s32 result_min;
	__s32 result_max;
	__u64 unhandled;
	char  keys[SPIN_KEYS_MAX][SPIN_KEY_LEN];
	char  references[SPIN_KEYS_MAX][SPIN_KEY_LEN];
};

/**
 * struct spin_ioc_binding_next - SPIN_IOC_BINDING_NEXT: walk the bindings
 * @order: out: enum spin_order
 * @id: in: id of the last one seen, 0 to start; out: id of the next
 * @ext_id: out: extension it belongs to; 0: the event's own handler
 * @event_id: out: event it is installed on
 * @name: out: name of the binding
 * @ext: out: name of the extension
 * @event: out: name of the event
 * @active: out: 1 if it runs: its extension is committed, and nobody has
 *	disabled it
 * @guard_prog: out: id of the first guard's program, 0 if there is no guard
 * @handler_prog: out: id of the handler's program
 * @guards: out: number of its own guards
 * @guard_true: out: raises whose guards let the handler run
 * @guard_false: out: raises whose guards did not
 * @run: out: handlers run
 * @errors: out: handlers that returned an error, or what the event has no such
 *	result for
 * @cost: out: worst case of guards and handler together, in instructions, as
 *	the checker computed it; 0 if the handler is sleepable: then none is
 *	enforced
 * @rank: out: bindings of one @point run by increasing rank
 * @point: out: number of the order it is in: an event has one, or one for each
 *	network name space
 * @flags: out: SPIN_BIND_*
 * @imposed: out: number of guards imposed on it
 * @closure: out: its closure
 * @match: out: its indexed guard
 * @slot: out: of the template it was made from; 0: made by the load
 * @post: out: 1 if it has a post-guard
 * @cancelled: out: raises it ended
 * @rejected: out: results its post-guards threw away
 * @time_ns: out: time in its guards and handler, while somebody asked for
 *	timing (SPIN_IOC_TIMING)
 * @timed: out: raises that time is of
 * @inactive: out: SPIN_INACTIVE_*: why it is not active; more than one may hold
 * @misplaced: out: 1 if it is not where its @order says: another one said First, or
 *	Last, after it; or what its template names is gone, or not on that side of it
 * @reserved: zero
 *
 * Errors: ENOENT there is no further one.
 */
struct spin_ioc_binding_next {
	__u32 order;
	__u32 slot;
	__u64 id;
	__u64 ext_id;
	__u64 event_id;
	char  name[SPIN_NAME_LEN];
	char  ext[SPIN_NAME_LEN];
	char  event[SPIN_EVENT_LEN];
	__u32 active;
	__u32 guard_prog;
	__u32 handler_prog;
	__u32 guards;
	__u64 guard_true;
	__u64 guard_false;
	__u64 run;
	__u64 errors;
	__u64 cost;
	__u64 rank;
	__u64 point;
	__u32 flags;
	__u32 imposed;
	__u64 closure;
	struct spin_match match;
	__u32 post;
	__u32 reserved;
	__u64 cancelled;
	__u64 rejected;
	__u64 time_ns;
	__u64 timed;
	__u32 inactive;
	__u32 misplaced;
};

#define SPIN_INACTIVE_LOADING	(1U << 0)	/* its extension is not active */
#define SPIN_INACTIVE_DISABLED	(1U << 1)	/* its user said so */
#define SPIN_INACTIVE_UNRESOLVED (1U << 2)	/* uses an import that was undone */
#define SPIN_INACTIVE_UNSERVED	(1U << 3)	/* on a procedure nobody lets it handle */
#define SPIN_INACTIVE_THROTTLED	(1U << 4)	/* its extension owes processor time */

#define SPIN_PROGS_MAX	5	/* programs of a template */

/**
 * struct spin_ioc_template_next - SPIN_IOC_TEMPLATE_NEXT: walk the templates
 * @slot: out: by which handlers name it; 0: it made a binding at load
 * @id: in: id of the last one seen, 0 to start; out: id of the next
 * @ext_id: out: extension it is attached to
 * @event_id: out: event it is for
 * @name: out: its name
 * @ext: out: name of the extension
 * @event: out: name of the event
 * @bindings: out: how many are made from it now
 * @flags: out: SPIN_BIND_* of the template
 * @progs: out: ids of its programs: guard, handler, second and third guard,
 *	post-guard; 0 for those it lacks
 * @cost: out: worst case of one of its bindings, as in SPIN_IOC_BINDING_NEXT
 *
 * Errors: ENOENT there is no further one.
 */
struct spin_ioc_template_next {
	__u32 slot;
	__u32 bindings;
	__u64 id;
	__u64 ext_id;
	__u64 event_id;
	char  name[SPIN_NAME_LEN];
	char  ext[SPIN_NAME_LEN];
	char  event[SPIN_EVENT_LEN];
	__u32 flags;
	__u32 progs[SPIN_PROGS_MAX];
	__u64 cost;
};

/**
 * struct spin_ioc_binding_install - SPIN_IOC_BINDING_INSTALL: one more binding
 *	from a template of a loaded extension
 * @flags: SPIN_BIND_*
 * @ext: name of the extension
 * @template_name: name of the template: of a binding made at load, or one with
 *	a slot
 * @order: enum spin_order
 * @count: how many alike, at most 65536; 0: one
 * @mode: for later versions, as the next three; zero
 * @bound_us: zero
 * @queue: zero
 * @absent: zero
 * @reserved: zero
 * @relative: id of the binding that Before and After are about; else 0
 * @closure: handed to its programs
 * @key: shown to the event's authorizer (SPIN: Auth.Key)
 * @match: indexed guard
 * @id: out: of the binding, or of the first of @count; they are consecutive
 *
 * It belongs to the extension, and goes with it at the latest. All @count or
 * none are made. Errors: ENOENT no such extension or template, or nothing to be
 * before or after; EBUSY the extension is not loaded, or the end of the order is
 * reserved; EDQUOT too many bindings; EACCES, EPERM refused by the authorizer;
 * EINVAL. The reason is in the verdict of SPIN_IOC_VERDICT.
 */
struct spin_ioc_binding_install {
	__u32 flags;
	__u32 order;
	char  ext[SPIN_NAME_LEN];
	char  template_name[SPIN_NAME_LEN];
	__u32 count;
	__u32 mode;
	__u32 bound_us;
	__u32 queue;
	__s32 absent;
	__u32 reserved;
	__u64 relative;
	__u64 closure;
	__u64 key;
	struct spin_match match;
	__u64 id;
};

/**
 * struct spin_ioc_binding_remove - SPIN_IOC_BINDING_REMOVE: uninstall
 * @count: how many ids from @id on; 0: one
 * @id: of the binding
 * @reserved: zero
 *
 * Bindings that the load made go with their extension only (EBUSY: disable
 * them instead). Returns when none of their programs runs any more, for these
 * bindings. Errors: ENOENT none of the ids is a binding.
 */
struct spin_ioc_binding_remove {
	__u32 count;
	__u32 reserved;
	__u64 id;
};

/**
 * struct spin_ioc_binding_enable - SPIN_IOC_BINDING_ENABLE: active or not
 * @active: 1: it is to run; 0: not
 * @id: of the binding
 * @reserved: zero
 *
 * Errors: ENOENT no such binding; EINVAL @active; EBUSY it is being removed.
 */
struct spin_ioc_binding_enable {
	__u32 active;
	__u32 reserved;
	__u64 id;
};

/* What a capability counts; which ones are used depends on its kind. */
enum spin_cap_counter {
	SPIN_COUNT_SENT		= 0,	/* socket: datagrams given to the stack; stream: bytes */
	SPIN_COUNT_FAILED	= 1,	/* socket: datagrams that were not; stream, console, directory: calls */
	SPIN_COUNT_BY_REFERENCE	= 2,	/* socket, stream: payload bytes sent as page references */
	SPIN_COUNT_COPIED	= 3,	/* socket, stream, file: payload bytes the CPU copied */
	SPIN_COUNT_CHECKSUMMED	= 4,	/* socket, stream: payload bytes the CPU read for checksums */
	SPIN_COUNT_READ		= 5,	/* file: references taken to pieces of the page cache */
	SPIN_COUNT_BLITS	= 6,	/* frame buffer: blits done */
	SPIN_COUNT_REFUSED	= 7,	/* frame buffer: blits with wrong arguments */
	SPIN_COUNT_FLUSHES	= 8,	/* frame buffer: flushes done */
	SPIN_COUNT_RECEIVED	= 9,	/* stream: bytes received */
	SPIN_COUNT_OPENED	= 10,	/* directory: files opened */
	SPIN_COUNT_WRITTEN	= 11,	/* console: bytes the terminal took */
	SPIN_COUNT_DISCARDED	= 12,	/* translation: pages taken out */
	SPIN_COUNT_BULK		= 13,	/* socket: datagrams given to a device in bulk */
	SPIN_COUNT_MAX		= 32,
};

/**
 * struct spin_ioc_cap_next - SPIN_IOC_CAP_NEXT: walk the capabilities
 * @kind: out: enum spin_cap_kind
 * @ext_id: in, out: extension, 0 to start; the walk goes on to the next
 *	extension's
 * @slot: in: slot of the last one seen, 0 to start; out: slot of the next
 * @flags: out: SPIN_CAP_* flags
 * @name: out: the name it was granted under
 * @ext: out: name of the extension
 * @what: out: what was granted, for people to read
 * @count: out: counters, by enum spin_cap_counter
 * @id: out: of the capability in the slot; 0: it is empty
 * @rights: out: SPIN_RIGHT_*
 *
 * Errors: ENOENT there is no further one.
 */
struct spin_ioc_cap_next {
	__u32 kind;
	__u32 rights;
	__u64 ext_id;
	__u32 slot;
	__u32 flags;
	char  name[SPIN_NAME_LEN];
	char  ext[SPIN_NAME_LEN];
	char  what[64];
	__u64 count[SPIN_COUNT_MAX];
	__u64 id;
};

/* A device on the way could not do scatter-gather: payload was copied. */
#define SPIN_CAP_DEVICE_COPIES	(1U << 0)
/* It was revoked, or its holder is gone: nobody can use it any more. */
#define SPIN_CAP_REVOKED	(1U << 1)
/* Uses of it that began before it was revoked are still under way. */
#define SPIN_CAP_IN_USE		(1U << 2)

/**
 * struct spin_ioc_cap_tree_next - SPIN_IOC_CAP_TREE_NEXT: walk all capabilities,
 *	those that were derived and those that are in no slot too
 * @kind: out: enum spin_cap_kind
 * @id: in: of the last one seen, 0 to start; out: of the next
 * @parent: out: id of the one it is derived from, or was found by; 0: it was
 *	granted by a user
 * @holder_id: out: id of the extension that may use it
 * @flags: out: SPIN_CAP_*
 * @rights: out: SPIN_RIGHT_*
 * @slots: out: how many slots hold it; 0: there are only pointers in maps, and
 *	references of applications
 * @name: out: the name it, or what it is derived from, was granted under
 * @holder: out: name of that extension
 * @what: out: for people to read
 *
 * Errors: ENOENT there is no further one.
 */
struct spin_ioc_cap_tree_next {
	__u32 kind;
	__u32 slots;
	__u64 id;
	__u64 parent;
	__u64 holder_id;
	__u32 flags;
	__u32 rights;
	char  name[SPIN_NAME_LEN];
	char  holder[SPIN_NAME_LEN];
	char  what[64];
};

/**
 * struct spin_ioc_cap_revoke - SPIN_IOC_CAP_REVOKE: take a capability back
 * @timeout_ms: how long to wait for uses under way; 0: 10 seconds
 * @id: of the capability; 0: what is in slot @name of extension @ext
 * @ext: name of the extension, if @id is 0
 * @name: the name it was granted under, if @id is 0
 * @reserved: zero
 *
 * From this moment on neither the capability nor any that was derived from it
 * can be used by its holders. The request returns when no use is under way any
 * more; if the capability was granted (not derived), the object has been given
 * back then. Packets that are queued with references to a file's pages are
 * still sent.
 *
 * Needs CAP_BPF and CAP_PERFMON, and to own the holder, or the holder of what it
 * is derived from, or CAP_SYS_ADMIN. Errors: ENOENT no such extension or
 * capability; EPERM; ETIMEDOUT, EINTR: it is revoked,
 * and uses are still under way.
 */
struct spin_ioc_cap_revoke {
	__u32 timeout_ms;
	__u32 reserved;
	__u64 id;
	char  ext[SPIN_NAME_LEN];
	char  name[SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_cap_narrow - SPIN_IOC_CAP_NARROW: take rights away, for good
 * @rights: SPIN_RIGHT_* that stay, of those it has
 * @id: as in struct spin_ioc_cap_revoke
 * @ext: as in struct spin_ioc_cap_revoke
 * @name: as in struct spin_ioc_cap_revoke
 * @reserved: zero
 *
 * All that was derived from it loses them, too. A capability of another kind that
 * was found by it keeps rights that mean nothing for this kind. Uses under way go
 * on.
 *
 * Errors: as there; EINVAL no such right; EOPNOTSUPP a right that its kind does not
 * have: nothing is taken.
 */
struct spin_ioc_cap_narrow {
	__u32 rights;
	__u32 reserved;
	__u64 id;
	char  ext[SPIN_NAME_LEN];
	char  name[SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_ext_import - SPIN_IOC_EXT_IMPORT: link an interface
 * @flags: zero
 * @name: name of the interface: "Udp", "Clock", "Console", …
 * @reserved: zero
 *
 * Only kernel functions of imported interfaces may be called, and only events
 * of imported interfaces be handled (SPIN: Domain.Resolve). Interface Domain is
 * linked to every extension. Errors: ENOENT no such interface; EBUSY the
 * extension is committed; ENAMETOOLONG the name does not end within the field.
 */
struct spin_ioc_ext_import {
	__u32 flags;
	__u32 reserved;
	char  name[SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_ext_grant - SPIN_IOC_EXT_GRANT: give a capability
 * @kind: enum spin_cap_kind
 * @name: the name the extension knows it by, unique in the extension
 * @fd: the thing: file, socket, or dma-buf of a dumb buffer
 * @fd2: frame buffer: the DRM device's file, which must be master; else -1
 * @object: frame buffer: DRM frame buffer id; else 0
 * @flags: SPIN_GRANT_LATE, SPIN_GRANT_DERIVE or 0
 * @rights: SPIN_RIGHT_*: what the extension may do with it; 0: what is usual for
 *	@kind
 * @value: a number, for kinds that are granted by one; else 0
 * @from: with SPIN_GRANT_DERIVE: "EXTENSION/NAME", a capability that the caller
 *	may dispose of (EPERM: its extension is another user's, and they have no
 *	CAP_SYS_ADMIN), of that kind (EBADF), with SPIN_RIGHT_PASS (EACCES), not
 *	revoked (EKEYREVOKED); @fd and the like do not count. Else zero
 *
 * Returns the slot, from 1, by which the extension's programs name it. The
 * kernel takes references of its own: the caller may close the descriptors.
 * Errors: EEXIST the name is taken; EBUSY committed already; EINVAL bad name,
 * flag or kind; ENOSPC it holds 63 already;
 * EOPNOTSUPP a right that @kind does not know. Others say why the thing is not what
 * @kind says, with a sentence in the verdict:
 *
 * any	EBADF not open
 * file	EISDIR a directory; EINVAL not a regular file; EACCES not open for
 *	reading; EOPNOTSUPP its file system cannot read page by page, or is not
 *	on a disk
 * socket	ENOTSOCK; EPROTOTYPE not UDP over IPv4; EDESTADDRREQ not bound;
 *	EXDEV of another network name space
 * frame buffer	ENODEV no display, or no DRM at insmod; EOPNOTSUPP a driver that
 *	may move its memory; EACCES not master; ENOENT no such frame buffer;
 *	EINVAL the dma-buf is not its memory, too small, or its pixels are of
 *	another format
 * directory	ENOTDIR; EOPNOTSUPP its file system is not on a disk
 * stream	ENOTSOCK; EPROTOTYPE not TCP over IPv4, or a layer such as TLS
 *	above it; ENOTCONN; EXDEV of another network name space
 * console	ENOTTY not a terminal; EACCES not open for writing; EOPNOTSUPP a
 *	name for another terminal each time (/dev/tty), or the machine's console
 * clock	ERANGE @value is no period; no descriptor is needed
 * region	EINVAL not of SPIN_IOC_TRANSLATION_CREATE
 * strand	EINVAL not of SPIN_IOC_STRAND_REGISTER
 * interface	EINVAL not of SPIN_IOC_DOMAIN_OPEN; EACCES opened without the right to
 *	import, or the extension is confined to a domain that the caller may not
 *	modify; ESTALE the domain is gone
 */
struct spin_ioc_ext_grant {
	__u32 kind;
	__s32 fd;
	char  name[SPIN_NAME_LEN];
	__s32 fd2;
	__u32 object;
	__u32 flags;
	__u32 rights;
	__u64 value;
	char  from[2 * SPIN_NAME_LEN];
};

/* Reserve a slot for a capability of this kind, to be granted later. */
#define SPIN_GRANT_LATE		(1U << 0)
/* Derive it from the one that @from names. */
#define SPIN_GRANT_DERIVE	(1U << 1)

/**
 * struct spin_ioc_cap_grant - SPIN_IOC_CAP_GRANT: grant to a loaded extension
 * @ext: name of the extension
 * @grant: as for SPIN_IOC_EXT_GRANT, but for SPIN_GRANT_LATE; its name is that of a
 *	slot that the extension has, and that is empty or whose capability was
 *	revoked. It is the last member, as it can grow
 *
 * Returns the slot. Needs CAP_BPF and CAP_PERFMON, and to be the extension's
 * owner or CAP_SYS_ADMIN. Errors: ENOENT no such extension, or no such slot;
 * EBUSY it is not loaded; EEXIST something is granted already; EBADF the slot is
 * for another kind; and those of SPIN_IOC_EXT_GRANT. The reason is in the verdict
 * of SPIN_IOC_VERDICT.
 */
struct spin_ioc_cap_grant {
	char  ext[SPIN_NAME_LEN];
	struct spin_ioc_ext_grant grant;
};

/**
 * struct spin_ioc_verdict - SPIN_IOC_VERDICT: why it was refused
 * @prog_id: out: program the refusal is about, 0 if none
 * @insn: out: index of the translated instruction; ~0 if none
 * @text: out: one sentence; empty if nothing was refused
 *
 * On /dev/spin and the descriptor of a domain: why the last request on this file was
 * refused. On that of SPIN_IOC_EXT_CREATE: the last refusal of anything that was done
 * for the extension, by bpf() too, since the last request on this file but
 * SPIN_IOC_EXT_LEAVE; also after the commit. A request that is refused without a
 * sentence leaves none. SPIN_IOC_VERDICT itself, SPIN_IOC_CALL and requests that the
 * file does not know (ENOTTY) change nothing.
 */
struct spin_ioc_verdict {
	__u32 prog_id;
	__u32 insn;
	char  text[SPIN_TEXT_LEN];
};

/**
 * struct spin_ioc_ext_inherit - SPIN_IOC_EXT_INHERIT: take over a capability
 * @flags: zero
 * @name: of the capability, as the extension that is replaced holds it
 * @reserved: zero
 *
 * The two versions share it, counters included, until the old one is gone.
 * Returns the slot, as SPIN_IOC_EXT_GRANT does. Errors: EINVAL it replaces
 * none; ENOENT the other does not hold it; EEXIST, EBUSY, ENOSPC as there.
 */
struct spin_ioc_ext_inherit {
	__u32 flags;
	__u32 reserved;
	char  name[SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_strand_register - SPIN_IOC_STRAND_REGISTER: the calling thread
 *	is a strand from now on
 * @flags: zero
 * @group: a number of the caller's choice, for the extension
 * @id: out: of the strand, never used again
 * @ext: name of the extension that may see it: events Strand.Checkpoint and
 *	Strand.Resume of this thread are raised for its bindings, and for no
 *	other's
 * @reserved: zero
 *
 * Returns a file descriptor, to be closed on exec. When its last holder closes
 * it, the registration ends: at once if the thread itself closes it,
 * else when the thread next returns to user mode. It ends with the thread at
 * the latest. Children have none of their own. The extension may be unloaded,
 * replaced and loaded again meanwhile: consent is by its name.
 *
 * A thread has one registration at a time. Errors: ENOENT no such extension;
 * EBUSY the thread is registered already; EPERM it is a kernel thread's, whose
 * strands are never extensible; EINVAL @flags; ENAMETOOLONG the name does not
 * end within the field.
 */
struct spin_ioc_strand_register {
	__u32 flags;
	__u32 reserved;
	__u64 group;
	__u64 id;
	char  ext[SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_strand_next - SPIN_IOC_STRAND_NEXT: walk the strands
 * @flags: zero
 * @reserved: zero
 * @id: in: id of the last one seen, 0 to start; out: id of the next
 * @group: out: the registrar's number
 * @pid: out: the thread; 0: it has ended and been waited for, or the caller's PID
 *	name space has none
 * @tgid: out: its process; 0: the same
 * @on_ns: out: how long it has been on a CPU since the registration, but for the
 *	turn it is in
 * @off_ns: out: and off
 * @switches: out: how often it was put on one
 * @ext: out: name of the extension that may see it
 *
 * Errors: ENOENT there is no further one; EINVAL @flags.
 */
struct spin_ioc_strand_next {
	__u32 flags;
	__u32 reserved;
	__u64 id;
	__u64 group;
	__u32 pid;
	__u32 tgid;
	__u64 on_ns;
	__u64 off_ns;
	__u64 switches;
	char  ext[SPIN_NAME_LEN];
};

#define SPIN_TRANSLATION_MAX	(1ULL << 40)	/* bytes of a range */

/**
 * struct spin_ioc_translation_create - SPIN_IOC_TRANSLATION_CREATE: a range of
 *	memory whose pages an extension supplies (SPIN: Translation.Create)
 * @flags: zero
 * @length: of the range, in bytes; a multiple of the page size, at most
 *	SPIN_TRANSLATION_MAX
 * @tag: a number of the caller's choice, for the extension
 * @id: out: of the range, never used again; zero when asking
 * @ext: name of the extension that may supply its pages: event
 *	Translation.PageNotPresent is raised for its bindings, and for no other's
 * @reserved: zero
 *
 * Returns a file descriptor, to be closed on exec, that can be mapped: by
 * MAP_SHARED, not to be executed, within @length (else EINVAL, EPERM, EINVAL).
 * The first touch of a page, by any task and through any mapping, raises
 * the event, and waits until it is answered or the process is killed; the page
 * then stays, for all, until descriptor and mappings are gone. A page that no
 * handler supplies is a SIGBUS, or EFAULT from a system call; the next touch
 * asks again. Some cannot wait and see only pages that are there already
 * (MAP_POPULATE): a debugger (ptrace, /proc/PID/mem), a core dump, a system call
 * that pins memory for long (registering buffers of io_uring). A child shares the
 * range. The extension may be unloaded, replaced and loaded again meanwhile:
 * consent is by its name.
 *
 * Needs nothing but an open /dev/spin. Pages cannot be swapped out; they are
 * charged to the memory cgroup of the task that touched them first, and there
 * is a limit for all ranges together (the module's parameter
 * translation_pages).
 *
 * Errors: ENOENT no such extension; EINVAL @flags, @length; EFBIG @length is too
 * large; ENAMETOOLONG the name does not end within the field; EMFILE, ENFILE,
 * ENOMEM.
 */
struct spin_ioc_translation_create {
	__u32 flags;
	__u32 reserved;
	__u64 length;
	__u64 tag;
	__u64 id;
	char  ext[SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_translation_next - SPIN_IOC_TRANSLATION_NEXT: walk the ranges
 * @flags: zero
 * @id: in: id of the last one seen, 0 to start; out: id of the next
 * @length: out: in bytes
 * @tag: out: its creator's number
 * @present: out: pages that are there
 * @faults: out: raises of Translation.PageNotPresent for it
 * @refused: out: raises that gave no page
 * @empty: out: those of them in which a handler said SPIN_FAULT_RESOLVED and had
 *	not made a page
 * @ext: out: name of the extension that may supply its pages
 * @unasked: out: faults in which no handler was asked, for want of stack
 * @reserved: zero
 *
 * Errors: ENOENT there is no further one.
 */
struct spin_ioc_translation_next {
	__u32 flags;
	__u32 reserved;
	__u64 id;
	__u64 length;
	__u64 tag;
	__u64 present;
	__u64 faults;
	__u64 refused;
	__u64 empty;
	char  ext[SPIN_NAME_LEN];
	__u64 unasked;
};

/* ---- procedures ------------------------------------------------------ */

#define SPIN_CALL_SIZE_MAX	64	/* bytes of a call's argument block */
#define SPIN_PROC_MEMBERS_MAX	16	/* arguments of a procedure */
#define SPIN_PROC_COST_DEFAULT	1024	/* instructions, if none are named */
#define SPIN_PROC_COST_MAX	3072
#define SPIN_PROC_TEXT_LEN	192	/* a prototype, for people; with the NUL */
#define SPIN_PROCEDURES_MAX	63	/* that an extension imports and exports */

/* Flags of a procedure, which are part of its prototype. */
#define SPIN_PROC_SLEEPABLE	(1U << 0)	/* its handlers may sleep */
#define SPIN_PROC_VAR		(1U << 1)	/* the block is copied back */

/* Flags of an export. */
#define SPIN_PROC_PUBLIC	(1U << 0)	/* all may call it, and handle it */

/**
 * struct spin_proc_member - an argument of a procedure
 * @offset: in the argument block, in bytes
 * @size: in bytes; of an array, of all of it
 * @kind: 0: numbers; else enum spin_cap_kind: the caller's slot of a capability,
 *	4 bytes; the callee finds it by SPIN_SLOT_ARGUMENT + n, the n-th of the
 *	prototype's
 */
struct spin_proc_member {
	__u16 offset;
	__u16 size;
	__u32 kind;
};

/**
 * struct spin_prototype - the type of a procedure
 * @size: of the argument block: a multiple of 8, 8 to SPIN_CALL_SIZE_MAX
 * @flags: SPIN_PROC_*
 * @cost_max: one that cannot sleep: instructions a call may take, all its handlers
 *	together; 0: SPIN_PROC_COST_DEFAULT. Of a sleepable one: 0
 * @members: how many there are of @member
 * @member: by increasing offset, not overlapping; the rest is zero
 *
 * Callers and exporter have the same, or are not linked.
 */
struct spin_prototype {
	__u32 size;
	__u32 flags;
	__u32 cost_max;
	__u32 members;
	struct spin_proc_member member[SPIN_PROC_MEMBERS_MAX];
};

/* How an import stands. */
enum spin_proc_link {
	SPIN_LINK_BOUND		= 1,	/* calls reach the exporter */
	SPIN_LINK_UNBOUND	= 2,	/* nobody exports it; calls fail: ENXIO */
	SPIN_LINK_MISMATCH	= 3,	/* it is exported with another prototype */
	SPIN_LINK_DENIED	= 4,	/* its exporter does not let it; EACCES */
};

/**
 * struct spin_ioc_ext_procedure - SPIN_IOC_EXT_PROC_IMPORT,
 *	SPIN_IOC_EXT_PROC_EXPORT: an extension calls, or offers, a procedure
 * @flags: zero; of an export, SPIN_PROC_PUBLIC
 * @interface: its name, as SPIN_IOC_EXT_CREATE wants names
 * @procedure: its name, as SPIN_IOC_EXT_CREATE wants names
 * @prototype: its type
 * @status: out: enum spin_proc_link, of an import
 * @text: the prototype for people: "SendPacket(file clip, u32 len)"; not compared
 *
 * Before the commit. Returns the slot, from 1, by which the extension's programs
 * call it. An import of what nobody exports yet succeeds, and is bound as soon
 * as somebody does whose authorizer allows it. An export begins with the commit
 * and ends with the extension; the next version (SPIN_EXT_REPLACE) takes it over
 * at one instant.
 *
 * Errors: EINVAL bad name, flag or prototype; ENAMETOOLONG a name or @text does not
 * end within its field; EEXIST declared twice by the
 * extension, or the interface is another's (a kernel module's, or another
 * extension's); EPROTOTYPE it is exported with another prototype; EACCES,
 * EPERM, or what else its exporter's authorizer returned; ENOSPC there are
 * SPIN_PROCEDURES_MAX; EBUSY committed already, or templates are attached; EDQUOT;
 * ENOMEM. The reason is in the verdict.
 */
struct spin_ioc_ext_procedure {
	__u32 flags;
	__u32 status;
	char  interface[SPIN_NAME_LEN];
	char  procedure[SPIN_NAME_LEN];
	struct spin_prototype prototype;
	char  text[SPIN_PROC_TEXT_LEN];
};

/**
 * struct spin_ioc_proc_next - SPIN_IOC_PROC_NEXT: walk the procedures
 * @flags: out: SPIN_PROC_PUBLIC, while it is exported
 * @id: in: id of the last one seen, 0 to start; out: id of the next, which is
 *	that of its event
 * @interface: out: its interface
 * @procedure: out: its name
 * @prototype: out: its type
 * @hash: out: of the prototype, to tell two of one name apart
 * @exporter_id: out: extension that exports it; 0: none
 * @exporter: out: its name
 * @importers: out: how many extensions import it
 * @bindings: out: how many handlers it has, active or not, the exporter's own
 *	included
 * @calls: out: calls that found a handler
 * @unserved: out: calls that nobody answered
 * @served: out: 1 if its exporter is loaded
 * @text: out: the prototype for people
 *
 * Errors: ENOENT there is no further one.
 */
struct spin_ioc_proc_next {
	__u32 flags;
	__u32 served;
	__u64 id;
	char  interface[2 * SPIN_NAME_LEN];
	char  procedure[SPIN_NAME_LEN];
	struct spin_prototype prototype;
	__u64 hash;
	__u64 exporter_id;
	char  exporter[SPIN_NAME_LEN];
	__u32 importers;
	__u32 bindings;
	__u64 calls;
	__u64 unserved;
	char  text[SPIN_PROC_TEXT_LEN];
};

/**
 * struct spin_ioc_proc_link_next - SPIN_IOC_PROC_LINK_NEXT: walk the imports of
 *	procedures
 * @status: out: enum spin_proc_link
 * @id: in: of the last procedure seen, 0 to start; out: of the procedure
 * @ext_id: in: of the importer last seen; out: of the importer
 * @slot: out: by which it calls it
 * @error: out: what its exporter's authorizer returned, negative; else 0
 * @ext: out: name of the importer
 * @reserved: zero
 *
 * Errors: ENOENT there is no further one.
 */
struct spin_ioc_proc_link_next {
	__u32 status;
	__u32 slot;
	__u64 id;
	__u64 ext_id;
	__s32 error;
	__u32 reserved;
	char  ext[SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_connect - SPIN_IOC_CONNECT: calls by this open file are for an
 *	extension from now on
 * @flags: zero
 * @file: out: number of the open file, as the extension sees it; never used
 *	again
 * @ext: in: name of the extension
 * @reserved: zero
 *
 * The extension may be unloaded, replaced and loaded again meanwhile: consent is
 * by its name. It lasts as long as the open file, however many processes share
 * that (fork, descriptors that are passed), and cannot be taken back: open
 * /dev/spin again to connect to another one.
 *
 * Needs nothing but an open /dev/spin. Errors: ENOENT no such extension; EISCONN
 * it is connected already; EINVAL @flags; ENAMETOOLONG the name does not end
 * within the field; ENOMEM.
 */
struct spin_ioc_connect {
	__u32 flags;
	__u32 reserved;
	__u64 file;
	char  ext[SPIN_NAME_LEN];
};

#define SPIN_CALL_ARGS		4	/* words that go along with a call */
#define SPIN_CALL_BUFFER_MAX	65536	/* bytes of a buffer */

/* Flags of a call. */
#define SPIN_CALL_IN		(1U << 0)	/* the buffer goes to the extension */
#define SPIN_CALL_OUT		(1U << 1)	/* it comes back from it */

/**
 * struct spin_ioc_call - SPIN_IOC_CALL: a system call to the extension that this
 *	open file is connected to (SPIN: Trap.SystemCall)
 * @flags: SPIN_CALL_IN, SPIN_CALL_OUT: there is a buffer
 * @references: how many capabilities go along, at most SPIN_ARGUMENTS_MAX
 * @number: what is asked for, as the extension defines it
 * @arg: words for the extension
 * @result: out: its answer; 0 if it set none. As it was if the call fails
 * @ref: references to capabilities, in this open file's table: the extension may
 *	use them, with the rights that the references have, during the call
 * @buffer: address of the buffer; ignored without a flag
 * @len: its length in bytes, 1 to SPIN_CALL_BUFFER_MAX; ignored without a flag
 *
 * The kernel copies the buffer before the call (or clears its copy, without
 * SPIN_CALL_IN) and back after it: the extension never sees the caller's memory.
 * References to values go along as words.
 *
 * Returns 0, or the errno that the extension answered with. Errors of the
 * kernel's: ENOTCONN the file is not connected; ENXIO the extension is not
 * loaded; ENOSYS it does not know such a call (all its handlers passed, or were
 * made inactive); ENOENT a
 * reference that stands for nothing (any more); EBADF one that is to no
 * capability; ESTALE one to something of an extension that is gone; EKEYREVOKED
 * one to a capability that was revoked; EINVAL, E2BIG, EFAULT, ENOMEM. None of
 * these but EFAULT has an effect: no handler did anything but pass.
 */
struct spin_ioc_call {
	__u32 flags;
	__u32 references;
	__u64 number;
	__u64 arg[SPIN_CALL_ARGS];
	__u64 result;
	__u64 ref[SPIN_ARGUMENTS_MAX];
	__u64 buffer;
	__u64 len;
};

/* ---- domains and names ------------------------------------------------ */

#define SPIN_PATH_LEN		128	/* the name of a domain, with the NUL */
#define SPIN_PATH_DEPTH		8	/* components of such a name */
#define SPIN_EXPORTS_MAX	256	/* interfaces of a domain */

enum spin_domain_kind {
	SPIN_DOMAIN_MODULE	= 1,	/* an interface of a kernel module */
	SPIN_DOMAIN_EXTENSION	= 2,	/* what an extension exports */
	SPIN_DOMAIN_AGGREGATE	= 3,	/* made by a user, of others */
};

/* What one may do with a domain (SPIN: import, modify). */
#define SPIN_DOMAIN_IMPORT	(1U << 0)	/* link to what it exports */
#define SPIN_DOMAIN_MODIFY	(1U << 1)	/* change it, limit it, end it */

/**
 * struct spin_ioc_domain_create - SPIN_IOC_DOMAIN_CREATE: a new, empty domain
 * @flags: zero
 * @name: its name: components as extensions' names, with '/' between them. What
 *	is before the last '/' must be a domain that the caller may modify. The
 *	names of users other than root begin with "uUID/", which the kernel adds
 * @reserved: zero
 *
 * Returns a file descriptor that stands for the domain, with all rights to it
 * (SPIN: Domain.Create). The domain stays until SPIN_IOC_DOMAIN_DESTROY.
 *
 * Errors: EEXIST a domain, an extension or an interface has this name; ENOENT,
 * ENOTDIR, EACCES the domain it is to be in is not there, cannot have others in
 * it, or may not be modified; EINVAL bad name; ENAMETOOLONG; EDQUOT the user has
 * too many domains; EPERM CAP_BPF and CAP_PERFMON are needed. The reason is in
 * the verdict of SPIN_IOC_VERDICT, here and in all that follows.
 */
struct spin_ioc_domain_create {
	__u32 flags;
	__u32 reserved;
	char  name[SPIN_PATH_LEN];
};

/**
 * struct spin_ioc_domain_open - SPIN_IOC_DOMAIN_OPEN: a domain by its name
 * @rights: SPIN_DOMAIN_* wanted; 0: all the caller may have
 * @name: looked up among the caller's own first; every domain on the way must
 *	let the caller import
 * @reserved: zero
 *
 * Returns a file descriptor with these rights, which can be passed to others.
 *
 * Errors: ENOENT no such name; EACCES the rights are not to be had, or a domain
 * on the way says no; EINVAL, ENAMETOOLONG.
 */
struct spin_ioc_domain_open {
	__u32 rights;
	__u32 reserved;
	char  name[SPIN_PATH_LEN];
};

/**
 * struct spin_ioc_domain_next - SPIN_IOC_DOMAIN_NEXT: walk the domains
 * @kind: out: enum spin_domain_kind
 * @id: in: id of the last one seen, 0 to start; out: id of the next
 * @ext_id: out: of the extension whose domain it is; else 0
 * @uid: out: its owner, in the caller's user name space
 * @rights: out: SPIN_DOMAIN_* that others than the owner have
 * @exports: out: how many interfaces it exports
 * @confined: out: how many extensions may import from it only
 * @throttled: out: 1 if its handlers are not run because they used too much of
 *	the processor
 * @name: out
 * @within: out: of an extension: name of the domain it is confined to, or ""
 * @used: out: of an extension: by enum spin_quota_kind. Of packets: how many ever;
 *	of the processor: thousandths in the last period, while there is a limit
 * @limit: out: its limits, by enum spin_quota_kind; SPIN_QUOTA_NONE: none
 * @refused: out: how often it was refused more, by enum spin_quota_kind
 *
 * Errors: ENOENT there is no further one.
 */
struct spin_ioc_domain_next {
	__u32 kind;
	__u32 throttled;
	__u64 id;
	__u64 ext_id;
	__u32 uid;
	__u32 rights;
	__u32 exports;
	__u32 confined;
	char  name[SPIN_PATH_LEN];
	char  within[SPIN_PATH_LEN];
	__u64 used[SPIN_QUOTA_KINDS];
	__u64 limit[SPIN_QUOTA_KINDS];
	__u64 refused[SPIN_QUOTA_KINDS];
};

/**
 * struct spin_ioc_name_lookup - SPIN_IOC_NAME_LOOKUP: ask the nameserver
 * @flags: 0, or SPIN_LOOKUP_DEMAND: if there is none, have the kernel load a
 *	module that says it exports an interface of this name (needs CAP_BPF and
 *	CAP_PERFMON)
 * @name: of a domain, or of an interface that an extension exports; out: the
 *	full name of the domain
 * @id: out: of the domain
 * @kind: out: enum spin_domain_kind
 * @rights: out: SPIN_DOMAIN_* that the caller has
 * @reserved: zero
 *
 * Errors: ENOENT; EACCES a domain on the way says no; EINVAL, ENAMETOOLONG.
 */
struct spin_ioc_name_lookup {
	__u32 flags;
	__u32 kind;
	__u64 id;
	__u32 rights;
	__u32 reserved;
	char  name[SPIN_PATH_LEN];
};

#define SPIN_LOOKUP_DEMAND	(1U << 0)

enum spin_export_state {
	SPIN_EXPORT_ABSENT	= 0,	/* nobody offers it now */
	SPIN_EXPORT_KERNEL	= 1,	/* kernel functions and events */
	SPIN_EXPORT_PROCEDURES	= 2,	/* procedures of an extension */
};

/**
 * struct spin_ioc_domain_export_next - SPIN_IOC_DOMAIN_EXPORT_NEXT: walk the
 *	interfaces that a domain exports
 * @state: out: enum spin_export_state
 * @id: of the domain
 * @index: in: how many were seen; out: one more
 * @imported: out: 1: it is not an export but an import of the extension whose
 *	domain it is; 2: such a one that is unresolved. These come last
 * @name: out: of the interface
 * @reserved: zero
 *
 * Errors: ENOENT there is no further one, or no such domain.
 */
struct spin_ioc_domain_export_next {
	__u32 state;
	__u32 imported;
	__u64 id;
	__u32 index;
	__u32 reserved;
	char  name[2 * SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_domain_combine - SPIN_IOC_DOMAIN_COMBINE: export what another
 *	domain exports, too
 * @fd: of the other domain, with the right to import
 * @interface: which of its interfaces; "": all there are now
 * @reserved: zero
 *
 * On the descriptor of an aggregate, with the right to modify it. What it
 * exports is a set of names: an interface that the other domain exports later is
 * not in it, and one whose exporter is gone is there again with its exporter.
 * So domains cannot form a circle, and the other may end.
 *
 * Errors: EBADF, EINVAL @fd is not a domain; EACCES, EPERM a right is missing;
 * EINVAL not an aggregate; ENOENT the other does not export @interface; ENOSPC
 * too many; ESTALE it was destroyed.
 */
struct spin_ioc_domain_combine {
	__s32 fd;
	__u32 reserved;
	char  interface[2 * SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_domain_remove - SPIN_IOC_DOMAIN_REMOVE: export it no more
 * @flags: zero
 * @interface: which
 * @reserved: zero
 *
 * On the descriptor of an aggregate, with the right to modify it. Extensions that
 * have imported the interface keep it: see SPIN_IOC_DOMAIN_RESOLVE.
 */
struct spin_ioc_domain_remove {
	__u32 flags;
	__u32 reserved;
	char  interface[2 * SPIN_NAME_LEN];
};

/**
 * struct spin_ioc_domain_rights - SPIN_IOC_DOMAIN_RIGHTS: what others may do
 * @rights: SPIN_DOMAIN_* for all but the owner, by later SPIN_IOC_DOMAIN_OPEN
 * @reserved: zero
 *
 * With the right to modify. For aggregates and extensions' domains.
 */
struct spin_ioc_domain_rights {
	__u32 rights;
	__u32 reserved;
};

/**
 * struct spin_ioc_domain_limit - SPIN_IOC_DOMAIN_LIMIT: set a limit
 * @what: enum spin_quota_kind
 * @limit: how much; SPIN_QUOTA_NONE: as much as it wants
 * @reserved: zero
 *
 * On the descriptor of an extension's domain, with the right to modify it, or
 * that of SPIN_IOC_EXT_CREATE. May be less than what is used. The next version
 * of the extension (SPIN_EXT_REPLACE) has the same limits.
 */
struct spin_ioc_domain_limit {
	__u32 what;
	__u32 reserved;
	__u64 limit;
};

#define SPIN_RESOLVE_UNDO	(1U << 0)	/* SPIN: Unresolve */

/**
 * struct spin_ioc_domain_resolve - SPIN_IOC_DOMAIN_RESOLVE: link an import of a
 *	loaded extension again, or undo it
 * @flags: 0, or SPIN_RESOLVE_UNDO
 * @interface: an interface it imported when it was loaded
 * @bindings: out: how many bindings are active again, or are not any more
 * @procedures: in: zero; out: of an interface that another extension exports: how
 *	many of its procedures can be called again, or fail with EACCES from now on
 * @text: out: names of the bindings, as many as fit
 * @reserved: zero
 *
 * On the descriptor of an extension's domain, with the right to modify it.
 * Unresolved, bindings whose programs call a function of the interface, or whose
 * event belongs to it, are inactive, and none of their programs runs when the
 * request returns, but that the last tick of a Clock.Tick binding may; and no
 * further ones can be made. To resolve asks the interface's authorizer again.
 *
 * Errors: ENOENT it does not import it, or nobody exports it; EALREADY it is
 * resolved, or is not; EACCES the authorizer says no; EDQUOT, ENOMEM there is
 * no room for a binding: it stays unresolved.
 */
struct spin_ioc_domain_resolve {
	__u32 flags;
	__u32 bindings;
	char  interface[2 * SPIN_NAME_LEN];
	__u32 procedures;
	__u32 reserved;
	char  text[SPIN_TEXT_LEN];
};

/**
 * struct spin_ioc_ext_domain - SPIN_IOC_EXT_DOMAIN: confine an extension
 * @fd: of an aggregate, with the right to import
 * @reserved: zero
 *
 * On the descriptor of SPIN_IOC_EXT_CREATE, before any import: the extension may
 * import what the domain exports, and nothing else. Its next version is
 * confined to the same, unless it says otherwise.
 *
 * Errors: EBADF, EINVAL not an aggregate; EACCES no right to import; EBUSY it has
 * imported or exported something, or is committed; ESTALE the domain was destroyed.
 */
struct spin_ioc_ext_domain {
	__s32 fd;
	__u32 reserved;
};
#define SPIN_REFERENCES_MAX	1024	/* of an open file */

/**
 * struct spin_ioc_ref_copy - SPIN_IOC_REF_COPY: a reference from another open
 *	file's table, in this one's
 * @flags: zero
 * @fd: the other file: of /dev/spin, connected to the same extension; may be this
 *	one
 * @rights: SPIN_RIGHT_* that the copy is to have, of those that the reference has;
 *	0: all of them. A value has none
 * @ref: in: the reference, in the other's table; out: the copy, in this one's
 * @reserved: zero
 *
 * By this a process hands over what it may do with one thing; by passing its
 * descriptor it would hand over all of its references. Errors: EBADF @fd;
 * EINVAL it is not of /dev/spin, @flags, unknown @rights; EXDEV it is connected to
 * another extension, or this one is; ENOTCONN to none; EPERM rights that it does
 * not have, or it lacks SPIN_RIGHT_PASS; ENOENT, ESTALE, EKEYREVOKED the
 * reference; ENOSPC there are SPIN_REFERENCES_MAX in this table; ENOMEM.
 */
struct spin_ioc_ref_copy {
	__u32 flags;
	__u32 rights;
	__s32 fd;
	__u32 reserved;
	__u64 ref;
};

/**
 * struct spin_ioc_ref_delete - SPIN_IOC_REF_DELETE: a reference is not needed any
 *	more
 * @flags: zero
 * @ref: which
 * @reserved: zero
 *
 * Copies of it stay. Calls that use it go on. Errors: ENOENT it stands for
 * nothing (any more); EINVAL @flags.
 */
struct spin_ioc_ref_delete {
	__u32 flags;
	__u32 reserved;
	__u64 ref;
};

/**
 * struct spin_ioc_ref_next - SPIN_IOC_REF_NEXT: walk this open file's references
 * @flags: out: SPIN_REF_* flags
 * @ref: in: the last one seen, 0 to start; out: the next
 * @kind: out: enum spin_cap_kind; SPIN_CAP_VALUE: a number of the extension's own
 * @rights: out: SPIN_RIGHT_*
 * @type: out: of a value: the extension's word for what it is
 * @reserved: zero
 *
 * Errors: ENOENT there is no further one.
 */
struct spin_ioc_ref_next {
	__u32 flags;
	__u32 kind;
	__u64 ref;
	__u32 rights;
	__u32 reserved;
	__u64 type;
};

#define SPIN_REF_STALE		(1U << 0)	/* its extension is gone */
#define SPIN_REF_REVOKED	(1U << 1)	/* the capability was revoked */

/*
 * The number of a request says how large its block is and which way it goes:
 * _IOW: to the kernel, _IOR: from it, _IOWR: both.
 */
#define SPIN_IOC_TYPE		0xE7	/* see Documentation/abi.rst */
#define SPIN_IO(NR)		_IO(SPIN_IOC_TYPE, NR)
#define SPIN_IOW(NR, BLOCK)	_IOW(SPIN_IOC_TYPE, NR, struct spin_ioc_##BLOCK)
#define SPIN_IOR(NR, BLOCK)	_IOR(SPIN_IOC_TYPE, NR, struct spin_ioc_##BLOCK)
#define SPIN_IOWR(NR, BLOCK)	_IOWR(SPIN_IOC_TYPE, NR, struct spin_ioc_##BLOCK)

/* These requests are made on /dev/spin, about the module and this open file. */
#define SPIN_IOC_VERSION		SPIN_IOR(0x00, version)
/* This one is made on the descriptor of an extension or a domain, too. */
#define SPIN_IOC_VERDICT		SPIN_IOR(0x01, verdict)
/* The time of guards and handlers is taken while this file stays open. */
#define SPIN_IOC_TIMING			SPIN_IO(0x02)
#define SPIN_IOC_CONNECT		SPIN_IOWR(0x08, connect)
#define SPIN_IOC_CALL			SPIN_IOWR(0x09, call)
#define SPIN_IOC_REF_COPY		SPIN_IOWR(0x0a, ref_copy)
#define SPIN_IOC_REF_DELETE		SPIN_IOW(0x0b, ref_delete)
#define SPIN_IOC_REF_NEXT		SPIN_IOWR(0x0c, ref_next)

/* Extensions. */
#define SPIN_IOC_EXT_CREATE		SPIN_IOW(0x10, ext_create)
#define SPIN_IOC_EXT_UNLOAD		SPIN_IOW(0x11, ext_unload)
#define SPIN_IOC_EXT_NEXT		SPIN_IOWR(0x12, ext_next)

/* Events, templates, bindings. */
#define SPIN_IOC_EVENT_NEXT		SPIN_IOWR(0x20, event_next)
#define SPIN_IOC_TEMPLATE_NEXT		SPIN_IOWR(0x21, template_next)
#define SPIN_IOC_BINDING_NEXT		SPIN_IOWR(0x22, binding_next)
#define SPIN_IOC_BINDING_INSTALL	SPIN_IOWR(0x23, binding_install)
#define SPIN_IOC_BINDING_REMOVE		SPIN_IOW(0x24, binding_remove)
#define SPIN_IOC_BINDING_ENABLE		SPIN_IOW(0x25, binding_enable)

/* Capabilities. */
#define SPIN_IOC_CAP_NEXT		SPIN_IOWR(0x30, cap_next)
#define SPIN_IOC_CAP_TREE_NEXT		SPIN_IOWR(0x31, cap_tree_next)
#define SPIN_IOC_CAP_GRANT		SPIN_IOW(0x32, cap_grant)
#define SPIN_IOC_CAP_NARROW		SPIN_IOW(0x33, cap_narrow)
#define SPIN_IOC_CAP_REVOKE		SPIN_IOW(0x34, cap_revoke)

/* Procedures. */
#define SPIN_IOC_PROC_NEXT		SPIN_IOWR(0x40, proc_next)
#define SPIN_IOC_PROC_LINK_NEXT		SPIN_IOWR(0x41, proc_link_next)

/* Domains and names. */
#define SPIN_IOC_DOMAIN_CREATE		SPIN_IOW(0x50, domain_create)
#define SPIN_IOC_DOMAIN_OPEN		SPIN_IOW(0x51, domain_open)
#define SPIN_IOC_DOMAIN_NEXT		SPIN_IOWR(0x52, domain_next)
#define SPIN_IOC_DOMAIN_EXPORT_NEXT	SPIN_IOWR(0x53, domain_export_next)
#define SPIN_IOC_NAME_LOOKUP		SPIN_IOWR(0x54, name_lookup)

/* Services. */
#define SPIN_IOC_STRAND_REGISTER	SPIN_IOWR(0x60, strand_register)
#define SPIN_IOC_STRAND_NEXT		SPIN_IOWR(0x61, strand_next)
#define SPIN_IOC_TRANSLATION_CREATE	SPIN_IOWR(0x68, translation_create)
#define SPIN_IOC_TRANSLATION_NEXT	SPIN_IOWR(0x69, translation_next)

/*
 * On the descriptor that SPIN_IOC_EXT_CREATE returned. ENTER, LEAVE and COMMIT
 * take no argument.
 *
 * ENTER: the calling thread writes and attaches struct_ops templates to the
 * extension from now on, until it leaves or ends, the extension is committed,
 * or the descriptor is closed. Errors: EBUSY another thread is in it, or it is
 * committed; EALREADY the thread is in an extension.
 *
 * LEAVE: no thread is in the extension any more. Cannot fail.
 *
 * COMMIT runs the extension's Domain.Initialize handlers, then makes all its
 * bindings active at one instant, or none: after a failed commit the extension
 * is as it was (SPIN: Domain.Initialize). Errors: EBUSY committed already;
 * EINVAL it binds nothing; what a handler returned, whose reason is in the
 * verdict; EINTR killed while waiting for another request.
 */
#define SPIN_IOC_EXT_ENTER		SPIN_IO(0x80)
#define SPIN_IOC_EXT_LEAVE		SPIN_IO(0x81)
#define SPIN_IOC_EXT_COMMIT		SPIN_IO(0x82)
#define SPIN_IOC_EXT_DOMAIN		SPIN_IOW(0x84, ext_domain)
#define SPIN_IOC_EXT_IMPORT		SPIN_IOW(0x85, ext_import)
#define SPIN_IOC_EXT_GRANT		SPIN_IOW(0x86, ext_grant)
#define SPIN_IOC_EXT_INHERIT		SPIN_IOW(0x87, ext_inherit)
#define SPIN_IOC_EXT_PROC_IMPORT	SPIN_IOWR(0x88, ext_procedure)
#define SPIN_IOC_EXT_PROC_EXPORT	SPIN_IOWR(0x89, ext_procedure)

/* These are made on the descriptor of a domain; DESTROY takes no argument. */
#define SPIN_IOC_DOMAIN_COMBINE		SPIN_IOW(0xa0, domain_combine)
#define SPIN_IOC_DOMAIN_REMOVE		SPIN_IOW(0xa1, domain_remove)
#define SPIN_IOC_DOMAIN_RIGHTS		SPIN_IOW(0xa2, domain_rights)
#define SPIN_IOC_DOMAIN_DESTROY		SPIN_IO(0xa3)
#define SPIN_IOC_DOMAIN_LIMIT		SPIN_IOW(0xa4, domain_limit)
#define SPIN_IOC_DOMAIN_RESOLVE		SPIN_IOWR(0xa5, domain_resolve)

#endif /* _UAPI_LINUX_SPIN_H */
