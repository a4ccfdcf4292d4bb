// SPDX-License-Identifier: GPL-2.0
/*
 * Notes what is sent to or from one port, and gives the verdict it was told; of
 * each three datagrams, if that is 3, it lets the first pass, consumes the second
 * and drops the third. Answers none: that is refused.
 */
#include "extension.h"

SPIN_EXTENSION("sent");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

SPIN_SETTING(__u16, port, 4251);
SPIN_SETTING(__u32, verdict, SPIN_PASS);

#define EOPNOTSUPP	95

__u64 packets;
__u64 bytes;
__u64 no_answers;	/* answers refused, and for that reason */
__u64 no_data;		/* datagrams whose first bytes could not be looked at */
__u32 last_ifindex;
__u32 last_saddr;
__u32 last_daddr;
__u32 lens[64];
__u32 firsts[64];	/* the first four bytes, or ~0 */
__u32 lasts[64];	/* the last byte, or ~0 */

SPIN_GUARD(of_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == port || pkt->sport == port;
}

SPIN_HANDLER(judge, struct spin_udp_packet *pkt)
{
	const __u8 *data = spin_udp_data(pkt, 0, 4);
	__u64 at = __sync_fetch_and_add(&packets, 1);
	__u8 last = 0;

	last_ifindex = pkt->ifindex;
	last_saddr = pkt->saddr;
	last_daddr = pkt->daddr;
	__sync_fetch_and_add(&bytes, pkt->len);
	if (spin_udp_reply(pkt) == -EOPNOTSUPP)
		__sync_fetch_and_add(&no_answers, 1);
	if (!data && pkt->len >= 4)
		__sync_fetch_and_add(&no_data, 1);
	if (at < 64) {
		lens[at] = pkt->len;
		firsts[at] = data ? data[0] | data[1] << 8 | data[2] << 16 |
				    (__u32)data[3] << 24 : ~0;
		lasts[at] = spin_udp_load(pkt, pkt->len - 1, &last, 1) ?
			    ~0 : last;
	}
	return verdict == 3 ? at % 3 : verdict;
}

SPIN_BIND(Udp_PacketSend, judge_it,
	.guard_fn = of_port, .handler = judge);
