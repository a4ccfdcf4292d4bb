// SPDX-License-Identifier: GPL-2.0
/*
 * Connection tracking, of packets that no socket gets.
 *
 * The entry that the first packet of a connection made is confirmed behind all
 * other hooks of local input. A packet that is taken before that would take the
 * entry along: its answer would begin a connection of its own, the other way
 * round, which is not established and of which NAT knows nothing.
 */
#include <linux/netfilter.h>
#include "packet.h"

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
#include <net/netfilter/nf_conntrack.h>

/**
 * spin_packet_confirm - a packet has arrived, as far as conntrack is concerned
 * @skb: at local input, behind the packet filter
 *
 * Does nothing where connections are not tracked. May be called again. By the
 * hook, since a symbol of nf_conntrack would load that module for ever; it
 * tells no listener of new connections, which the connection's next packet
 * does.
 *
 * RCU read side, softirq context. Returns false if the packet is to be dropped:
 * its connection is another one's, too.
 */
bool spin_packet_confirm(struct sk_buff *skb)
{
	const struct nf_conn *ct = (const struct nf_conn *)skb_nfct(skb);
	const struct nf_ct_hook *hook;

	if (!ct || nf_ct_is_confirmed(ct))
		return true;
	hook = rcu_dereference(nf_ct_hook);
	return !hook || hook->confirm(skb) == NF_ACCEPT;
}
#else
bool spin_packet_confirm(struct sk_buff *skb)
{
	return true;
}
#endif
