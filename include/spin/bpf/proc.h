/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Procedures: what extensions offer to each other. An interface is written down
 * once, in a header that exporter and callers include:
 *
 *	SPIN_PROCEDURE(Adder, Add, 0,
 *		__u32 a;
 *		__u32 b;
 *	)
 *
 * The exporter implements it, and says who may call it:
 *
 *	SPIN_EXPORT_PUBLIC(Adder, Add);
 *
 *	SPIN_HANDLER(add, struct spin_call *call)
 *	{
 *		return SPIN_ARG(call, Adder, Add, a) + SPIN_ARG(call, Adder, Add, b);
 *	}
 *
 *	SPIN_IMPLEMENT(Adder, Add, adder, .handler = add);
 *
 * A caller imports it, and calls it from any of its handlers:
 *
 *	SPIN_IMPORT_PROCEDURE(Adder, Add);
 *	…
 *	int sum = SPIN_CALL(&pkt->ctx, Adder, Add, .a = 1, .b = 2);
 *
 * An importer may handle it, too, if the exporter lets it: a handler that said
 * First runs before the implementation, and with SPIN_BIND_CANCEL in place of it:
 *
 *	SPIN_HANDLE(Adder, Add, other, .handler = other_add,
 *		.order = SPIN_ORDER_FIRST, .flags = SPIN_BIND_CANCEL);
 *
 * Either may be loaded first. See Documentation/procedures.rst.
 */
#ifndef _SPIN_BPF_PROC_H
#define _SPIN_BPF_PROC_H

#include <spin/bpf/spin.h>

/*
 * SPIN_PROCEDURE - the type of a procedure
 * @INTERFACE: its interface, an identifier
 * @PROCEDURE: its name
 * @FLAGS: 0, or SPIN_PROC_SLEEPABLE: it may sleep, and only who may can call it;
 *	SPIN_PROC_VAR: the callee may change the arguments (SPIN: VAR)
 * @...: its arguments, members of a structure of up to 64 bytes: numbers and
 *	arrays of numbers, and capabilities that the caller hands over
 *	(spin_file_t, spin_socket_t, …)
 *
 * Makes struct INTERFACE_PROCEDURE.
 *
 * SPIN_PROCEDURE_COST has one more, after @FLAGS: how many instructions a call may
 * take, of all its handlers together (SPIN_PROC_COST_DEFAULT, at most
 * SPIN_PROC_COST_MAX). Callers that cannot sleep are charged as much for any call.
 */
#define SPIN_PROCEDURE(INTERFACE, PROCEDURE, FLAGS, ...) \
	SPIN_PROCEDURE_COST(INTERFACE, PROCEDURE, FLAGS, 0, __VA_ARGS__)

#define SPIN_PROCEDURE_COST(INTERFACE, PROCEDURE, FLAGS, COST, ...)	\
	struct INTERFACE##_##PROCEDURE {				\
		__VA_ARGS__						\
	} __attribute__((aligned(8)));					\
	_Static_assert(sizeof(struct INTERFACE##_##PROCEDURE) >= 8 &&	\
		       sizeof(struct INTERFACE##_##PROCEDURE) <=	\
		       SPIN_CALL_SIZE_MAX,				\
		       "a procedure has 1 to 64 bytes of arguments");	\
	enum {								\
		INTERFACE##_##PROCEDURE##_flags = (FLAGS),		\
		INTERFACE##_##PROCEDURE##_cost = (COST),		\
	};

/* What libspin reads, and where it puts the slot. */
struct spin_procedure_info {
	__u32 abi;
	__u32 slot;
	__u32 flags;
	__u32 cost_max;
	__u32 export_flags;
	__u32 reserved;
	char interface[SPIN_NAME_LEN];
	char procedure[SPIN_NAME_LEN];
};

#define __SPIN_PROCEDURE_INFO(PREFIX, INTERFACE, PROCEDURE, EXPORT)	\
	const volatile struct {						\
		struct spin_procedure_info info;			\
		struct INTERFACE##_##PROCEDURE args[0];			\
	} PREFIX##INTERFACE##_##PROCEDURE __spin_info = { .info = {	\
		.abi = SPIN_ABI_VERSION,				\
		.flags = INTERFACE##_##PROCEDURE##_flags,		\
		.cost_max = INTERFACE##_##PROCEDURE##_cost,		\
		.export_flags = (EXPORT),				\
		.interface = #INTERFACE,				\
		.procedure = #PROCEDURE,				\
	} }

