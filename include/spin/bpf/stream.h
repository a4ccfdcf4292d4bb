/* SPDX-License-Identifier: GPL-2.0 */
/* Interface Stream: granted TCP connections. */
#ifndef _SPIN_BPF_STREAM_H
#define _SPIN_BPF_STREAM_H

#include <spin/bpf/spin.h>

/*
 * Sleepable handlers may call these, but not those of page faults. None waits for
 * the peer. Common errors: -ENOENT: slot @stream is empty; -EBADF: it holds
 * something that is no stream; -EACCES: it lacks the right; -EKEYREVOKED: it was
 * taken away; -ESHUTDOWN: the extension is being unloaded; -EAGAIN: not now: there
 * is no room, nothing has come, or somebody else is using the socket; -EPROTOTYPE:
 * somebody has put a layer above TCP (TLS) into the socket.
 */

/**
 * spin_stream_send - send bytes
 * @ctx: context of the handler
 * @stream: slot of the capability; right WRITE
 * @buf: the bytes
 * @buf__sz: how many, 1 to SPIN_SEND_LEN_MAX
 *
 * Returns: how many were taken, at least one, maybe fewer than @buf__sz: send the
 * rest later; -EPIPE, -ECONNRESET and the like: the connection has ended; -EINVAL:
 * @buf__sz.
 */
extern int spin_stream_send(struct spin_ctx *ctx, spin_stream_t stream,
			    const void *buf, __u32 buf__sz) __ksym;

/**
 * spin_stream_send_file - send bytes of a file, by reference to its pages
 * @ctx: context of the handler
 * @stream: slot of the capability; right WRITE
 * @file: slot of a capability File; right READ
 * @offset: of the first byte in the file
 * @len: how many, 1 to SPIN_SEND_LEN_MAX
 *
 * Bytes that are not in memory are read from the disk. If the file is written
 * to before the peer has received its bytes, the peer may get the new ones.
 *
 * Returns: as spin_stream_send(); -ENODATA: the range ends behind the file.
 */
extern int spin_stream_send_file(struct spin_ctx *ctx, spin_stream_t stream,
				 spin_file_t file, __u64 offset,
				 __u32 len) __ksym;

/**
 * spin_stream_receive - take what has come
 * @ctx: context of the handler
 * @stream: slot of the capability; right READ
 * @buf: where to
 * @buf__sz: its size in bytes, 1 to 65536
 *
 * Urgent data is passed over, as recv() does, unless it is to be in line
 * (SO_OOBINLINE).
 *
 * Returns: how many bytes; 0: the peer sends no more; -EAGAIN: nothing has come;
 * -ECONNRESET and the like: the connection has ended; -EINVAL: @buf__sz.
 */
extern int spin_stream_receive(struct spin_ctx *ctx, spin_stream_t stream,
			       void *buf, __u32 buf__sz) __ksym;

#endif /* _SPIN_BPF_STREAM_H */
