// SPDX-License-Identifier: GPL-2.0
/* bpf_obj_new(): nobody counts that memory. */
#include "extension.h"

HOSTILE("kptr", "bpf_obj_new|bpf_obj_drop|unknown func");
SPIN_IMPORT(Udp);

struct hostile_node {
	__u64 value;
};

extern void *bpf_obj_new_impl(__u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	struct hostile_node *node;

	node = bpf_obj_new_impl(bpf_core_type_id_local(struct hostile_node), NULL);
	if (node)
		bpf_obj_drop_impl(node, NULL);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
