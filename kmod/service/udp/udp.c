// SPDX-License-Identifier: GPL-2.0
/*
 * Interface Udp: two events, hooks of the packet filter. Udp.PacketArrived on local
 * input, which sees datagrams whole: fragments have been put together.
 * Udp.PacketSend on local output, which sees them whole: they are cut behind it.
 */
#include <linux/bottom_half.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/udp.h>
#include <net/xfrm.h>
#include <spin/spin.h>
#include "../packet/hook.h"
#include "../packet/packet.h"
#include "udp.h"

/* A raise of an event of this interface. */
struct udp_raise {
	struct spin_packet packet;
	struct spin_udp_packet pkt;
};
SPIN_PACKET_CHECK(struct udp_raise, pkt);

static struct udp_raise *raise_of(struct spin_udp_packet *pkt)
{
	return container_of(pkt, struct udp_raise, pkt);
}

static struct spin_hook arrived, sent;

/* Its headers are contiguous. */
static void context_fill(struct udp_raise *r, struct spin_event *event,
			 u32 iphlen, u32 payload, const struct net_device *dev)
{
	const struct iphdr *ip = ip_hdr(r->packet.skb);
	const struct udphdr *udp = (void *)ip + iphlen;

	r->packet.raise.event = event;
	r->pkt.ctx = (struct spin_ctx) { .event_id = event->id };
	r->pkt.saddr = ip->saddr;
	r->pkt.daddr = ip->daddr;
	r->pkt.sport = ntohs(udp->source);
	r->pkt.dport = ntohs(udp->dest);
	r->pkt.len = payload;
	r->pkt.ifindex = dev ? dev->ifindex : 0;
	r->pkt.reserved = 0;
}

/* Is there a binding for its port? Asked before anything that costs. */
static bool is_wanted(const struct spin_hook_point *hp, const struct sk_buff *skb)
{
	u32 iphlen = ip_hdrlen(skb);
	const struct udphdr *udp = (void *)ip_hdr(skb) + iphlen;

	if (spin_hook_wants_any(hp) || skb_headlen(skb) < iphlen + sizeof(*udp))
		return true;
	return spin_hook_wants(hp, ntohs(udp->dest));
}

/* ---- Udp.PacketArrived ---- */

enum parsed {
	IGNORE,		/* not UDP, or nothing that UDP would take: not seen */
	RAISE,
	REFUSE,		/* cannot be looked at: must not pass a filter unseen */
};

/*
 * Makes the headers and the beginning of the payload contiguous; cuts off what
 * is behind the datagram, as UDP will; fills in the context.
 */
static enum parsed arrived_parse(struct sk_buff *skb, struct udp_raise *r,
				 const struct nf_hook_state *state)
{
	u32 iphlen = ip_hdrlen(skb);
	const struct udphdr *udp;
	u32 len;

	if (ip_is_fragment(ip_hdr(skb)) || skb->len < iphlen + sizeof(*udp))
		return IGNORE;
	if (!spin_packet_pull(skb, iphlen + sizeof(*udp)))
		return REFUSE;
	udp = (void *)ip_hdr(skb) + iphlen;
	len = ntohs(udp->len);
	if (len < sizeof(*udp) || len > skb->len - iphlen)
		return IGNORE;
	if (len < skb->len - iphlen &&
	    (skb_is_gso(skb) || pskb_trim_rcsum(skb, iphlen + len)))
		return REFUSE;
	udp = (void *)ip_hdr(skb) + iphlen;
	/* Zero: the sender made none. */
	if (udp->check &&
	    nf_ip_checksum(skb, NF_INET_LOCAL_IN, iphlen, IPPROTO_UDP))
		return IGNORE;
	/* UDP asks behind the hook: what no socket may have, no handler may. */
	if (!xfrm4_policy_check(NULL, XFRM_POLICY_IN, skb))
		return IGNORE;

	spin_packet_init(&r->packet, skb, state, iphlen + sizeof(*udp));
	context_fill(r, &arrived.event, iphlen, len - sizeof(*udp), state->in);
	return RAISE;
}

