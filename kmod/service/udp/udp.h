/* SPDX-License-Identifier: GPL-2.0 */
/* What the network service offers to the other services. */
#ifndef _SPIN_UDP_H
#define _SPIN_UDP_H

#include <linux/skbuff.h>
#include <net/flow.h>
#include <spin/spin.h>

int spin_udp_packet_skb(struct spin_udp_packet *pkt, u32 offset, u32 len,
			struct sk_buff **skb);
void spin_udp_put_header(struct sk_buff *skb, const struct flowi4 *fl4);
void spin_udp_put_ip_header(struct net *net, struct sock *sk,
			    struct sk_buff *skb, const struct dst_entry *dst,
			    const struct flowi4 *fl4);
int spin_udp_send_skb(struct net *net, struct sock *sk, struct sk_buff *skb,
		      struct dst_entry *dst);

#endif /* _SPIN_UDP_H */
