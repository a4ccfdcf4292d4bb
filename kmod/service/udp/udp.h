/* SPDX-License-Identifier: GPL-2.0 */
/* What interface Udp offers to other services. */
#ifndef _SPIN_UDP_H
#define _SPIN_UDP_H

#include <linux/skbuff.h>
#include <spin/spin.h>

int spin_udp_packet_skb(struct spin_udp_packet *pkt, u32 offset, u32 len,
			struct sk_buff **skb);

#endif /* _SPIN_UDP_H */
