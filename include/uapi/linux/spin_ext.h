/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What the kernel and an extension's programs have in common: the context a
 * handler is given, the struct_ops type of each event, and the argument blocks
 * of kernel functions. No context holds a kernel pointer, so there is nothing
 * to follow out of it; all else is reached through the functions of the
 * imported interfaces.
 */
#ifndef _UAPI_LINUX_SPIN_EXT_H
#define _UAPI_LINUX_SPIN_EXT_H

#include <linux/types.h>
#include <linux/spin.h>

#ifdef __bpf__
#define __spin_type	__attribute__((preserve_access_index))
#else
#define __spin_type
#endif

/**
 * struct spin_ctx - what every context begins with
 * @event_id: id of the event raised, as in SPIN_IOC_EVENT_NEXT
 * @closure: of the binding that runs (SPIN: the closure argument)
 * @result: in a post-guard: what the handler returned; else 0
 * @reserved: zero
 * @sealed: NULL. To the verifier, a structure of nothing but numbers is memory
 *	that a program may make up by itself; one with a pointer in it is not,
 *	so that only the kernel can hand out a context
 *
 * Functions that any handler may call take a pointer to this; a pointer to any
 * context will do (a subtype, in Modula-3's words).
 */
struct spin_ctx {
	__u64 event_id;
	__u64 closure;
	__s32 result;
	__u32 reserved;
	const void *sealed;
} __spin_type;

/**
 * struct bpf_iter_spin_range - the state of a spin_for() loop
 * @__opaque: the kernel's
 */
struct bpf_iter_spin_range {
	__u64 __opaque[2];
} __attribute__((aligned(8)));

/* Results of the events. */
enum spin_verdict {
	SPIN_PASS	= 0,	/* leave it to later handlers and the kernel */
	SPIN_CONSUME	= 1,	/* this handler has taken the packet */
	SPIN_DROP	= 2,	/* the packet goes no further */
};

/**
 * struct spin_udp_packet - context of Udp.PacketArrived
 * @ctx: common part
 * @saddr: source IPv4 address, network byte order
 * @daddr: destination IPv4 address, network byte order
 * @sport: source port, host byte order
 * @dport: destination port, host byte order
 * @len: bytes of payload, behind the UDP header
 * @ifindex: interface it came in by; in a VRF, the VRF's
 * @reserved: zero
 */
struct spin_udp_packet {
	struct spin_ctx ctx;
	__be32 saddr;
	__be32 daddr;
	__u16 sport;
	__u16 dport;
	__u32 len;
	__u32 ifindex;
	__u32 reserved;
} __spin_type;

/* Key fields of Udp.PacketArrived, for struct spin_match. */
enum spin_udp_key {
	SPIN_UDP_DPORT		= 1U << 0,
	SPIN_UDP_SPORT		= 1U << 1,
	SPIN_UDP_SADDR		= 1U << 2,
	SPIN_UDP_DADDR		= 1U << 3,
};

/* By-reference arguments of Udp.PacketArrived, for spin_filter_set(). */
enum spin_udp_reference {
	SPIN_UDP_REF_DPORT	= 0,	/* the port later handlers see */
};

/**
 * struct spin_clock_tick - context of Clock.Tick
 * @ctx: common part
 * @now_ns: CLOCK_MONOTONIC at this tick, nanoseconds
 * @period_ns: period of this binding, nanoseconds
 * @tick: ticks since the binding became active, from 0, missed ones counted
 * @missed: ticks left out since the last one because the handler was still
 *          running, or its thread did not get a CPU
 */
struct spin_clock_tick {
	struct spin_ctx ctx;
	__u64 now_ns;
	__u64 period_ns;
	__u64 tick;
	__u64 missed;
} __spin_type;

/**
 * struct spin_initialize - context of Domain.Initialize
 * @ctx: common part
 * @now_ns: CLOCK_MONOTONIC, nanoseconds
 */
struct spin_initialize {
	struct spin_ctx ctx;
	__u64 now_ns;
} __spin_type;

