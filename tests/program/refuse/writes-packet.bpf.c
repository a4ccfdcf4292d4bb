// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes of a packet may be a file's pages, sent by reference: a program
 * that could write them would write the file.
 */
#include "extension.h"

HOSTILE("write-packet", "rdonly_mem");
SPIN_IMPORT(Udp);

SPIN_HANDLER(scribble, struct spin_udp_packet *pkt)
{
	__u8 *bytes = (__u8 *)spin_udp_data(pkt, 0, 16);

	if (bytes)
		bytes[0] = 'X';
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = scribble);
