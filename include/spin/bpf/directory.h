/* SPDX-License-Identifier: GPL-2.0 */
/* Interface Directory: granted directories, and the files in them by name. */
#ifndef _SPIN_BPF_DIRECTORY_H
#define _SPIN_BPF_DIRECTORY_H

#include <spin/bpf/file.h>

/**
 * spin_directory_open - open a regular file in a directory, for reading
 * @ctx: context of the handler
 * @directory: slot of the capability; right READ
 * @name: of the file: one component, without '/', not "." and not "..", ending in
 *	a NUL
 * @name__sz: size of the memory it is in, in bytes
 *
 * The file is opened with the rights of who granted the directory. A symbolic link
 * is not followed. The same file systems as for granted files. Counts against the
 * quota of objects until spin_file_release(). For sleepable handlers, but not for
 * those of page faults.
 *
 * Returns: the file, for the spin_file_*_by() functions, to be given back by
 * spin_file_release(); NULL: it was not opened: spin_directory_error() says why.
 */
extern struct spin_file *spin_directory_open(struct spin_ctx *ctx,
					     spin_directory_t directory,
					     const char *name,
					     __u32 name__sz) __ksym;

#endif /* _SPIN_BPF_DIRECTORY_H */
