// SPDX-License-Identifier: GPL-2.0
/*
 * limited-echo - sends back the datagrams that come to one port, as many for each
 * sender as extension `limiter` says. While there is no limiter, none.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/udp.h>
#include "limiter.h"

SPIN_EXTENSION("limited-echo");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);
SPIN_IMPORT_PROCEDURE(Limiter, Take);

SPIN_SETTING(__u16, port, 7007);

#define EINVAL	22

__u64 echoed;
__u64 dropped;
int last_error;	/* of a call, if it failed */

SPIN_HANDLER(check_settings, struct spin_initialize *init)
{
	char no_port[] = "port must be 1 to 65535";

	if (port)
		return 0;
	spin_refuse(init, no_port, sizeof(no_port));
	return -EINVAL;
}

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	/* Nor what another echo service sends: see udp-echo. */
	return pkt->dport == port && pkt->sport >= 1024 && pkt->sport != port;
}

SPIN_HANDLER(echo, struct spin_udp_packet *pkt)
{
	int result = SPIN_CALL(&pkt->ctx, Limiter, Take, .who = pkt->saddr,
			       .amount = 1);

	if (result < 0)
		last_error = result;	/* nobody exports it: -ENXIO */
	if (result != 1 || spin_udp_reply(pkt)) {
		__sync_fetch_and_add(&dropped, 1);
		return SPIN_DROP;
	}
	__sync_fetch_and_add(&echoed, 1);
	return SPIN_CONSUME;
}

SPIN_BIND(Domain_Initialize, settings,
	.handler = check_settings);
SPIN_BIND(Udp_PacketArrived, echoing,
	.guard_fn = to_port, .handler = echo);
