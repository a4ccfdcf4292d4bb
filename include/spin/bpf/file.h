/* SPDX-License-Identifier: GPL-2.0 */
/* Interface File: granted regular files, read through the page cache. */
#ifndef _SPIN_BPF_FILE_H
#define _SPIN_BPF_FILE_H

#include <spin/bpf/capability.h>
#include <spin/bpf/spin.h>

/*
 * All of these are for sleepable handlers. Common errors: -ENOENT: slot @file
 * is empty (an optional capability was not granted); -EBADF: it holds
 * something that is not a file; -EKEYREVOKED: it was revoked; -EACCES: it lacks
 * SPIN_RIGHT_READ; -ESHUTDOWN: the extension is being unloaded.
 *
 * The extension has the file that was opened for it: it does not notice that
 * the file is renamed or removed, but sees it written to and truncated.
 */

/**
 * spin_file_size - get the file's present size
 * @ctx: context of the handler
 * @file: slot of the capability
 *
 * Returns: the size in bytes, or a negative errno.
 */
extern __s64 spin_file_size(struct spin_ctx *ctx, spin_file_t file) __ksym;

/**
 * spin_file_read - copy bytes of a file
 * @ctx: context of the handler
 * @file: slot of the capability
 * @offset: of the first byte
 * @buf: where to
 * @buf__sz: how many bytes, at most 4096
 *
 * This is for headers and indexes; send bulk data by reference (spin_socket_send()).
 *
 * Returns: the bytes copied, fewer only at the end of the file; -EINVAL:
 * @buf__sz or @offset is too large; -EIO, or another error of the file
 * system.
 */
extern int spin_file_read(struct spin_ctx *ctx, spin_file_t file, __u64 offset,
			  void *buf, __u32 buf__sz) __ksym;

/**
 * spin_file_readahead - start reading what will be sent soon
 * @ctx: context of the handler
 * @file: slot of the capability
 * @offset: of the first byte
 * @len: how many bytes, at most 16 MiB
 *
 * It does not wait for the disk (it may wait for memory).
 *
 * Returns: 0; -EINVAL: @len is 0 or too large, or @offset is too large.
 */
extern int spin_file_readahead(struct spin_ctx *ctx, spin_file_t file,
			       __u64 offset, __u32 len) __ksym;

/* @file may be a pointer, too: see <spin/bpf/capability.h>. */
extern __s64 spin_file_size_by(struct spin_ctx *ctx,
			       struct spin_file *file) __ksym;
extern int spin_file_read_by(struct spin_ctx *ctx, struct spin_file *file,
			     __u64 offset, void *buf, __u32 buf__sz) __ksym;
extern int spin_file_readahead_by(struct spin_ctx *ctx, struct spin_file *file,
				  __u64 offset, __u32 len) __ksym;

#define spin_file_size(CTX, FILE) \
	SPIN_SLOT_OR_POINTER(FILE, spin_file, spin_file_size)(CTX, FILE)
#define spin_file_read(CTX, FILE, ...) \
	SPIN_SLOT_OR_POINTER(FILE, spin_file, spin_file_read)(CTX, FILE, __VA_ARGS__)
#define spin_file_readahead(CTX, FILE, ...) \
	SPIN_SLOT_OR_POINTER(FILE, spin_file, spin_file_readahead)(CTX, FILE, __VA_ARGS__)

#endif /* _SPIN_BPF_FILE_H */
