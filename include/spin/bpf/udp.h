/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interface Udp: two events, and what a handler of them may do. Their context is
 * struct spin_udp_packet, their results are enum spin_verdict. Handling them needs
 * CAP_NET_ADMIN in the network name space in which the extension was created, whose
 * datagrams they are about.
 *
 * Udp.PacketArrived is raised for every UDP/IPv4 datagram to this host, whole and
 * with a valid checksum or none, behind packet filters and IPsec policies and before
 * the sockets.
 *
 * Udp.PacketSend is raised for every UDP/IPv4 datagram that this host sends: its
 * programs, its kernel, and spin.ko itself. It is whole: it is cut into fragments
 * behind the handlers. It is raised behind packet filters, before IPsec. SPIN_DROP:
 * it is not sent, and the sender is told so (EPERM). SPIN_CONSUME: it is not sent,
 * and the sender is told that it was.
 */
#ifndef _SPIN_BPF_UDP_H
#define _SPIN_BPF_UDP_H

#include <spin/bpf/spin.h>

/**
 * spin_udp_data - look at payload bytes where they are
 * @pkt: context of the handler
 * @offset: of the first byte, from the start of the payload
 * @rdonly_buf_size: how many bytes; a constant, so that the verifier knows it
 *
 * The first 128 bytes of payload, if there are so many, are always available.
 * Guards may call it.
 *
 * Returns: a read-only pointer, or NULL if the bytes are not there or not
 * contiguous in memory (then use spin_udp_load()).
 */
extern const __u8 *spin_udp_data(struct spin_udp_packet *pkt, __u32 offset,
				 __u32 rdonly_buf_size) __ksym;

/**
 * spin_udp_load - copy payload bytes
 * @pkt: context of the handler
 * @offset: of the first byte, from the start of the payload
 * @buf: where to
 * @buf__sz: how many bytes, at most 2048
 *
 * Returns: 0; -EINVAL: the payload is shorter, or too many bytes.
 */
extern int spin_udp_load(struct spin_udp_packet *pkt, __u32 offset, void *buf,
			 __u32 buf__sz) __ksym;

/**
 * spin_udp_reply - send the payload back to where it came from
 * @pkt: context of the handler, of Udp.PacketArrived
 *
 * The answer has source and destination exchanged. If the packet came in by a VRF,
 * the answer goes back by the routes of that; if sysctl fwmark_reflect is set, it
 * has the packet's mark. Connection tracking takes it for an answer. Later handlers
 * see the packet as it came: the answer is sent when all have run. If none of them
 * lets the packet pass, the answer is the packet itself, else a copy, for which
 * there must be memory. Return SPIN_CONSUME if nobody else is to have the packet.
 *
 * Returns: 0: it will be given to the stack, which may still drop it; -EINVAL:
 * the packet was not to this host alone, or its source cannot be answered (no
 * port, no unicast address); -EHOSTUNREACH: no route back; -EPERM: connection
 * tracking refuses the packet, whose connection is another one's, too; -ENOMEM;
 * -EMSGSIZE: more than the route's MTU; -EOPNOTSUPP: it did not come: the event is
 * Udp.PacketSend.
 */
extern int spin_udp_reply(struct spin_udp_packet *pkt) __ksym;

#endif /* _SPIN_BPF_UDP_H */