/**
 * struct spin_strand_switch - context of Strand.Checkpoint and Strand.Resume
 * @ctx: common part
 * @strand: number of the strand, as its registration returned it
 * @group: number that the registrar chose
 * @now_ns: CLOCK_MONOTONIC, nanoseconds
 * @since_ns: when what ends now began: Checkpoint: the time on the CPU;
 *	Resume: the time off it
 * @pid: of the thread (the initial name space's number)
 * @tgid: of its process (likewise)
 * @cpu: where
 * @preempted: Checkpoint: it could go on if it were let; Resume: so it could
 *	when it was taken off
 * @edge: no switch: the registration begins, or ends, while the strand runs on
 * @reserved: zero
 */
struct spin_strand_switch {
	struct spin_ctx ctx;
	__u64 strand;
	__u64 group;
	__u64 now_ns;
	__u64 since_ns;
	__u32 pid;
	__u32 tgid;
	__u32 cpu;
	__u32 preempted;
	__u32 edge;
	__u32 reserved;
} __spin_type;

/* Key fields of Strand.Checkpoint and Strand.Resume, for struct spin_match. */
enum spin_strand_key {
	SPIN_STRAND_ID		= 1U << 0,
	SPIN_STRAND_GROUP	= 1U << 1,
};

/* Results of Translation.PageNotPresent. */
enum spin_fault_result {
	SPIN_FAULT_PASS		= 0,	/* leave it to later handlers; if all do: SIGBUS */
	SPIN_FAULT_RESOLVED	= 1,	/* this handler has supplied the page */
};

/**
 * struct spin_fault - context of Translation.PageNotPresent
 * @ctx: common part
 * @region: number of the range, as its creation returned it
 * @page: index of the page in the range
 * @pages: how many pages the range has
 * @tag: number that the range's creator chose
 * @address: that was touched, in the address space that has the range mapped;
 *	another one may have it mapped elsewhere
 * @write: it was touched to be written
 * @reserved: zero
 */
struct spin_fault {
	struct spin_ctx ctx;
	__u64 region;
	__u64 page;
	__u64 pages;
	__u64 tag;
	__u64 address;
	__u32 write;
	__u32 reserved;
} __spin_type;

/* Key fields of Translation.PageNotPresent, for struct spin_match. */
enum spin_fault_key {
	SPIN_FAULT_REGION	= 1U << 0,
	SPIN_FAULT_PAGE		= 1U << 1,
	SPIN_FAULT_TAG		= 1U << 2,
};

/**
 * struct spin_call - context of Proc.Call: a call of a procedure
 * @ctx: common part
 * @size: bytes of the argument block
 * @reserved: zero
 * @arg: the argument block, as the caller made it; behind @size all zero.
 *	Where the prototype has a capability it is SPIN_SLOT_ARGUMENT + n, or 0
 *	if the caller named none
 */
struct spin_call {
	struct spin_ctx ctx;
	__u32 size;
	__u32 reserved;
	__u64 arg[SPIN_CALL_SIZE_MAX / 8];
} __spin_type;

/* What somebody wants of a procedure. */
enum spin_authorize_operation {
	SPIN_AUTHORIZE_IMPORT	= 1,	/* to call it */
	SPIN_AUTHORIZE_INSTALL	= 2,	/* to have a handler on it */
};

/**
 * struct spin_authorize - context of Domain.Authorize
 * @ctx: common part
 * @operation: enum spin_authorize_operation
 * @uid: user who owns the requester, in the initial user name space
 * @ext_id: of the requester, never reused
 * @key: install: shown by the requester (SPIN: Auth.Key)
 * @closure: install: of the binding
 * @order: install: enum spin_order
 * @flags: install: SPIN_BIND_*
 * @owner: user who owns the exporter, to be compared with @uid
 * @reserved: zero
 * @extension: name of the requester
 * @interface: of the procedure
 * @procedure: its name
 *
 * Names are padded with zeros: see spin_name_is().
 */
