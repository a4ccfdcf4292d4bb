// SPDX-License-Identifier: GPL-2.0
/* bpf_rdonly_cast() would make any number a pointer. */
#include "extension.h"

HOSTILE("rdonly-cast", "bpf_rdonly_cast|untrusted|pointer");
SPIN_IMPORT(Udp);

extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym;

struct net_device {
	unsigned int mtu;
} __attribute__((preserve_access_index));

SPIN_HANDLER(peek, struct spin_udp_packet *pkt)
{
	__u64 where = 0xffffffff81000000ull + pkt->len;
	struct net_device *dev;

	dev = bpf_rdonly_cast((void *)where,
			      bpf_core_type_id_kernel(struct net_device));
	return dev->mtu & 1 ? SPIN_PASS : SPIN_CONSUME;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = peek);
