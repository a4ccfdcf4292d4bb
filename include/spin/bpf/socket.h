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
 * The datagrams leave from the address and port the granted socket is bound
 * to, and pass the machine's packet filters. Pages changed between the send
 * and the device's reading of them go out changed. If a device on the way
 * cannot gather, the kernel copies: the capability's counters say so.
 *
 * Returns: how many destinations the datagrams were sent to; -EINVAL: argument
 * out of range; -ENOENT, -EBADF: slot; -ESHUTDOWN: the extension is being
 * unloaded; -ENODATA: the payload lies beyond the end of the file; -EIO, or what
 * else the file system has to say.
 *
 * A destination is counted as failed if it is not unicast or has port 0, if it
 * cannot be reached, if a datagram is larger than the route takes (none is
 * fragmented), or if there is no room in the socket's buffer.
 */
extern int spin_socket_send(struct spin_ctx *ctx, struct spin_send *msg,
			    const struct spin_udp_dest *dests,
			    __u32 dests__sz) __ksym;

/**
 * spin_socket_send_by - the same, by a pointer to the socket
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
 * spin_socket_send_file - the same, by a pointer to the file
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
