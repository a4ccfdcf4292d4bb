// SPDX-License-Identifier: GPL-2.0
/*
 * Handlers that send, by a function of the module spin_events: one of Udp.PacketSend,
 * what it is asked about, again; and one of another event, whose raises nest as deep
 * as the raiser says.
 */
#include "extension.h"
#include "../../kmod/spin_events.h"

SPIN_EXTENSION("nested");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);
SPIN_IMPORT(Events);

#define OWN_PORT	4252
#define DEEP_PORT	4253
#define UNSEEN_PORT	4254

__u64 own;		/* datagrams to the first port that the handler saw */
__s32 own_result;	/* of sending there, by that handler */
__s32 unseen_result;	/* of sending where nobody looks */
__u64 deep;		/* datagrams to the second that the handler saw */
__s32 deep_result;	/* of sending there */

SPIN_HANDLER(send_again, struct spin_udp_packet *pkt)
{
	__sync_fetch_and_add(&own, 1);
	own_result = events_datagram(OWN_PORT);
	unseen_result = events_datagram(UNSEEN_PORT);
	return SPIN_PASS;
}

SPIN_HANDLER(count, struct spin_udp_packet *pkt)
{
	__sync_fetch_and_add(&deep, 1);
	return SPIN_PASS;
}

SPIN_HANDLER(go_deeper, struct events_call *call)
{
	if (call->value)
		return events_raise_again(call, call->value - 1);
	deep_result = events_datagram(DEEP_PORT);
	return 0;
}

SPIN_BIND(Udp_PacketSend, sends_again,
	.match = { .fields = SPIN_UDP_DPORT, .value = { OWN_PORT } },
	.handler = send_again);
SPIN_BIND(Udp_PacketSend, counts,
	.match = { .fields = SPIN_UDP_DPORT, .value = { DEEP_PORT } },
	.handler = count);
SPIN_BIND(Events_Atomic, goes_deeper,
	.handler = go_deeper);
