/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For authors of extensions: how an extension names itself, what it imports,
 * which capabilities it wants, and what it handles.
 *
 *	#include <spin/bpf/spin.h>
 *	#include <spin/bpf/udp.h>
 *
 *	SPIN_EXTENSION("udp-echo");
 *	SPIN_LICENSE("GPL");
 *	SPIN_IMPORT(Udp);
 *
 *	SPIN_GUARD(to_echo_port, struct spin_udp_packet *pkt)
 *	{
 *		return pkt->dport == 7;
 *	}
 *
 *	SPIN_HANDLER(echo, struct spin_udp_packet *pkt)
 *	{
 *		return spin_udp_reply(pkt) ? SPIN_PASS : SPIN_CONSUME;
 *	}
 *
 *	SPIN_BIND(Udp_PacketArrived, echo_service,
 *		.guard_fn = to_echo_port, .handler = echo,
 *		.order = SPIN_ORDER_FIRST);
 */
#ifndef _SPIN_BPF_SPIN_H
#define _SPIN_BPF_SPIN_H

#include <stdbool.h>
#include <linux/bpf.h>
#include <linux/types.h>
#include <linux/spin_ext.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* Everything libspin reads before it loads the programs. */
#define __spin_info	SEC(".rodata.spin") __attribute__((used))

/* The extension's name: what `spinctl unload NAME` takes. */
#define SPIN_EXTENSION(NAME) \
	const volatile char spin_extension[SPIN_NAME_LEN] __spin_info = NAME

/* The kernel loads only programs under a GPL-compatible licence. */
#define SPIN_LICENSE(NAME) \
	char spin_license[] SEC("license") = NAME

/* Link an interface: its functions may be called, its events handled. */
#define SPIN_IMPORT(INTERFACE) \
	const volatile __u32 spin_import_##INTERFACE __spin_info = SPIN_ABI_VERSION

/*
 * A capability the user must grant (spinctl load --grant NAME=KIND:WHAT).
 * TYPE is one of the types below. An optional one that was not granted is 0.
 */
#define SPIN_CAPABILITY(TYPE, NAME) \
	const volatile TYPE NAME __spin_info = 0
#define SPIN_CAPABILITY_OPTIONAL(TYPE, NAME) \
	const volatile TYPE NAME __spin_info \
		__attribute__((btf_decl_tag("spin.optional"))) = 0

/* spin_file_t, spin_socket_t, …: see <linux/spin_kinds.h>. */
#define __SPIN_KIND_TYPE(CONSTANT, NUMBER, NAME, WORD, ...) \
	typedef __u32 spin_##WORD##_t;
SPIN_KINDS(__SPIN_KIND_TYPE)

/*
 * A capability that is granted later, to the running extension (spinctl cap
 * grant). Until then its functions return -ENOENT.
 */
#define SPIN_CAPABILITY_LATE(TYPE, NAME) \
	const volatile TYPE NAME __spin_info \
		__attribute__((btf_decl_tag("spin.late"))) = 0

/*
 * A setting (spinctl load --set NAME=VALUE) with its default. Of type
 * spin_ipv4_t, it takes a dotted address and holds it in network byte order.
 */
#define SPIN_SETTING(TYPE, NAME, DEFAULT) \
	const volatile TYPE NAME = DEFAULT

typedef __be32 spin_ipv4_t;

/*
 * Guards and handlers. A sleepable handler is for sleepable events only.
 *
 * In C, NAME is a function of the context, so that the compiler sees whether it
 * belongs where SPIN_BIND() puts it. The program of that name is another function:
 * the kernel gives it an array of the event's arguments, of which there is one.
 * libspin checks the same by its type.
 */
#define SPIN_GUARD(NAME, CTX) \
	__SPIN_PROGRAM("struct_ops/", bool, NAME, CTX)
#define SPIN_HANDLER(NAME, CTX) \
	__SPIN_PROGRAM("struct_ops/", int, NAME, CTX)
