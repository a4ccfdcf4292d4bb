/* SPDX-License-Identifier: GPL-2.0 */
/* Interface Socket: granted UDP endpoints. */
#ifndef _SPIN_BPF_SOCKET_H
#define _SPIN_BPF_SOCKET_H

#include <spin/bpf/spin.h>
#include <spin/bpf/file.h>

/**
 * spin_socket_send - send datagrams to many destinations
 * @ctx: context of the handler, which must be sleepable
 * @msg: header and payload; the payload's pages are taken from the page cache
 *	by reference, read from the disk if they are not there
 * @dests: where to
 * @dests__sz: size of @dests in bytes: 1 to SPIN_SEND_DEST_MAX whole entries
 *
 * The datagrams leave from the port the granted socket is bound to, and from its
 * address, or from that of the destination's @saddr; they pass the machine's
 * packet filters. Pages changed between the send and the device's reading of
 * them go out changed. If a device on the way cannot gather, the kernel copies:
 * the capability's counters say so.
 *
 * These options of the socket are obeyed, as they are at the time of the send:
 * SO_MARK, SO_BINDTODEVICE, SO_PRIORITY, SO_SNDBUF, IP_TOS, IP_TTL. A socket with
 * IP_OPTIONS is refused. Whatever IP_MTU_DISCOVER, SO_NO_CHECK, SO_BROADCAST,
 * SO_DONTROUTE, SO_TXTIME and SO_TIMESTAMPING say, a datagram is never
 * fragmented, has a checksum, goes to a unicast address by the routes, at once,
 * and is not stamped. sendmsg() hooks of security modules and control groups do
 * not see it; those for packets that leave do.
 *
 * If nothing on the way would look at the datagrams, they go to the device's
 * driver in bulk, and the tracepoints net:net_dev_* do not show them.
 *
 * Returns: how many destinations all the datagrams were sent to; -EINVAL:
 * argument out of range; -ENOENT, -EBADF: slot; -ESHUTDOWN: the extension is being
 * unloaded; -ENODATA: the payload lies beyond the end of the file; -EDQUOT: the
 * domain's quota of packets, to which datagrams are charged, is used up; -EIO, or
 * another error of the file system.
 *
 * A destination is counted as failed if it is not unicast, has port 0 or a
 * reserved part that is not zero, if it cannot be reached or not from the address
 * it names, if a datagram is larger than the route takes, if there is no room in
 * the socket's buffer, or if more than half of that is used and this destination
 * has more on its way than is free.
 */
extern int spin_socket_send(struct spin_ctx *ctx, struct spin_send *msg,
			    const struct spin_udp_dest *dests,
			    __u32 dests__sz) __ksym;

/**
 * spin_socket_room - how large a datagram to a destination may be
 * @ctx: context of the handler, which must be sleepable
 * @socket: slot of the Socket capability
 * @dest: the destination
 *
 * Returns: bytes of header and payload that the route takes now; -ENOENT, -EBADF:
 * slot; -EINVAL: the reserved part is not zero; -EACCES: it is not unicast, or
 * has port 0; -ENODEV: there is no such device; -EADDRNOTAVAIL: the socket may not
 * send from that address, or not by that device; -ENETUNREACH, -EHOSTUNREACH, or
 * another error of routing.
 */
extern int spin_socket_room(struct spin_ctx *ctx, spin_socket_t socket,
			    const struct spin_udp_dest *dest) __ksym;

/**
 * spin_socket_send_by - send datagrams by a pointer to the socket
 * @ctx: as above
 * @socket: see <spin/bpf/capability.h>; @msg->socket does not count
 * @msg: as above; the file by its slot
 * @dests: as above
 * @dests__sz: as above
 *
 * Returns: as above, and -EPERM, -EKEYREVOKED, -EACCES.
 */
extern int spin_socket_send_by(struct spin_ctx *ctx, struct spin_socket *socket,
			       struct spin_send *msg,
			       const struct spin_udp_dest *dests,
			       __u32 dests__sz) __ksym;

/**
 * spin_socket_send_file - send datagrams by a pointer to the file
 * @ctx: as above
 * @file: see <spin/bpf/capability.h>; @msg->file does not count
 * @msg: as above; the socket by its slot
 * @dests: as above
 * @dests__sz: as above
 *
 * Returns: as above, and -EPERM, -EKEYREVOKED, -EACCES.
 */
extern int spin_socket_send_file(struct spin_ctx *ctx, struct spin_file *file,
				 struct spin_send *msg,
				 const struct spin_udp_dest *dests,
				 __u32 dests__sz) __ksym;

#endif /* _SPIN_BPF_SOCKET_H */
