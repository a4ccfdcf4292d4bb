// SPDX-License-Identifier: GPL-2.0
/* The name of the extension has no end. */
#include "extension.h"

SPIN_LICENSE("GPL");
REFUSED("name");
const volatile char spin_extension[SPIN_NAME_LEN] __spin_info =
	"0123456789abcdef0123456789abcdef";
SPIN_IMPORT(Udp);

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = pass);
