// SPDX-License-Identifier: GPL-2.0
/*
 * Packets: reading their payload, and what the verdict of a raise means for them.
 */
#include "packet.h"

#define LOAD_MAX	2048	/* bytes copied by one call */

/* ---- reading ---- */

/**
 * spin_packet_pull - make headers and the beginning of the payload contiguous
 * @skb: the packet; its data begins at the first header
 * @headers: bytes of headers, which it has
 *
 * Returns false: there is no memory.
 */
bool spin_packet_pull(struct sk_buff *skb, u32 headers)
{
	/* A pull out of a list of datagrams would undo the list. */
	u32 pull = headers + (skb_is_gso(skb) ? 0 : SPIN_PACKET_PULL);

	return pskb_may_pull(skb, min(skb->len, pull));
}

/**
 * spin_packet_copy_head - copy the beginning of a payload that is not to be pulled
 * @p: the packet
 * @datagram: bytes of payload that the datagram at hand has
 */
void spin_packet_copy_head(struct spin_packet *p, u32 datagram)
{
	p->copied = min_t(u32, datagram, SPIN_PACKET_PULL);
	if (skb_copy_bits(p->skb, p->payload, p->head, p->copied))
		p->copied = 0;
}

/**
 * spin_packet_data - payload bytes where they are
 * @p: the packet
 * @datagram: bytes of payload that the datagram has
 * @offset: of the first byte
 * @len: how many
 *
 * Returns NULL: they are not there, or not contiguous.
 */
const u8 *spin_packet_data(const struct spin_packet *p, u32 datagram, u32 offset,
			   u32 len)
{
	int at = spin_packet_at(p, datagram, offset, len);

	if (at < 0)
		return NULL;
	if (p->copied && offset + len <= p->copied)
		return p->head + offset;
	/* No handler can move the linear part: none can write. */
	if (at + len > skb_headlen(p->skb))
		return NULL;
	return p->skb->data + at;
}

/**
 * spin_packet_load - copy payload bytes
 * @p: the packet
 * @datagram: bytes of payload that the datagram has
 * @offset: of the first byte
 * @buf: where to
 * @len: how many
 *
 * Returns 0; -EINVAL: there are fewer, or too many are asked for.
 */
int spin_packet_load(const struct spin_packet *p, u32 datagram, u32 offset,
		     void *buf, u32 len)
{
	int at = spin_packet_at(p, datagram, offset, len);

	if (at < 0)
		return at;
	if (len > LOAD_MAX)
		return -EINVAL;
	return skb_copy_bits(p->skb, at, buf, len) ? -EINVAL : 0;
}

/* ---- verdicts ---- */

/**
 * spin_packet_take - a packet ends with the handlers
 * @p: the packet; consumed, if the hook says so
 *
 * What arrived counts as arrived for connection tracking. What is sent has not
 * left, as if it had been dropped, but the sender is told that it was sent.
 *
 * Returns what the hook is to return.
 */
unsigned int spin_packet_take(struct spin_packet *p)
{
	if (!spin_packet_is_sent(p) && !spin_packet_confirm(p->skb))
		return NF_DROP;
	consume_skb(p->skb);
	return NF_STOLEN;
}

/**
 * spin_packet_raise - raise an event for a packet
 * @point: where its bindings hang
 * @p: the packet; the context behind it is filled in
 * @datagram: bytes of payload, in the context
 *
 * Bottom halves are off. Returns what the hook is to return.
 */
unsigned int spin_packet_raise(struct spin_point *point, struct spin_packet *p,
			       u32 *datagram)
{
	int verdict;

	if (unlikely(skb_is_gso(p->skb))) {
		if (spin_packet_is_burst(p->skb))
			return spin_packet_raise_burst(point, p, datagram);
		spin_packet_copy_head(p, *datagram);
	}
	verdict = spin_point_raise(point, &p->raise);
	if (p->answer) {
		if (verdict != SPIN_PASS) {
			spin_packet_answer_with(p);
			return NF_STOLEN;
		}
		spin_packet_answer_copy(p, *datagram);
	}
	switch (verdict) {
	case SPIN_CONSUME:
		return spin_packet_take(p);
	case SPIN_DROP:
		return NF_DROP;
	default:
		return NF_ACCEPT;
	}
}
