/* SPDX-License-Identifier: GPL-2.0 */
/* Interface Directory: granted directories, and the files in them by name. */
#ifndef _SPIN_BPF_DIRECTORY_H
#define _SPIN_BPF_DIRECTORY_H

#include <spin/bpf/file.h>

/**
 * spin_directory_open - open a regular file in a directory, for reading
 * @ctx: context of the handler
 * @directory: slot of the capability; right READ
 * @name: of the file: one component, without '/', not "." and not ".."; ends at a
 *	NUL or at its size
 * @name__sz: size of the memory it is in, in bytes
 * @error: set to 0, or to why it was not opened
 *
 * The file is opened with the rights of the user who granted the directory. A
 * symbolic link is not followed. The file systems are the same as for granted
 * files. The file counts against the quota of objects until spin_file_release().
 * Sleepable handlers may call this, but not those of page faults.
 *
 * If the directory is revoked, so are the files that were opened in it. If it is
 * an argument of a call, the right KEEP is needed, too, because a file may be
 * kept.
 *
 * Returns: the file, for the spin_file_*_by() functions, to be given back by
 * spin_file_release(); or NULL, and @error says why: -EINVAL: @name is none, or
 * belongs to something that is no file; -EISDIR, -ELOOP: it is a directory, a
 * symbolic link; -EACCES: the granter of the directory may not read it, or the
 * capability lacks the right; -EOPNOTSUPP: it is of another file system, mounted
 * there; -EAGAIN: somebody has a lease on it; -EDQUOT: too many objects; -ENOENT:
 * there is none, or slot @directory is empty; -EBADF: the slot holds something
 * else; -EKEYREVOKED, -ESHUTDOWN, -ENOMEM, or another error of the file system.
 */
extern struct spin_file *spin_directory_open(struct spin_ctx *ctx,
					     spin_directory_t directory,
					     const char *name,
					     __u32 name__sz,
					     int *error) __ksym;

#endif /* _SPIN_BPF_DIRECTORY_H */