struct spin_authorize {
	struct spin_ctx ctx;
	__u32 operation;
	__u32 uid;
	__u64 ext_id;
	__u64 key;
	__u64 closure;
	__u32 order;
	__u32 flags;
	__u32 owner;
	__u32 reserved;
	__u64 extension[SPIN_NAME_LEN / 8];
	__u64 interface[SPIN_NAME_LEN / 8];
	__u64 procedure[SPIN_NAME_LEN / 8];
} __spin_type;

/* Results of Trap.SystemCall and Trap.SystemCallSleepable; else a negative errno. */
enum spin_syscall_result {
	SPIN_SYSCALL_PASS	= 0,	/* leave it to others; if all do: ENOSYS */
	SPIN_SYSCALL_DONE	= 1,	/* this handler has done it */
};

#define SPIN_SYSCALL_ARGS	4	/* words that go along with a call */

/**
 * struct spin_syscall - context of Trap.SystemCall and Trap.SystemCallSleepable
 * @ctx: common part
 * @number: what is asked for, as the extension defines it
 * @file: number of the open file that the call came by: not that of a process,
 *	which may share the file with others, and never used again
 * @arg: words from the caller
 * @uid: effective user of the calling thread (the initial name space's number)
 * @pid: its process (likewise)
 * @references: capabilities that came along: SPIN_SLOT_ARGUMENT to
 *	SPIN_SLOT_ARGUMENT + @references - 1
 * @len: bytes of the caller's buffer, see spin_syscall_load(); 0: none
 */
struct spin_syscall {
	struct spin_ctx ctx;
	__u64 number;
	__u64 file;
	__u64 arg[SPIN_SYSCALL_ARGS];
	__u32 uid;
	__u32 pid;
	__u32 references;
	__u32 len;
} __spin_type;

/* Key fields of the two, for struct spin_match. */
enum spin_syscall_key {
	SPIN_SYSCALL_NUMBER	= 1U << 0,
	SPIN_SYSCALL_FILE	= 1U << 1,
	SPIN_SYSCALL_UID	= 1U << 2,
};

#define SPIN_PARAMS_MAX	4	/* parameters of an event, in its templates */

#ifndef SPIN_TEMPLATE_KERNEL
#define SPIN_TEMPLATE_KERNEL	/* what the kernel keeps with a template */
#endif

/**
 * struct spin_template_value - a template of bindings, as an extension fills it in
 *
 * Each event has a struct_ops type of its own, which is called as the event is:
 * struct Udp_PacketArrived for Udp.PacketArrived. It has the members of this
 * structure; only the context that its programs take is the event's own. An
 * extension defines a variable of the type in section ".struct_ops.link", which
 * SPIN_BIND() does, and the load makes a binding of it.
 *
 * An author has to give @handler; what is left out is zero. If a member is wrong,
 * the load is refused with EINVAL, or with the error at the member, and a sentence
 * names the binding and says what to write.
 *
 * Guards and the post-guard are FUNCTIONAL: they read their context, the bytes of
 * a packet, and maps; they store to their own stack and nowhere else. The verifier
 * refuses others.
 */
