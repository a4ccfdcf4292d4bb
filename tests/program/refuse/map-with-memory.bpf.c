// SPDX-License-Identifier: GPL-2.0
/* Keeps memory of its own in a map: that outlives the handler. */
#include "extension.h"

HOSTILE("map-with-memory", "map 'nodes'.*pointer of another");
SPIN_IMPORT(Udp);

#define __kptr __attribute__((btf_type_tag("kptr")))

struct hostile_node {
	__u64 value;
};

struct element {
	struct hostile_node __kptr *node;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct element);
} nodes SEC(".maps");

extern void *bpf_obj_new_impl(__u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	__u32 zero = 0;
	struct element *element = bpf_map_lookup_elem(&nodes, &zero);
	struct hostile_node *node, *old;

	if (!element)
		return SPIN_PASS;
	node = bpf_obj_new_impl(bpf_core_type_id_local(struct hostile_node), NULL);
	if (!node)
		return SPIN_PASS;
	old = bpf_kptr_xchg(&element->node, node);
	if (old)
		bpf_obj_drop_impl(old, NULL);
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
