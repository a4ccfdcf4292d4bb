// SPDX-License-Identifier: GPL-2.0
/* Gives the verdict it was told, on datagrams to one port; sums their bytes. */
#include "extension.h"

SPIN_EXTENSION("verdict");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

SPIN_SETTING(__u16, port, 4244);
SPIN_SETTING(__u32, verdict, SPIN_PASS);

__u64 packets;
__u64 bytes;
__u64 no_data;
__u64 first_bytes;
__u64 last_len;
__u32 last_ifindex;
__u32 last_saddr;
__u32 last_daddr;
__u16 last_sport;

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == port;
}

SPIN_HANDLER(judge, struct spin_udp_packet *pkt)
{
	const __u8 *data = spin_udp_data(pkt, 0, 4);
	__u8 tail = 0;

	if (data)
		first_bytes = data[0] | data[1] << 8 | data[2] << 16 |
			      (__u64)data[3] << 24;
	else
		no_data++;
	if (pkt->len && !spin_udp_load(pkt, pkt->len - 1, &tail, 1))
		bytes += tail;
	last_len = pkt->len;
	last_ifindex = pkt->ifindex;
	last_saddr = pkt->saddr;
	last_daddr = pkt->daddr;
	last_sport = pkt->sport;
	__sync_fetch_and_add(&packets, 1);
	return verdict;
}

SPIN_BIND(Udp_PacketArrived, judge_it,
	.guard_fn = to_port, .handler = judge);