struct spin_template_value {
	/**
	 * @guard_fn: a guard, which decides whether the handler runs. Without any
	 * guard the handler always does
	 */
	_Bool (*guard_fn)(struct spin_ctx *ctx);
	/**
	 * @handler: the program to run. Its result has to be one of the event's
	 * (see below); any other is counted as an error and taken as 0
	 */
	int (*handler)(struct spin_ctx *ctx);
	/**
	 * @guard2_fn: a further guard. The guards are asked in their order; all of
	 * them must say yes, and after the first that says no none is asked
	 */
	_Bool (*guard2_fn)(struct spin_ctx *ctx);
	/** @guard3_fn: a further guard */
	_Bool (*guard3_fn)(struct spin_ctx *ctx);
	/**
	 * @post_fn: the post-guard. It is asked after the handler and finds the
	 * handler's result in its context; if it says no, the result is thrown away
	 */
	_Bool (*post_fn)(struct spin_ctx *ctx);
	/** @abi: SPIN_ABI_VERSION, which SPIN_BIND() fills in */
	__u32 abi;
	/** @order: enum spin_order; 0 is SPIN_ORDER_NONE */
	__u32 order;
	/** @flags: SPIN_BIND_CANCEL, SPIN_BIND_FILTER, SPIN_BIND_INACTIVE */
	__u32 flags;
	/**
	 * @slot: 0: the load makes one binding. Any other number: the load makes
	 * none, and handlers make bindings of the template by this number, with
	 * spin_install(). No two templates of an extension have the same number
	 * (EEXIST)
	 */
	__u32 slot;
	/**
	 * @period_us: the period in microseconds, of Clock.Tick only, where it must
	 * be given: 1,000 to 60,000,000 (ERANGE), or from 100 on with a Clock
	 * capability (EACCES)
	 */
	__u32 period_us;
	/** @reserved: zero */
	__u32 reserved;
	/** @mode: zero; for later versions */
	__u32 mode;
	/** @bound_us: zero; for later versions */
	__u32 bound_us;
	/** @queue: zero; for later versions */
	__u32 queue;
	/** @absent: zero; for later versions */
	__s32 absent;
	/** @param: zero; for events of later versions that have parameters */
	__u64 param[SPIN_PARAMS_MAX];
	/** @closure: a number that programs find in their context */
	__u64 closure;
	/** @key: a number that is shown to the event's authorizer */
	__u64 key;
	/** @match: an indexed guard; without fields, it lets every raise through */
	struct spin_match match;
	/**
	 * @procedure: "Interface.Procedure", of Proc.Call only, where it must be
	 * given; SPIN_IMPLEMENT() and SPIN_HANDLE() fill it in
	 */
	char procedure[2 * SPIN_NAME_LEN];
	/**
	 * @relative: the other binding, with SPIN_ORDER_BEFORE and
	 * SPIN_ORDER_AFTER: "BINDING", or "EXTENSION/BINDING" if it is another
	 * extension's
	 */
	char relative[2 * SPIN_NAME_LEN];
	/**
	 * @name: name of the binding: 1 to 31 letters, digits, '-', '_' or '.'.
	 * SPIN_BIND() gives it the variable's name
	 */
	char name[SPIN_NAME_LEN];
	/* private: */
	SPIN_TEMPLATE_KERNEL
};

/*
 * The members of struct spin_template_value in the type of one event, whose programs
 * take @CTX. The module does not compile if the two differ.
 */
#define SPIN_TEMPLATE(CTX)				\
	_Bool (*guard_fn)(CTX);				\
	int (*handler)(CTX);				\
	_Bool (*guard2_fn)(CTX);			\
	_Bool (*guard3_fn)(CTX);			\
	_Bool (*post_fn)(CTX);				\
	__u32 abi;					\
	__u32 order;					\
	__u32 flags;					\
	__u32 slot;					\
	__u32 period_us;				\
	__u32 reserved;					\
	__u32 mode;					\
	__u32 bound_us;					\
	__u32 queue;					\
	__s32 absent;					\
	__u64 param[SPIN_PARAMS_MAX];			\
	__u64 closure;					\
	__u64 key;					\
	struct spin_match match;			\
	char procedure[2 * SPIN_NAME_LEN];		\
	char relative[2 * SPIN_NAME_LEN];		\
	char name[SPIN_NAME_LEN];			\
	SPIN_TEMPLATE_KERNEL

