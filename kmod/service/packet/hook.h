/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events that a hook of the packet filter raises: a point for each network name
 * space, and the hook there only while a binding hangs on it.
 */
#ifndef _SPIN_HOOK_H
#define _SPIN_HOOK_H

#include <linux/bitmap.h>
#include <linux/kref.h>
#include <linux/netfilter.h>
#include <net/net_namespace.h>
#include <spin/spin.h>

#define SPIN_HOOK_PORTS	1024	/* ports that have the same low bits share one */

/**
 * struct spin_hook - an event, and the hook that raises it
 * @event: the event; its @ops are spin_hook_ops, and its results enum
 *	spin_verdict: @refused_result is SPIN_DROP, as a filter must not miss what it
 *	was not asked about
 * @ops: the hook: @hook, @pf, @hooknum, @priority. Its function is given the
 *	struct spin_hook_point of the name space
 * @port: the event's key field that is a port: bit of struct spin_match
 */
struct spin_hook {
	struct spin_event event;
	struct nf_hook_ops ops;
	u32 port;
};

/**
 * struct spin_hook_point - such an event in one network name space
 * @point: its bindings
 * @node: in the name space's list; hook_mutex
 * @kref: held by each binding; the last goes under hook_mutex
 * @net: NULL once the name space is ending; hook_mutex
 * @hooked: bindings that want the hook; hook_mutex
 * @wide: bindings of these that are for all ports; written under hook_mutex
 * @ports: ports that others were for, by their low bits, since there was none;
 *	written under hook_mutex
 * @ops: the hook
 * @rcu: freed a grace period after the last reference: the hook may run so long
 *
 * At the end of the name space the hook is taken away, and nothing raises the
 * event there any more; its bindings stay, idle, until they are unloaded.
 */
struct spin_hook_point {
	struct spin_point point;
	struct list_head node;
	struct kref kref;
	struct net *net;
	u32 hooked;
	u32 wide;
	DECLARE_BITMAP(ports, SPIN_HOOK_PORTS);
	struct nf_hook_ops ops;
	struct rcu_head rcu;
};

/**
 * spin_hook_wants_any - is there a binding for all ports?
 * @hp: the point
 *
 * As spin_hook_wants(), to be asked before anything that costs.
 */
static inline bool spin_hook_wants_any(const struct spin_hook_point *hp)
{
	return READ_ONCE(hp->wide);
}

/**
 * spin_hook_wants - may there be a binding for a port?
 * @hp: the point
 * @port: in host byte order
 *
 * A filter that has later steps see another port has its own first.
 */
static inline bool spin_hook_wants(const struct spin_hook_point *hp, u16 port)
{
	return test_bit(port % SPIN_HOOK_PORTS, hp->ports);
}

extern const struct spin_event_ops spin_hook_ops;

int spin_hook_init(void);
void spin_hook_exit(void);

#endif /* _SPIN_HOOK_H */