/* Not in line: what comes to other ports does not pay for this much stack. */
static noinline unsigned int arrived_raise(struct spin_hook_point *hp,
					   struct sk_buff *skb,
					   const struct nf_hook_state *state)
{
	struct udp_raise r;

	switch (arrived_parse(skb, &r, state)) {
	case IGNORE:
		return NF_ACCEPT;
	case REFUSE:
		return NF_DROP;
	case RAISE:
		break;
	}
	return spin_packet_raise(&hp->point, &r.packet, &r.pkt.len);
}

static unsigned int arrived_hook(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct spin_hook_point *hp = priv;

	if (ip_hdr(skb)->protocol != IPPROTO_UDP || !is_wanted(hp, skb))
		return NF_ACCEPT;
	return arrived_raise(hp, skb, state);
}

/* ---- Udp.PacketSend ---- */

/*
 * As it was made: nothing is cut off, no checksum looked at, and no page copied into
 * it. What is no whole datagram was made by hand, by a raw socket, and nobody knows
 * what its receiver takes it for. Returns false: it cannot be looked at, and must not
 * pass a filter unseen.
 */
static bool send_parse(struct sk_buff *skb, struct udp_raise *r,
		       const struct nf_hook_state *state)
{
	u32 iphlen = ip_hdrlen(skb);
	u32 headers = iphlen + sizeof(struct udphdr);
	const struct udphdr *udp;
	u32 len;

	if (ip_is_fragment(ip_hdr(skb)) || !pskb_may_pull(skb, headers))
		return false;
	udp = (void *)ip_hdr(skb) + iphlen;
	/* What the device is to cut may be longer than a header can say. */
	len = skb_is_gso(skb) ? skb->len - iphlen : ntohs(udp->len);
	if (len < sizeof(*udp) || len > skb->len - iphlen)
		return false;
	spin_packet_init(&r->packet, skb, state, headers);
	context_fill(r, &sent.event, iphlen, len - sizeof(*udp), state->out);
	if (skb_headlen(skb) < min(skb->len, headers + SPIN_PACKET_PULL))
		spin_packet_copy_head(&r->packet, r->pkt.len);
	return true;
}

static noinline unsigned int send_raise(struct spin_hook_point *hp,
					struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	struct udp_raise r;

	if (!send_parse(skb, &r, state))
		return NF_DROP;
	return spin_packet_raise(&hp->point, &r.packet, &r.pkt.len);
}

/*
 * What goes out through a VRF is shown with the VRF's device first, before it comes
 * by again with the device that it leaves by. A datagram to the VRF itself is
 * not: its route leads to the VRF's device.
 */
static bool is_shown_again(const struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	return skb->dev == state->out && netif_is_l3_master(state->out) &&
	       skb_dst(skb)->dev != state->out;
}

/* Fragments, which raw sockets may send, are no datagrams, and may have no port. */
static bool send_is_wanted(const struct spin_hook_point *hp,
			   const struct sk_buff *skb)
{
	return ip_is_fragment(ip_hdr(skb)) || is_wanted(hp, skb);
}

/* By a program, as a rule: handlers find bottom halves off, as they may expect. */
static unsigned int send_hook(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct spin_hook_point *hp = priv;
	unsigned int verdict;

	if (ip_hdr(skb)->protocol != IPPROTO_UDP || !send_is_wanted(hp, skb) ||
	    is_shown_again(skb, state))
		return NF_ACCEPT;
	local_bh_disable();
	verdict = send_raise(hp, skb, state);
	local_bh_enable();
	return verdict;
}

/* ---- the events ---- */

static const struct spin_key udp_keys[] = {
	SPIN_KEY(struct spin_udp_packet, dport, "dport"),
	SPIN_KEY(struct spin_udp_packet, sport, "sport"),
	SPIN_KEY(struct spin_udp_packet, saddr, "saddr"),
	SPIN_KEY(struct spin_udp_packet, daddr, "daddr"),
};

/* Nothing here goes by the port in the context but guards and handlers. */
static const struct spin_key udp_references[] = {
	SPIN_KEY(struct spin_udp_packet, dport, "dport"),
};

