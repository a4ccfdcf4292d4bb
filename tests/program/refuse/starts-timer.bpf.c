// SPDX-License-Identifier: GPL-2.0
/* A BPF timer would outlive the unload. */
#include "extension.h"

HOSTILE("timer", "timer|unknown func");
SPIN_IMPORT(Udp);

struct element {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct element);
} timers SEC(".maps");

static int fire(void *map, __u32 *key, struct element *element)
{
	return 0;
}

SPIN_HANDLER(it_does, struct spin_udp_packet *pkt)
{
	__u32 zero = 0;
	struct element *element = bpf_map_lookup_elem(&timers, &zero);

	if (element) {
		bpf_timer_init(&element->timer, &timers, 1 /* CLOCK_MONOTONIC */);
		bpf_timer_set_callback(&element->timer, fire);
		bpf_timer_start(&element->timer, 1000, 0);
	}
	return SPIN_PASS;
}

SPIN_BIND(Udp_PacketArrived, it, .handler = it_does);
