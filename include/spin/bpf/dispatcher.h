/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Dispatcher: bindings made and removed at run time, and filters. An
 * extension that uses it says SPIN_IMPORT(Dispatcher).
 *
 * A binding is made from a template of the same extension that has a slot:
 *
 *	SPIN_BIND(Udp_PacketArrived, subscriber,
 *		.slot = SUBSCRIBER, .handler = serve);
 *
 *	struct spin_install args = {
 *		.slot = SUBSCRIBER, .closure = number,
 *		.match = SPIN_MATCH2(SPIN_UDP_SADDR, addr, SPIN_UDP_SPORT, port),
 *	};
 *	s64 id = spin_install(&tick->ctx, &args);
 */
#ifndef _SPIN_BPF_DISPATCHER_H
#define _SPIN_BPF_DISPATCHER_H

/* A match of one key field, or of two. Bit n of the fields has value n. */
#define SPIN_MATCH(FIELD, VALUE) \
	{ .fields = (FIELD), .value[__builtin_ctz(FIELD)] = (VALUE) }
#define SPIN_MATCH2(FIELD1, VALUE1, FIELD2, VALUE2)		\
	{ .fields = (FIELD1) | (FIELD2),			\
	  .value[__builtin_ctz(FIELD1)] = (VALUE1),		\
	  .value[__builtin_ctz(FIELD2)] = (VALUE2) }

/**
 * spin_install - make a binding (SPIN: Dispatcher.Install)
 * @ctx: context of a handler that may sleep
 * @args: from which template, and how
 *
 * The binding is active when this returns or, if the extension is still being
 * loaded, with the commit. The event's authorizer is asked.
 *
 * Returns: the id of the binding; -ENOENT: no template has the slot, or nothing
 * to be before or after; -EINVAL; -EDQUOT: too many, a raise would take too
 * long, or handlers that have not returned keep too much of what such calls
 * replaced; -EBUSY: beyond a reserved end; -EACCES, -EPERM: refused by the
 * authorizer; -ENOMEM; -ESHUTDOWN: the extension is being unloaded.
 */
extern __s64 spin_install(struct spin_ctx *ctx, struct spin_install *args) __ksym;

/**
 * spin_uninstall - remove a binding (SPIN: Dispatcher.Uninstall)
 * @ctx: context of a handler that may sleep
 * @id: what spin_install() returned, of the same extension
 *
 * Raises that begin after the call do not run the binding; one that is under way may.
 *
 * Returns: 0; -ENOENT: the extension has no such binding; -EBUSY: it was made by
 * the load; -EDQUOT: handlers that have not returned keep too many of those that
 * were removed, or too much of what that replaced; -ESHUTDOWN.
 */
extern int spin_uninstall(struct spin_ctx *ctx, __u64 id) __ksym;

/**
 * spin_is_installed - ask whether a binding exists (SPIN: Dispatcher.IsInstalled)
 * @ctx: any context; guards may ask, too
 * @id: of a binding
 *
 * Returns: 1 if the extension has such a binding, active or not, else 0.
 */
extern int spin_is_installed(struct spin_ctx *ctx, __u64 id) __ksym;

/**
 * spin_get_handlers - list the bindings of the event (SPIN: Dispatcher.GetHandlers)
 * @ctx: context of a handler that may sleep
 * @ids: filled with the ids of the bindings of its event, in order
 * @ids__sz: bytes of @ids
 *
 * Returns: how many there are, which may be more than @ids has room for;
 * -ESHUTDOWN.
 */
extern int spin_get_handlers(struct spin_ctx *ctx, __u64 *ids,
			     __u32 ids__sz) __ksym;

/**
 * spin_filter_set - change a by-reference argument
 * @ctx: context of a handler whose binding has SPIN_BIND_FILTER
 * @argument: number of the argument (SPIN_UDP_REF_DPORT, …)
 * @value: its new value
 *
 * Guards, matches and handlers of later steps see it; the raiser of the event
 * does not.
 *
 * Returns: 0; -EPERM: the binding is no filter; -EINVAL: no such argument;
 * -ERANGE: the argument has fewer bytes than the value.
 */
extern int spin_filter_set(struct spin_ctx *ctx, __u32 argument,
			   __u64 value) __ksym;

#endif /* _SPIN_BPF_DISPATCHER_H */
