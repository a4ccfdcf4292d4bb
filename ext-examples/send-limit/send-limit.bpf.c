// SPDX-License-Identifier: GPL-2.0
/*
 * send-limit - this machine floods nobody: no address is sent more than so many
 * datagrams in a while, whichever programs send them. A program that runs wild, or
 * that somebody broke into, is told EPERM for the rest.
 */
#include <spin/bpf/spin.h>
#include <spin/bpf/udp.h>

SPIN_EXTENSION("send-limit");
SPIN_LICENSE("GPL");
SPIN_IMPORT(Udp);

SPIN_SETTING(__u32, most, 1000);	/* datagrams to one address … */
SPIN_SETTING(__u32, seconds, 1);	/* … in so many seconds */

#define EINVAL	22
#define SECOND	1000000000LL

/* A while: when it began, in nanoseconds, and how many were sent since. */
struct span {
	__u64 begin;
	__u64 sent;
};

/* By address. The one that was not sent to for longest gives way to a new one. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __be32);
	__type(value, struct span);
} spans SEC(".maps");

/* `spinctl ext show send-limit` prints these. */
__u64 passed;
__u64 dropped;

SPIN_HANDLER(check_settings, struct spin_initialize *init)
{
	char zero[] = "most and seconds must not be 0";

	if (most && seconds)
		return 0;
	spin_refuse(init, zero, sizeof(zero));
	return -EINVAL;
}

/* What stays here floods nobody: 127.0.0.0/8, whose first byte is the lowest. */
SPIN_GUARD(leaves, struct spin_udp_packet *pkt)
{
	return (pkt->daddr & 0xff) != 127;
}

/* Programs on several CPUs send at a time: one of them may begin a while twice. */
static __always_inline bool is_too_many(__be32 to)
{
	__u64 now = bpf_ktime_get_ns();
	struct span *span = bpf_map_lookup_elem(&spans, &to);
	struct span first = { .begin = now, .sent = 1 };

	if (!span) {
		bpf_map_update_elem(&spans, &to, &first, BPF_NOEXIST);
		return false;
	}
	if ((__s64)(now - span->begin) >= seconds * SECOND) {
		span->begin = now;
		span->sent = 0;
	}
	return __sync_fetch_and_add(&span->sent, 1) >= most;
}

SPIN_HANDLER(limit, struct spin_udp_packet *pkt)
{
	if (is_too_many(pkt->daddr)) {
		__sync_fetch_and_add(&dropped, 1);
		return SPIN_DROP;
	}
	__sync_fetch_and_add(&passed, 1);
	return SPIN_PASS;
}

SPIN_BIND(Domain_Initialize, settings,
	.handler = check_settings);
SPIN_BIND(Udp_PacketSend, limits,
	.guard_fn = leaves,
	.handler = limit);
