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
 *
 * Functions that any handler may call take a pointer to this; a pointer to any
 * context will do (a subtype, in Modula-3's words).
 */
struct spin_ctx {
	/** @event_id: id of the event raised, as in SPIN_IOC_EVENT_NEXT */
	__u64 event_id;
	/** @closure: the number that the binding was given for its programs */
	__u64 closure;
	/** @result: what the handler returned, in a post-guard; 0 elsewhere */
	__s32 result;
	/** @reserved: zero */
	__u32 reserved;
	/**
	 * @sealed: NULL. A program may make up a structure that has nothing but
	 * numbers in it. The verifier does not let it make up one that has a
	 * pointer, so only the kernel can hand out a context
	 */
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
 * struct spin_udp_packet - context of Udp.PacketArrived and Udp.PacketSend
 */
struct spin_udp_packet {
	/** @ctx: common part */
	struct spin_ctx ctx;
	/** @saddr: source IPv4 address, network byte order */
	__be32 saddr;
	/** @daddr: destination IPv4 address, network byte order */
	__be32 daddr;
	/** @sport: source port, host byte order */
	__u16 sport;
	/** @dport: destination port, host byte order */
	__u16 dport;
	/** @len: bytes of payload, behind the UDP header */
	__u32 len;
	/**
	 * @ifindex: Udp.PacketArrived: the device that it came in by, or the VRF of
	 * that device; Udp.PacketSend: the device that it is about to leave by
	 */
	__u32 ifindex;
	/** @reserved: zero */
	__u32 reserved;
} __spin_type;

/* Key fields of Udp.PacketArrived and Udp.PacketSend, for struct spin_match. */
enum spin_udp_key {
	SPIN_UDP_DPORT		= 1U << 0,
	SPIN_UDP_SPORT		= 1U << 1,
	SPIN_UDP_SADDR		= 1U << 2,
	SPIN_UDP_DADDR		= 1U << 3,
};

/* By-reference arguments of these two, for spin_filter_set(). */
enum spin_udp_reference {
	SPIN_UDP_REF_DPORT	= 0,	/* the port later handlers see */
};

/**
 * struct spin_clock_tick - context of Clock.Tick
 */
struct spin_clock_tick {
	/** @ctx: common part */
	struct spin_ctx ctx;
	/** @now_ns: CLOCK_MONOTONIC at this tick, in nanoseconds */
	__u64 now_ns;
	/** @period_ns: period of this binding, in nanoseconds */
	__u64 period_ns;
	/**
	 * @tick: number of this tick; the first one since the binding became active
	 * is 0, and missed ones count
	 */
	__u64 tick;
	/**
	 * @missed: how many ticks were left out since the last one, because the
	 * handler was still running or its thread did not get a CPU
	 */
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
 */
struct spin_strand_switch {
	/** @ctx: common part */
	struct spin_ctx ctx;
	/** @strand: number of the strand, as its registration returned it */
	__u64 strand;
	/** @group: number that the registering process chose */
	__u64 group;
	/** @now_ns: CLOCK_MONOTONIC, in nanoseconds */
	__u64 now_ns;
	/**
	 * @since_ns: CLOCK_MONOTONIC at the switch before this one: when the strand
	 * went on the CPU (Checkpoint) or off it (Resume)
	 */
	__u64 since_ns;
	/** @pid: number of the thread in the initial name space */
	__u32 pid;
	/** @tgid: number of its process in the initial name space */
	__u32 tgid;
	/** @cpu: number of the CPU */
	__u32 cpu;
	/**
	 * @preempted: 1 if the strand was preempted when it went off the CPU, so
	 * that it was still runnable; 0 if it blocked
	 */
	__u32 preempted;
	/**
	 * @edge: 1 if this is no switch: the registration begins or ends while the
	 * strand goes on running
	 */
	__u32 edge;
	/** @reserved: zero */
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
 */
struct spin_fault {
	/** @ctx: common part */
	struct spin_ctx ctx;
	/** @region: number of the range, as its creation returned it */
	__u64 region;
	/** @page: index of the page in the range, from 0 */
	__u64 page;
	/** @pages: how many pages the range has */
	__u64 pages;
	/** @tag: number that the range's creator chose */
	__u64 tag;
	/**
	 * @address: address that was touched, in the address space of the toucher;
	 * another process may have the range mapped elsewhere
	 */
	__u64 address;
	/** @write: 1 if the page was touched to be written, 0 if to be read */
	__u32 write;
	/** @reserved: zero */
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
 */
struct spin_call {
	/** @ctx: common part */
	struct spin_ctx ctx;
	/** @size: bytes of the argument block */
	__u32 size;
	/** @reserved: zero */
	__u32 reserved;
	/**
	 * @arg: the argument block, as the caller made it; zero behind @size.
	 * Where the prototype has a capability, the word is SPIN_SLOT_ARGUMENT + n,
	 * or 0 if the caller named none
	 */
	__u64 arg[SPIN_CALL_SIZE_MAX / 8];
} __spin_type;

/* What somebody wants of a procedure. */
enum spin_authorize_operation {
	SPIN_AUTHORIZE_IMPORT	= 1,	/* to call it */
	SPIN_AUTHORIZE_INSTALL	= 2,	/* to have a handler on it */
};

/**
 * struct spin_authorize - context of Domain.Authorize
 *
 * Names are padded with zeros: see spin_name_is().
 */
struct spin_authorize {
	/** @ctx: common part */
	struct spin_ctx ctx;
	/** @operation: enum spin_authorize_operation */
	__u32 operation;
	/** @uid: owner of the requester, in the initial user name space */
	__u32 uid;
	/** @ext_id: id of the requester, which is never reused */
	__u64 ext_id;
	/** @key: number that the requester shows; 0 for an import */
	__u64 key;
	/** @closure: closure of the binding; 0 for an import */
	__u64 closure;
	/** @order: enum spin_order of the binding; 0 for an import */
	__u32 order;
	/** @flags: SPIN_BIND_* of the binding; 0 for an import */
	__u32 flags;
	/** @owner: owner of the exporter, to be compared with @uid */
	__u32 owner;
	/** @reserved: zero */
	__u32 reserved;
	/** @extension: name of the requester */
	__u64 extension[SPIN_NAME_LEN / 8];
	/** @interface: interface of the procedure */
	__u64 interface[SPIN_NAME_LEN / 8];
	/** @procedure: name of the procedure */
	__u64 procedure[SPIN_NAME_LEN / 8];
} __spin_type;

/* Results of Trap.SystemCall and Trap.SystemCallSleepable; else a negative errno. */
enum spin_syscall_result {
	SPIN_SYSCALL_PASS	= 0,	/* leave it to later handlers; if all do: ENOSYS */
	SPIN_SYSCALL_DONE	= 1,	/* this handler has done it */
};

#define SPIN_SYSCALL_ARGS	4	/* words that go along with a call */

/**
 * struct spin_syscall - context of Trap.SystemCall and Trap.SystemCallSleepable
 */
struct spin_syscall {
	/** @ctx: common part */
	struct spin_ctx ctx;
	/** @number: number of the call; the extension defines what it asks for */
	__u64 number;
	/**
	 * @file: number of the open file that the call came by. It is never used
	 * again. It does not stand for a process: several may share the file
	 */
	__u64 file;
	/** @arg: words that the caller passed */
	__u64 arg[SPIN_SYSCALL_ARGS];
	/** @uid: effective user of the caller, in the initial user name space */
	__u32 uid;
	/** @pid: process of the caller, in the initial name space */
	__u32 pid;
	/**
	 * @references: how many capabilities the caller passed; their slots are
	 * SPIN_SLOT_ARGUMENT to SPIN_SLOT_ARGUMENT + @references - 1
	 */
	__u32 references;
	/** @len: bytes of the caller's buffer, for spin_syscall_load(); 0: none */
	__u32 len;
} __spin_type;

/* Key fields of both, for struct spin_match. */
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
 * Udp.PacketSend	softirq		the same
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

struct Udp_PacketSend {
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
 */
struct spin_install {
	/** @slot: slot of the template */
	__u32 slot;
	/** @order: enum spin_order */
	__u32 order;
	/** @flags: SPIN_BIND_* */
	__u32 flags;
	/** @mode: zero; for later versions */
	__u32 mode;
	/** @bound_us: zero; for later versions */
	__u32 bound_us;
	/** @queue: zero; for later versions */
	__u32 queue;
	/** @absent: zero; for later versions */
	__s32 absent;
	/** @reserved: zero */
	__u32 reserved;
	/**
	 * @relative: id of the other binding, with SPIN_ORDER_BEFORE and
	 * SPIN_ORDER_AFTER; 0 with others
	 */
	__u64 relative;
	/** @closure: a number that its programs find in their context */
	__u64 closure;
	/** @key: a number that is shown to the event's authorizer */
	__u64 key;
	/** @match: an indexed guard; without fields, it lets every raise through */
	struct spin_match match;
} __spin_type;

#define SPIN_SEND_HEADER_MAX	64	/* bytes of a header */
#define SPIN_SEND_DEST_MAX	128	/* destinations of one call */
#define SPIN_SEND_LEN_MAX	65000	/* bytes of payload in one call */
#define SPIN_SEND_SEGMENTS_MAX	64	/* datagrams for each destination */

/**
 * struct spin_udp_dest - where to send
 */
struct spin_udp_dest {
	/** @addr: unicast IPv4 address, network byte order */
	__be32 addr;
	/** @port: port, host byte order */
	__u16 port;
	/** @reserved: zero */
	__u16 reserved;
	/**
	 * @saddr: the address to send from, network byte order; 0 stands for the
	 * socket's. It can be another one only if the socket is not bound to an
	 * address. It must be an address of this machine, and, if @ifindex leads
	 * to a VRF, one of that
	 */
	__be32 saddr;
	/**
	 * @ifindex: a VRF, or a device that belongs to one: the routes of the VRF
	 * are used, as they are for an answer to what came by it. If the socket is
	 * not bound to a device, any other device makes no difference. 0 stands for
	 * the socket's device
	 */
	__u32 ifindex;
	/** @room: zero */
	__u64 room[2];
} __spin_type;

/**
 * struct spin_send - datagrams to many destinations (argument of spin_socket_send())
 */
struct spin_send {
	/** @socket: slot of the Socket capability */
	__u32 socket;
	/** @file: slot of the File capability to send from; 0: there is no payload */
	__u32 file;
	/** @offset: where the payload begins in the file, in bytes */
	__u64 offset;
	/** @len: bytes of payload */
	__u32 len;
	/**
	 * @segment: if it is not 0, the payload is cut into datagrams of this many
	 * bytes, of which the last one has what is left. They take the way through
	 * the stack together. There are at most SPIN_SEND_SEGMENTS_MAX, and they
	 * can have no header
	 */
	__u32 segment;
	/** @reserved: zero */
	__u32 reserved;
	/** @header_len: how many bytes of @header go before the payload */
	__u32 header_len;
	/** @room: zero */
	__u64 room[2];
	/** @header: the header, of which each datagram gets a copy */
	__u8 header[SPIN_SEND_HEADER_MAX];
} __spin_type;

/**
 * struct spin_geometry - size and format of a frame buffer (spin_framebuffer_geometry())
 */
struct spin_geometry {
	/** @width: pixels in a line */
	__u32 width;
	/** @height: lines */
	__u32 height;
	/** @pitch: bytes from one line to the next */
	__u32 pitch;
	/** @format: DRM fourcc code of a pixel */
	__u32 format;
} __spin_type;

/**
 * struct spin_region_info - state of a range of Translation (spin_region_info())
 */
struct spin_region_info {
	/** @id: number of the range, as in struct spin_fault */
	__u64 id;
	/** @tag: number that its creator chose */
	__u64 tag;
	/** @pages: how many pages the range has */
	__u64 pages;
	/** @present: how many of them are present */
	__u64 present;
	/** @faults: how often Translation.PageNotPresent was raised for it */
	__u64 faults;
	/** @refused: how many of these raises gave no page */
	__u64 refused;
	/** @discarded: how many pages were taken out again */
	__u64 discarded;
	/** @room: zero */
	__u64 room[2];
} __spin_type;

/**
 * struct spin_strand_info - state of a registered strand (spin_strand_info())
 */
struct spin_strand_info {
	/** @strand: number of the strand, as in struct spin_strand_switch */
	__u64 strand;
	/** @group: number that the registering process chose */
	__u64 group;
	/** @on_ns: time on a CPU up to @since_ns, in nanoseconds */
	__u64 on_ns;
	/** @off_ns: time off the CPU up to @since_ns, in nanoseconds */
	__u64 off_ns;
	/** @since_ns: CLOCK_MONOTONIC when it last went on a CPU or off it */
	__u64 since_ns;
	/** @switches: how often it was put on a CPU */
	__u64 switches;
	/** @pid: number of the thread in the initial name space */
	__u32 pid;
	/** @tgid: number of its process in the initial name space */
	__u32 tgid;
	/** @running: 1 if it is on a CPU */
	__u32 running;
	/** @ended: 1 if the registration or the thread has ended */
	__u32 ended;
	/** @room: zero */
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
 * struct spin_blit - pixels of a packet to display (argument of spin_framebuffer_blit())
 */
struct spin_blit {
	/** @framebuffer: slot of the FrameBuffer capability */
	__u32 framebuffer;
	/** @x: column of the first pixel */
	__u32 x;
	/** @y: line of all pixels */
	__u32 y;
	/** @offset: where the first pixel is in the packet's payload, in bytes */
	__u32 offset;
	/** @pixels: how many pixels, at most 512 */
	__u32 pixels;
	/** @format: enum spin_pixels */
	__u32 format;
} __spin_type;

#define SPIN_BLIT_PIECES_MAX	32	/* of one call */

/**
 * struct spin_blit_piece - pixels of one line (argument of spin_framebuffer_blit_pieces())
 * @pixels: how many pixels
 * @y: line
 * @x: column of the first pixel
 */
struct spin_blit_piece {
	__u16 pixels;
	__u16 y;
	__u16 x;
} __spin_type;

#endif /* _UAPI_LINUX_SPIN_EXT_H */