/*
 * The events, where their handlers run, and what these return:
 *
 * Event			Context		Result of the handler
 * Domain.Initialize	sleepable	0, or a negative errno: not loaded
 * Clock.Tick		sleepable	0; all else is counted as an error
 * Udp.PacketArrived	softirq		enum spin_verdict; the first that is
 *					not SPIN_PASS ends the raise
 * Strand.Checkpoint	interrupts off	0; all else is counted as an error
 * Strand.Resume		interrupts off	0; all else is counted as an error
 * Translation.PageNotPresent
 *			sleepable	enum spin_fault_result; the first that
 *					is not SPIN_FAULT_PASS ends the raise
 * Domain.Authorize	atomic		0, or a negative errno: refused
 * Proc.Call		atomic or	the caller's: a number, or a negative
 *			sleepable	errno; that of the last one
 * Trap.SystemCall	atomic		enum spin_syscall_result, or an errno
 *					(-1 to -511), which the caller gets; the
 *					first that is not SPIN_SYSCALL_PASS ends
 *					the raise
 * Trap.SystemCallSleepable
 *			sleepable	as Trap.SystemCall; raised for calls that
 *					all handlers of that passed on
 *
 * Proc.Call is an event for each procedure; the template names it. What a raise does
 * is in Documentation/dispatch.rst.
 */

struct Domain_Initialize {
	SPIN_TEMPLATE(struct spin_initialize *init)
};

struct Clock_Tick {
	SPIN_TEMPLATE(struct spin_clock_tick *tick)
};

struct Udp_PacketArrived {
	SPIN_TEMPLATE(struct spin_udp_packet *pkt)
};

struct Strand_Checkpoint {
	SPIN_TEMPLATE(struct spin_strand_switch *sw)
};

struct Strand_Resume {
	SPIN_TEMPLATE(struct spin_strand_switch *sw)
};

struct Translation_PageNotPresent {
	SPIN_TEMPLATE(struct spin_fault *fault)
};

struct Domain_Authorize {
	SPIN_TEMPLATE(struct spin_authorize *request)
};

struct Proc_Call {
	SPIN_TEMPLATE(struct spin_call *call)
};

struct Trap_SystemCall {
	SPIN_TEMPLATE(struct spin_syscall *call)
};

struct Trap_SystemCallSleepable {
	SPIN_TEMPLATE(struct spin_syscall *call)
};

/**
 * struct spin_install - a binding to make (argument of spin_install())
 * @slot: of the template
 * @order: enum spin_order
 * @flags: SPIN_BIND_*
 * @mode: for later versions, as the next three: zero
 * @bound_us: zero
 * @queue: zero
 * @absent: zero
 * @reserved: zero
 * @relative: id of the binding that Before and After are about; else 0
 * @closure: handed to its programs
 * @key: shown to the event's authorizer (SPIN: Auth.Key)
 * @match: indexed guard
 */
struct spin_install {
	__u32 slot;
	__u32 order;
	__u32 flags;
	__u32 mode;
	__u32 bound_us;
	__u32 queue;
	__s32 absent;
	__u32 reserved;
	__u64 relative;
	__u64 closure;
	__u64 key;
	struct spin_match match;
} __spin_type;

#define SPIN_SEND_HEADER_MAX	64	/* bytes of a header */
#define SPIN_SEND_DEST_MAX	128	/* destinations of one call */
#define SPIN_SEND_LEN_MAX	65000	/* bytes of payload in one call */
#define SPIN_SEND_SEGMENTS_MAX	64	/* datagrams for each destination */

/**
 * struct spin_udp_dest - where to send
 * @addr: IPv4 address, network byte order; unicast
 * @port: host byte order
 * @reserved: zero
 * @saddr: the address to send from, network byte order; 0: the socket's. Another
 *	one only if the socket is not bound to an address, and if it is an
 *	address of this machine, in the VRF if @ifindex is of one
 * @ifindex: of a VRF, or of a device that belongs to one: its routes are used,
 *	as for an answer to what came that way. Of another device: no matter, if
 *	the socket is not bound to a device; 0: the socket's device, if it is
 *	bound to one
 * @room: zero
 */
struct spin_udp_dest {
	__be32 addr;
	__u16 port;
	__u16 reserved;
	__be32 saddr;
	__u32 ifindex;
	__u64 room[2];
} __spin_type;

