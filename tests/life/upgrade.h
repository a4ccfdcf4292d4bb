/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An extension of several versions, one object each: upgrade-N. The
 * including file defines VERSION, and adds what its version has besides.
 *
 * It takes the datagrams to one port, by a binding made at the load and by
 * others that are made later from a template with a slot.
 */
#include "extension.h"

SPIN_EXTENSION("upgrade");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);
SPIN_IMPORT(File);

SPIN_SETTING(__u16, port, 4251);

__u32 version;	/* that has taken one */
__u64 taken;
__u64 closures;	/* of the bindings made later, summed */

SPIN_GUARD(to_port, struct spin_udp_packet *pkt)
{
	return pkt->dport == port;
}

SPIN_HANDLER(take, struct spin_udp_packet *pkt)
{
	__sync_fetch_and_add(&taken, 1);
	version = VERSION;
	return SPIN_CONSUME;
}

SPIN_HANDLER(add, struct spin_udp_packet *pkt)
{
	__sync_fetch_and_add(&closures, pkt->ctx.closure);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, take_it, .handler = take,
	.guard_fn = to_port, .order = SPIN_ORDER_LAST);
SPIN_BIND(Udp_PacketArrived, add_it, .handler = add, .slot = 1);
