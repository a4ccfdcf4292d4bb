// SPDX-License-Identifier: GPL-2.0
/*
 * udp-echo - the echo service (RFC 862), answered in the kernel: a guard that
 * picks the datagrams, and a handler that sends them back.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/udp.h>

SPIN_EXTENSION("udp-echo");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

SPIN_SETTING(__u16, port, 7);

#define EINVAL	22

/* `spinctl ext show udp-echo` prints these. */
__u64 echoed;		/* datagrams sent back */
__u64 failed;		/* could not be sent back */
__u64 refused;		/* not answered: the source may itself be a service */

/* No datagram has it: better say so now than let a client wait for an answer. */
SPIN_HANDLER(check_settings, struct spin_initialize *init)
{
	char no_port[] = "port must be 1 to 65535";

	if (port)
		return 0;
	spin_refuse(init, no_port, sizeof(no_port));
	return -EINVAL;
}

SPIN_GUARD(to_echo_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == port;
}

SPIN_HANDLER(echo, struct spin_udp_packet *pkt)
{
	__u16 sport = pkt->sport;

	/*
	 * A datagram that claims to come from another echo service would be
	 * thrown to and fro for ever: answer no port at which services live,
	 * nor our own number.
	 */
	if (sport < 1024 || sport == port) {
		__sync_fetch_and_add(&refused, 1);
		return SPIN_DROP;
	}

	/* Handlers of this event run on several CPUs at a time. */
	if (spin_udp_reply(pkt)) {
		__sync_fetch_and_add(&failed, 1);
		return SPIN_DROP;
	}
	__sync_fetch_and_add(&echoed, 1);
	return SPIN_CONSUME;
}

SPIN_BIND(Domain_Initialize, settings,
	.handler = check_settings);
SPIN_BIND(Udp_PacketArrived, echo_service,
	.guard_fn = to_echo_port,
	.handler = echo);
