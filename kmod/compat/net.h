/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kernels' network stacks. */
#ifndef _SPIN_COMPAT_NET_H
#define _SPIN_COMPAT_NET_H

#include <linux/skbuff.h>
#include <linux/version.h>
#include <net/flow.h>
#include <net/inet_dscp.h>
#include <net/pkt_sched.h>

/* A flow's type of service became a DSCP. */
static inline void spin_flow_set_tos(struct flowi4 *fl4, u8 tos)
{
#ifdef flowi4_dscp
	fl4->flowi4_dscp = inet_dsfield_to_dscp(tos);
#else
	fl4->flowi4_tos = tos & INET_DSCP_MASK;
#endif
}

/*
 * Whether a queue's lock is held in between depends on a flag of the queue, which
 * sparse cannot see.
 */
#ifdef __CHECKER__
bool spin_qdisc_run_begin(struct Qdisc *q);
void spin_qdisc_run_end(struct Qdisc *q);
#else
static inline bool spin_qdisc_run_begin(struct Qdisc *q)
{
	return qdisc_run_begin(q);
}

/*
 * It hands back what a queue dropped meanwhile; that leaves no trace in the
 * headers.
 */
static inline void spin_qdisc_run_end(struct Qdisc *q)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	kfree_skb_list(qdisc_run_end(q));
#else
	qdisc_run_end(q);
#endif
}
#endif

#endif /* _SPIN_COMPAT_NET_H */