static struct spin_hook arrived = {
	.event = {
		.name = "Udp.PacketArrived",
		.interface = "Udp",
		.context = SPIN_CONTEXT_SOFTIRQ,
		.result_min = SPIN_PASS,
		.result_max = SPIN_DROP,
		.refused_result = SPIN_DROP,
		.ctx_size = sizeof(struct spin_udp_packet),
		.keys = udp_keys,
		.key_count = ARRAY_SIZE(udp_keys),
		.references = udp_references,
		.reference_count = ARRAY_SIZE(udp_references),
		.ops = &spin_hook_ops,
		.type = "Udp_PacketArrived",
	},
	.ops = {
		.hook = arrived_hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		/* After the packet filter: what it drops is not to be seen. */
		.priority = NF_IP_PRI_LAST - 1,
	},
	.port = SPIN_UDP_DPORT,
};

SPIN_EVENT_TYPE(Udp_PacketArrived, struct spin_udp_packet, arrived.event);

static struct spin_hook sent = {
	.event = {
		.name = "Udp.PacketSend",
		.interface = "Udp",
		.context = SPIN_CONTEXT_SOFTIRQ,
		.result_min = SPIN_PASS,
		.result_max = SPIN_DROP,
		.refused_result = SPIN_DROP,
		/* What a handler sends would raise it again, without end. */
		.once = true,
		.ctx_size = sizeof(struct spin_udp_packet),
		.keys = udp_keys,
		.key_count = ARRAY_SIZE(udp_keys),
		.references = udp_references,
		.reference_count = ARRAY_SIZE(udp_references),
		.ops = &spin_hook_ops,
		.type = "Udp_PacketSend",
	},
	.ops = {
		.hook = send_hook,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		/* After the packet filter, and what it makes of addresses. */
		.priority = NF_IP_PRI_LAST - 1,
	},
	.port = SPIN_UDP_DPORT,
};

SPIN_EVENT_TYPE(Udp_PacketSend, struct spin_udp_packet, sent.event);

/* ---- what handlers may do ---- */

/**
 * spin_udp_packet_skb - the packet behind a context, for other services
 * @pkt: the context
 * @offset: of payload bytes
 * @len: how many
 * @skb: set to the packet
 *
 * Returns the offset of these bytes in the skb; -EINVAL: there are fewer.
 */
int spin_udp_packet_skb(struct spin_udp_packet *pkt, u32 offset, u32 len,
			struct sk_buff **skb)
{
	const struct spin_packet *packet = &raise_of(pkt)->packet;

	*skb = packet->skb;
	return spin_packet_at(packet, pkt->len, offset, len);
}

__bpf_kfunc_start_defs();

__bpf_kfunc const u8 *spin_udp_data(struct spin_udp_packet *pkt, u32 offset,
				    u32 rdonly_buf_size)
{
	return spin_packet_data(&raise_of(pkt)->packet, pkt->len, offset,
				rdonly_buf_size);
}

__bpf_kfunc int spin_udp_load(struct spin_udp_packet *pkt, u32 offset,
			      void *buf, u32 buf__sz)
{
	return spin_packet_load(&raise_of(pkt)->packet, pkt->len, offset, buf,
				buf__sz);
}

__bpf_kfunc int spin_udp_reply(struct spin_udp_packet *pkt)
{
	return spin_packet_reply(&raise_of(pkt)->packet, pkt->len,
				 spin_ctx_extension(&pkt->ctx));
}

__bpf_kfunc_end_defs();

#define UDP_KFUNCS(F) \
	F(spin_udp_data, KF_TRUSTED_ARGS | KF_RET_NULL, 30, SPIN_CLASS_NONE, SPIN_KFUNC_GUARD) \
	F(spin_udp_load, KF_TRUSTED_ARGS, 400, SPIN_CLASS_SPINNING, 0) \
	F(spin_udp_reply, KF_TRUSTED_ARGS, 2000, SPIN_CLASS_SPINNING, 0)

SPIN_KFUNC_TABLE(udp_kfuncs, UDP_KFUNCS);

SPIN_SERVICE(spin_udp_service) = {
	.interface = {
		.name = "Udp",
		.authorize = spin_interface_public,
		.kfuncs = { &udp_kfuncs },
	},
	.events = { &Udp_PacketArrived_type, &Udp_PacketSend_type },
};
