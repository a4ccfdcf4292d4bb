// SPDX-License-Identifier: GPL-2.0
/*
 * Of datagrams that come as one packet (UDP_SEGMENT, GRO): writes down length
 * and first bytes of each, lets every third pass, consumes the next and drops
 * the one after.
 */
#include "extension.h"

SPIN_EXTENSION("burst");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

__u32 packets;
__u32 lens[64];
__u32 firsts[64];	/* the first four bytes, or ~0 */
__u32 lasts[64];	/* the last byte, or ~0 */

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == 4247;
}

SPIN_HANDLER(sort, struct spin_udp_packet *pkt)
{
	const __u8 *data = (const __u8 *)spin_udp_data(pkt, 0, 4);
	__u32 at = packets++;
	__u8 last = 0;

	if (at >= 64)
		return SPIN_PASS;
	lens[at] = pkt->len;
	firsts[at] = data ? data[0] | data[1] << 8 | data[2] << 16 |
			    (__u32)data[3] << 24 : ~0;
	lasts[at] = spin_udp_load(pkt, pkt->len - 1, &last, 1) ? ~0 : last;
	return at % 3 == 0 ? SPIN_PASS : at % 3 == 1 ? SPIN_CONSUME : SPIN_DROP;
}

SPIN_BIND(Udp_PacketArrived, sort_it,
	.guard_fn = to_port, .handler = sort);