/**
 * struct spin_send - datagrams, to many (argument of spin_socket_send())
 * @socket: slot of the Socket capability
 * @file: slot of the File capability the payload comes from; 0: no payload
 * @offset: of the payload in the file, in bytes
 * @len: bytes of payload
 * @segment: if not 0, @len is cut into datagrams of so many bytes of payload
 *	each, the last one of what is left; they take the way through the stack
 *	together. Without a header only, and at most SPIN_SEND_SEGMENTS_MAX
 * @reserved: zero
 * @header_len: bytes of @header that go before the payload
 * @room: zero
 * @header: written by the extension, copied once per datagram
 */
struct spin_send {
	__u32 socket;
	__u32 file;
	__u64 offset;
	__u32 len;
	__u32 segment;
	__u32 reserved;
	__u32 header_len;
	__u64 room[2];
	__u8 header[SPIN_SEND_HEADER_MAX];
} __spin_type;

/**
 * struct spin_geometry - of a frame buffer (spin_framebuffer_geometry())
 * @width: pixels
 * @height: pixels
 * @pitch: bytes from one line to the next
 * @format: DRM fourcc code of a pixel
 */
struct spin_geometry {
	__u32 width;
	__u32 height;
	__u32 pitch;
	__u32 format;
} __spin_type;

/**
 * struct spin_region_info - of a range of Translation (spin_region_info())
 * @id: its number, as in struct spin_fault
 * @tag: number that its creator chose
 * @pages: how many it has
 * @present: how many are there
 * @faults: raises of Translation.PageNotPresent for it
 * @refused: raises that gave no page
 * @discarded: pages that were taken out again
 * @room: zero
 */
struct spin_region_info {
	__u64 id;
	__u64 tag;
	__u64 pages;
	__u64 present;
	__u64 faults;
	__u64 refused;
	__u64 discarded;
	__u64 room[2];
} __spin_type;

/**
 * struct spin_strand_info - of a registered strand (spin_strand_info())
 * @strand: its number, as in struct spin_strand_switch
 * @group: number that its registrar chose
 * @on_ns: time on a CPU, up to @since_ns, in nanoseconds
 * @off_ns: time off it, likewise
 * @since_ns: CLOCK_MONOTONIC when it last went on a CPU, or off it
 * @switches: how often it was put on one
 * @pid: of the thread (the initial name space's number)
 * @tgid: of its process (likewise)
 * @running: it is on a CPU
 * @ended: the registration, or the thread, has ended
 * @room: zero
 */
struct spin_strand_info {
	__u64 strand;
	__u64 group;
	__u64 on_ns;
	__u64 off_ns;
	__u64 since_ns;
	__u64 switches;
	__u32 pid;
	__u32 tgid;
	__u32 running;
	__u32 ended;
	__u64 room[2];
} __spin_type;

enum spin_pixels {
	SPIN_PIXELS_RGB24	= 1,	/* three bytes: red, green, blue */
	SPIN_PIXELS_XRGB32	= 2,	/* four bytes, as the display has them */
	SPIN_PIXELS_BGR24	= 3,	/* three bytes: blue, green, red */
	SPIN_PIXELS_RGBX32	= 4,	/* four: red, green, blue, one unused */
	SPIN_PIXELS_BGRX32	= 5,	/* four: blue, green, red, one unused */
};

/**
 * struct spin_blit - pixels of a packet, to the display
 * @framebuffer: slot of the FrameBuffer capability
 * @x: column of the first pixel
 * @y: line
 * @offset: of the first pixel in the packet's payload, in bytes
 * @pixels: how many, at most 512; all on line @y
 * @format: enum spin_pixels
 */
struct spin_blit {
	__u32 framebuffer;
	__u32 x;
	__u32 y;
	__u32 offset;
	__u32 pixels;
	__u32 format;
} __spin_type;

#define SPIN_BLIT_PIECES_MAX	32	/* of one call */

/**
 * struct spin_blit_piece - of a line (argument of spin_framebuffer_blit_pieces())
 * @pixels: how many
 * @y: line
 * @x: column of the first pixel
 */
struct spin_blit_piece {
	__u16 pixels;
	__u16 y;
	__u16 x;
} __spin_type;

#endif /* _UAPI_LINUX_SPIN_EXT_H */
