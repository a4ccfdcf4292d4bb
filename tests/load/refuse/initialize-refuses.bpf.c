// SPDX-License-Identifier: GPL-2.0
/* Domain.Initialize says no, and why. */
#include "extension.h"

HOSTILE("says-no", "the moon is not full");
SPIN_IMPORT(Udp);

SPIN_HANDLER(refuse, struct spin_initialize *init)
{
	char why[] = "the moon is not full";

	spin_refuse(init, why, sizeof(why));
	return -22;
}

SPIN_HANDLER(pass, struct spin_udp_packet *pkt)
{
	return SPIN_PASS;
}

SPIN_BIND(Domain_Initialize, first, .handler = refuse);
SPIN_BIND(Udp_PacketArrived, it, .handler = pass);
