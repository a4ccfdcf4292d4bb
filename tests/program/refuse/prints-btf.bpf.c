// SPDX-License-Identifier: GPL-2.0
/* bpf_snprintf_btf() prints kernel memory. */
#include "extension.h"

HOSTILE("snprintf-btf", "snprintf_btf|unknown func");
SPIN_IMPORT(Udp);

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	char text[64] = "";
	struct btf_ptr what = { .ptr = text, .type_id = 1 };

	bpf_snprintf_btf(text, sizeof(text), &what, sizeof(what), 0);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
