// SPDX-License-Identifier: GPL-2.0
/* A program that does not say of which event it is. */
#include "extension.h"

HOSTILE("untyped", "program 'by_hand', .handler of binding 'it', does not say what it takes");
SPIN_IMPORT(Udp);

SEC("struct_ops/by_hand") int BPF_PROG(by_hand, struct spin_fault *fault)
{
	return fault->ctx.closure == 7;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = (void *)by_hand);
