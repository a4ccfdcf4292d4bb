/* SPDX-License-Identifier: GPL-2.0 */
/* Sending: what services that make datagrams of their own call. */
#ifndef _SPIN_OUTPUT_H
#define _SPIN_OUTPUT_H

#include <linux/skbuff.h>
#include <net/flow.h>
#include <net/sock.h>

void spin_udp_put_header(struct sk_buff *skb, const struct flowi4 *fl4);
void spin_udp_put_ip_header(struct net *net, struct sock *sk,
			    struct sk_buff *skb, const struct dst_entry *dst,
			    const struct flowi4 *fl4);
int spin_udp_send_skb(struct net *net, struct sock *sk, struct sk_buff *skb,
		      struct dst_entry *dst);

#endif /* _SPIN_OUTPUT_H */