/* Import a procedure, to call it or to handle it. */
#define SPIN_IMPORT_PROCEDURE(INTERFACE, PROCEDURE) \
	__SPIN_PROCEDURE_INFO(spin_calls_, INTERFACE, PROCEDURE, 0)

/* To offer it: to those whom the handler of Domain.Authorize lets, or to all. */
#define SPIN_EXPORT(INTERFACE, PROCEDURE) \
	__SPIN_PROCEDURE_INFO(spin_exports_, INTERFACE, PROCEDURE, 0)
#define SPIN_EXPORT_PUBLIC(INTERFACE, PROCEDURE) \
	__SPIN_PROCEDURE_INFO(spin_exports_, INTERFACE, PROCEDURE, \
			      SPIN_PROC_PUBLIC)

/*
 * A template of a binding on a procedure: the exporter's is its implementation,
 * an importer's one more handler. Members as of SPIN_BIND().
 */
#define SPIN_HANDLE(INTERFACE, PROCEDURE, NAME, ...)			\
	SPIN_BIND(Proc_Call, NAME,					\
		.procedure = #INTERFACE "." #PROCEDURE, __VA_ARGS__)
#define SPIN_IMPLEMENT(INTERFACE, PROCEDURE, NAME, ...) \
	SPIN_HANDLE(INTERFACE, PROCEDURE, NAME, __VA_ARGS__)

/* Handlers read the arguments, or one of them, by these. */
#define SPIN_ARGS(CALL, INTERFACE, PROCEDURE) \
	((const struct INTERFACE##_##PROCEDURE *)(CALL)->arg)
#define SPIN_ARG(CALL, INTERFACE, PROCEDURE, MEMBER) \
	(SPIN_ARGS(CALL, INTERFACE, PROCEDURE)->MEMBER)

/* The slot of an imported procedure. */
#define SPIN_SLOT(INTERFACE, PROCEDURE) \
	(spin_calls_##INTERFACE##_##PROCEDURE.info.slot)

/*
 * SPIN_CALL, SPIN_CALL_SLEEPABLE - call an imported procedure
 * @CTX: context of the handler, a struct spin_ctx * (&pkt->ctx)
 * @...: the arguments: .NAME = VALUE, …; what is not named is 0
 *
 * SPIN_CALL_BLOCK and SPIN_CALL_BLOCK_SLEEPABLE take a pointer to the argument
 * block instead, which is changed if the procedure is SPIN_PROC_VAR.
 */
#define SPIN_CALL_BLOCK(CTX, INTERFACE, PROCEDURE, ARGS)		\
	spin_call(CTX, SPIN_SLOT(INTERFACE, PROCEDURE),			\
		  (struct INTERFACE##_##PROCEDURE *){ ARGS },		\
		  sizeof(struct INTERFACE##_##PROCEDURE))
#define SPIN_CALL_BLOCK_SLEEPABLE(CTX, INTERFACE, PROCEDURE, ARGS)	\
	spin_call_sleepable(CTX, SPIN_SLOT(INTERFACE, PROCEDURE),	\
			    (struct INTERFACE##_##PROCEDURE *){ ARGS },	\
			    sizeof(struct INTERFACE##_##PROCEDURE))
#define __SPIN_CALL(HOW, CTX, INTERFACE, PROCEDURE, ...)		\
({									\
	struct INTERFACE##_##PROCEDURE __args = { __VA_ARGS__ };	\
									\
	HOW(CTX, INTERFACE, PROCEDURE, &__args);			\
})
#define SPIN_CALL(CTX, INTERFACE, PROCEDURE, ...) \
	__SPIN_CALL(SPIN_CALL_BLOCK, CTX, INTERFACE, PROCEDURE, __VA_ARGS__)
#define SPIN_CALL_SLEEPABLE(CTX, INTERFACE, PROCEDURE, ...) \
	__SPIN_CALL(SPIN_CALL_BLOCK_SLEEPABLE, CTX, INTERFACE, PROCEDURE, \
		    __VA_ARGS__)

/*
 * Interface Proc, which every extension has without importing it: which
 * procedures it may call follows from what it imports.
 */

/**
 * spin_call - call a procedure that does not sleep
 * @ctx: context of the handler; of any event but those raised with interrupts
 *	off; not of a guard
 * @procedure: its slot
 * @args: the argument block
 * @args__sz: its size, as the prototype has it
 *
 * The call runs the procedure's handlers in order, before it returns; the
 * result is that of the last one.
 *
 * Returns: what the procedure returned; -ENXIO: nobody exports it (now), or its
 * handlers' guards all said no; -EACCES, or what the exporter's authorizer said:
 * it may not be called; -ENOENT: slot; -EINVAL: size, or it is a sleepable one;
 * -EDEADLK: calls nest deeper than 4, or there is too little stack; of a capability
 * among the arguments: -ENOENT, -EBADF, -EACCES, -EKEYREVOKED, -ESHUTDOWN.
 */
extern int spin_call(struct spin_ctx *ctx, __u32 procedure, void *args,
		     __u32 args__sz) __ksym;

/**
 * spin_call_sleepable - call a procedure that may sleep
 * @ctx: context of a handler that may sleep
 * @procedure: its slot
 * @args: the argument block
 * @args__sz: its size, as the prototype has it
 *
 * Returns: as spin_call(); -ESHUTDOWN: the calling extension is being unloaded.
 */
extern int spin_call_sleepable(struct spin_ctx *ctx, __u32 procedure,
			       void *args, __u32 args__sz) __ksym;

/**
 * spin_call_store - change arguments (SPIN: a VAR parameter)
 * @call: context of a handler of a procedure that is SPIN_PROC_VAR
 * @offset: in the argument block, in bytes
 * @data: what to put there
 * @data__sz: how many bytes
 *
 * Later handlers of the call see the change, and so does the caller when the
 * call returns.
 *
 * Returns: 0; -EPERM: the procedure is none; -EINVAL: not within the block, or
 * over a capability.
 */
extern int spin_call_store(struct spin_call *call, __u32 offset, void *data,
			   __u32 data__sz) __ksym;

/*
 * Event Domain.Authorize, of interface Domain, is raised for the handlers of an
 * exporter only, when another extension wants to import one of its procedures or
 * install a handler on one (SPIN: authorizer). The first handler that returns a
 * negative errno refuses. If none is run, only procedures that are exported to
 * the public may be used. Its handlers cannot sleep.
 */

/* Is a name in the request this one? NAME: a string literal. */
#define spin_name_is(FIELD, NAME)					\
({									\
	union {								\
		char text[SPIN_NAME_LEN];				\
		__u64 word[SPIN_NAME_LEN / 8];				\
	} __name = { .text = NAME };					\
									\
	(FIELD)[0] == __name.word[0] && (FIELD)[1] == __name.word[1] &&	\
	(FIELD)[2] == __name.word[2] && (FIELD)[3] == __name.word[3];	\
})

/**
 * spin_impose - put a guard before a binding that asks for authorization
 * (SPIN: impose)
 * @request: context of Domain.Authorize, operation SPIN_AUTHORIZE_INSTALL
 * @slot: of a template of the exporter's on the same procedure, with a guard_fn
 *	(its handler may be left out); the guard sees the call's arguments
 * @closure: for the guard
 *
 * The guard runs before those of the binding itself, as a program of the
 * exporter, and is charged to the exporter. It stays until the exporter ends.
 *
 * Returns: 0; -EINVAL: not asked to install; -ENOENT: no such template; -ENOSPC:
 * four are imposed already.
 */
extern int spin_impose(struct spin_authorize *request, __u32 slot,
		       __u64 closure) __ksym;

#endif /* _SPIN_BPF_PROC_H */
