// SPDX-License-Identifier: GPL-2.0
/* bpf_rdonly_cast() to no type at all: reads bytes of any address. */
#include "extension.h"

HOSTILE("rdonly-cast-void", "bpf_rdonly_cast|untrusted|pointer|memory");
SPIN_IMPORT(Udp);

extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym;

SPIN_HANDLER(peek, struct spin_udp_packet *pkt)
{
	__u64 where = 0xffffffff81000000ull + pkt->len;
	__u8 *byte = bpf_rdonly_cast((void *)where, 0);

	return *byte & 1 ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = peek);
