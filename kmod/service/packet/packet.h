/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The context that events of packets share: where a packet's payload is, how it is
 * read, what becomes of it, and how it is answered.
 */
#ifndef _SPIN_PACKET_H
#define _SPIN_PACKET_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include <spin/spin.h>

#define SPIN_PACKET_PULL	128	/* bytes of payload that are contiguous for handlers */

/**
 * struct spin_packet - a raise of an event of packets, before its context
 * @skb: the packet; the context is about one datagram in it
 * @state: the hook's
 * @payload: offset of the datagram's payload in @skb
 * @copied: bytes of @head, 0 if not needed
 * @head: first bytes of the payload, where they are in pages of a packet that is not
 *	to be changed: of many datagrams, or on its way out
 * @answer: a handler answered: the packet itself may go back by this route, which
 *	is held, when the raise is over; NULL: none did, or the answer was sent
 * @raise: the raise
 */
struct spin_packet {
	struct sk_buff *skb;
	const struct nf_hook_state *state;
	u32 payload;
	u32 copied;
	u8 head[SPIN_PACKET_PULL];
	struct rtable *answer;
	struct spin_raise raise;
};

/*
 * An event's raise block is a struct spin_packet, and the context that programs
 * see. It must be so: programs are called with what lies behind @raise.
 */
#define SPIN_PACKET_CHECK(OUTER, CTX)					\
	static_assert(offsetof(OUTER, packet) == 0 &&			\
		      offsetof(OUTER, CTX) == sizeof(struct spin_packet))

/* The packet goes out, by a program or a service of this machine. */
static inline bool spin_packet_is_sent(const struct spin_packet *p)
{
	return p->state->hook == NF_INET_LOCAL_OUT;
}

/**
 * spin_packet_at - where some bytes of a datagram begin in its packet
 * @p: the packet
 * @datagram: bytes of payload that the datagram has
 * @offset: of the bytes in the payload
 * @len: how many
 *
 * Returns their offset in the skb; -EINVAL: there are fewer.
 */
static inline int spin_packet_at(const struct spin_packet *p, u32 datagram,
				 u32 offset, u32 len)
{
	if (len > datagram || offset > datagram - len)
		return -EINVAL;
	return p->payload + offset;
}

/* To be called before the raise; what the event's context has is the event's to say. */
static inline void spin_packet_init(struct spin_packet *p, struct sk_buff *skb,
				    const struct nf_hook_state *state,
				    u32 payload)
{
	p->skb = skb;
	p->state = state;
	p->payload = payload;
	p->copied = 0;
	p->answer = NULL;
}

/* ---- packet.c ---- */

bool __must_check spin_packet_pull(struct sk_buff *skb, u32 headers);
void spin_packet_copy_head(struct spin_packet *p, u32 datagram);
const u8 *spin_packet_data(const struct spin_packet *p, u32 datagram,
			   u32 offset, u32 len);
int spin_packet_load(const struct spin_packet *p, u32 datagram, u32 offset,
		     void *buf, u32 len);
unsigned int spin_packet_take(struct spin_packet *p);
unsigned int spin_packet_raise(struct spin_point *point, struct spin_packet *p,
			       u32 *datagram);

/* ---- burst.c ---- */

bool spin_packet_is_burst(const struct sk_buff *skb);
unsigned int spin_packet_raise_burst(struct spin_point *point,
				     struct spin_packet *p, u32 *datagram);

/* ---- conntrack.c ---- */

bool __must_check spin_packet_confirm(struct sk_buff *skb);

/* ---- reply.c ---- */

int spin_packet_reply(struct spin_packet *p, u32 datagram,
		      struct spin_extension *ext);
void spin_packet_answer_with(struct spin_packet *p);
void spin_packet_answer_copy(struct spin_packet *p, u32 datagram);

#endif /* _SPIN_PACKET_H */