#define SPIN_SLEEPABLE_HANDLER(NAME, CTX) \
	__SPIN_PROGRAM("struct_ops.s/", int, NAME, CTX)

#define __SPIN_PROGRAM(SECTION, TYPE, NAME, CTX)			\
	struct spin_args_##NAME {					\
		CTX;							\
	};								\
	TYPE NAME(CTX);							\
	static __always_inline TYPE ____##NAME(CTX);			\
	SEC(SECTION #NAME)						\
	TYPE __program_##NAME(struct spin_args_##NAME *) __asm__(#NAME); \
	TYPE __program_##NAME(struct spin_args_##NAME *__args)		\
	{								\
		return ____##NAME(*(void **)__args);			\
	}								\
	static __always_inline TYPE ____##NAME(CTX)

/* This makes it an error, which is a warning of older compilers. */
#pragma clang diagnostic error "-Wincompatible-function-pointer-types"

/* The template of a binding; see the members in <linux/spin_ext.h>. */
#define SPIN_BIND(EVENT, NAME, ...)				\
	SEC(".struct_ops.link") struct EVENT NAME = {		\
		.abi = SPIN_ABI_VERSION,			\
		.name = #NAME,					\
		__VA_ARGS__					\
	}

/*
 * Interface Domain, which every extension has without importing it: event
 * Domain.Initialize, raised once, before the extension becomes active, with
 * struct spin_initialize. A handler that returns a negative errno has the load
 * refused.
 */

/**
 * spin_refuse - say why Domain.Initialize fails
 * @init: the context
 * @text: the reason, one sentence; need not end in NUL
 * @text__sz: its size in bytes; what is beyond SPIN_TEXT_LEN - 1 is cut off
 *
 * If the handler then returns a negative errno, the user sees the text as the
 * reason that the load was refused. An unprintable character is replaced by
 * '?'.
 * Returns: 0.
 */
extern int spin_refuse(struct spin_initialize *init, const char *text,
		       __u32 text__sz) __ksym;

/**
 * spin_capability_rights - get the rights to a capability
 * @ctx: context of the handler
 * @slot: of the extension, or SPIN_SLOT_ARGUMENT + n
 *
 * Returns: SPIN_RIGHT_*; -ENOENT: the slot is empty; -EKEYREVOKED: it was
 * revoked; -ESHUTDOWN: the extension is being unloaded.
 */
extern int spin_capability_rights(struct spin_ctx *ctx, __u32 slot) __ksym;

extern int bpf_iter_spin_range_new(struct bpf_iter_spin_range *it, __s32 start,
				   __s32 end) __ksym;
extern __s32 *bpf_iter_spin_range_next(struct bpf_iter_spin_range *it) __ksym;
extern void bpf_iter_spin_range_destroy(struct bpf_iter_spin_range *it) __ksym;

/**
 * spin_for - a loop, for sleepable handlers: I from START up to, not including, END
 * @I: a variable of type int
 * @START: first value
 * @END: one more than the last
 *
 * At most 8,388,608 turns; if there were to be more, or START is above END, none.
 * Lets others run at each turn; ends early when the extension is being unloaded,
 * its binding is removed or disabled, or its loader is killed. Plain C loops that the verifier can follow to their
 * end are allowed as well.
 */
#define spin_for(I, START, END)						\
	for (struct bpf_iter_spin_range __spin_it			\
		__attribute__((aligned(8), cleanup(bpf_iter_spin_range_destroy))), \
	     *__spin_new __attribute__((unused)) = (			\
		bpf_iter_spin_range_new(&__spin_it, (START), (END)),	\
		(void)bpf_iter_spin_range_destroy, (void *)0);		\
	     ({ __s32 *__spin_i = bpf_iter_spin_range_next(&__spin_it);	\
		if (__spin_i)						\
			(I) = *__spin_i;				\
		__spin_i && (I) >= (START) && (I) < (END); });)

#include <spin/bpf/dispatcher.h>

#endif /* _SPIN_BPF_SPIN_H */
