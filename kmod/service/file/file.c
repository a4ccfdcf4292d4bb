// SPDX-License-Identifier: GPL-2.0
/*
 * Capability File: a regular file that the user opened and granted. Its bytes
 * are reached through the page cache: copied in small amounts, or lent by
 * reference to be sent.
 *
 * The opened file is the authority: no path is resolved here, and what security
 * modules ask once more they are to ask about who opened it, and not about the task
 * that a handler happens to run in. The reference is given back when the extension
 * is gone.
 */
#include <linux/cred.h>
#include <linux/fadvise.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/pagemap.h>
#include <spin/spin.h>
#include "../../capability/pointer.h"
#include "../io.h"

#define READ_MAX	4096
#define READAHEAD_MAX	SZ_16M

/*
 * Handlers wait for pages, and an unload waits for handlers: no file systems
 * whose pages come from another process or machine, or not by folio at all.
 */
bool spin_file_on_disk(const struct file *file)
{
	const struct super_block *sb = file_inode(file)->i_sb;

	return sb->s_type->fs_flags & FS_REQUIRES_DEV &&
	       sb->s_magic != FUSE_SUPER_MAGIC;
}

bool spin_file_readable(const struct file *file)
{
	return spin_file_on_disk(file) && file->f_mapping->a_ops->read_folio;
}

/* Its path; if that is too long, its last part, which says most. */
void spin_file_describe(struct file *file, char *what, size_t size)
{
	const char *path = file_path(file, what, size);

	if (IS_ERR(path))
		snprintf(what, size, "%pD", file);
	else
		memmove(what, path, strlen(path) + 1);
}

static int file_check(struct spin_extension *ext, const char *name,
		      const struct file *file)
{
	if (S_ISDIR(file_inode(file)->i_mode)) {
		spin_extension_refuse(ext, "capability '%s': it is a directory; grant a regular file",
				      name);
		return -EISDIR;
	}
	if (!S_ISREG(file_inode(file)->i_mode)) {
		spin_extension_refuse(ext, "capability '%s': it is not a regular file",
				      name);
		return -EINVAL;
	}
	if (!(file->f_mode & FMODE_READ)) {
		spin_extension_refuse(ext, "capability '%s': the file is not open for reading",
				      name);
		return -EACCES;
	}
	if (!spin_file_readable(file)) {
		spin_extension_refuse(ext, "capability '%s': files of this file system (%s) cannot be read page by page, or may take for ever; copy it to a disk file system",
				      name, file_inode(file)->i_sb->s_type->name);
		return -EOPNOTSUPP;
	}
	return 0;
}

static int file_grant(struct spin_extension *ext,
		      const struct spin_ioc_ext_grant *args,
		      struct spin_capability *capability)
{
	struct file *file;
	int err;

	file = fget(args->fd);
	if (!file) {
		spin_extension_refuse(ext, "capability '%s': descriptor %d is not open",
				      args->name, args->fd);
		return -EBADF;
	}
	err = file_check(ext, args->name, file);
	if (err) {
		fput(file);
		return err;
	}
	spin_file_describe(file, capability->what, sizeof(capability->what));
	capability->object = file;
	return 0;
}

static void file_release(struct spin_capability *capability)
{
	fput(capability->object);
}

SPIN_POINTER_IDS(spin_file)

static const struct spin_capability_type file_type = {
	.kind = SPIN_CAP_FILE,
	.pointer = spin_file_pointer,
	.grant = file_grant,
	.release = file_release,
};

/**
 * spin_file_new - a capability for a file that was found by another capability
 * @found_by: a directory's; in use. To revoke that is to revoke this
 * @holder: who may use it; charged with an object
 * @file: opened for reading
 * @rights: SPIN_RIGHT_* it is to have, no more than the holder had to @found_by
 *
 * Process context. Returns it with a reference, to be given up by spin_file_release(),
 * and @file is its own; or ERR_PTR, and @file is the caller's: -EOPNOTSUPP: files
 * of its file system cannot be granted, -EISDIR, -EINVAL, -EACCES: nor this one;
 * -EKEYREVOKED, -EDQUOT, -ENOMEM.
 */
struct spin_file *spin_file_new(struct spin_capability *found_by,
				struct spin_extension *holder,
				struct file *file, u32 rights)
{
	struct spin_capability *capability;
	char what[sizeof(capability->what)];
	int err;

	err = file_check(holder, found_by->name, file);
	if (err)
		return ERR_PTR(err);
	spin_file_describe(file, what, sizeof(what));
	capability = spin_capability_create(found_by, holder, SPIN_CAP_FILE,
					    file, what, rights);
	return IS_ERR(capability) ? ERR_CAST(capability) :
	       (struct spin_file *)capability;
}

static int fragments_get(struct spin_capability *capability, u64 offset,
			 u32 len, struct spin_fragment *fragments, int max)
{
	struct file *file = capability->object;
	struct address_space *mapping = file->f_mapping;
	u64 size = i_size_read(mapping->host);
	int count = 0;

	might_sleep();
	if (len > size || offset > size - len)
		return -ENODATA;
	while (len) {
		struct spin_fragment *fragment = &fragments[count];
		struct folio *folio;

		if (count == max) {
			spin_file_fragments_put(fragments, count);
			return -E2BIG;
		}
		folio = read_mapping_folio(mapping, offset >> PAGE_SHIFT, file);
		if (IS_ERR(folio)) {
			spin_file_fragments_put(fragments, count);
			return PTR_ERR(folio);
		}
		fragment->folio = folio;
		fragment->offset = offset_in_folio(folio, offset);
		fragment->len = min_t(size_t, len,
				      folio_size(folio) - fragment->offset);
		offset += fragment->len;
		len -= fragment->len;
		count++;
	}
	spin_count_add(capability, SPIN_COUNT_READ, count);
	return count;
}

/**
 * spin_file_fragments_get - borrow a range of a file from the page cache
 * @capability: of kind File, in use
 * @offset: of the range, bytes
 * @len: of the range, bytes
 * @fragments: filled in
 * @max: room in @fragments
 *
 * Reads from the disk what is not there. Process context, sleeps; called by
 * functions for handlers that may sleep, and lets go of what such a handler holds.
 *
 * Returns how many fragments; -ENODATA: the range ends behind the file;
 * -E2BIG: too many fragments; -EIO and the like from the file system.
 */
int spin_file_fragments_get(struct spin_capability *capability, u64 offset,
			    u32 len, struct spin_fragment *fragments, int max)
{
	int count;

	spin_handler_let_go();	/* the file's server may take its time */
	count = fragments_get(capability, offset, len, fragments, max);
	spin_handler_take_up();
	return count;
}

void spin_file_fragments_put(struct spin_fragment *fragments, int count)
{
	while (count--)
		folio_put(fragments[count].folio);
}

/* ---- what the functions do; the capability is in use ---- */

s64 spin_file_size_of(const struct spin_capability *capability)
{
	return i_size_read(file_inode(capability->object));
}

static int read_as_opener(struct file *file, u64 offset, void *buf, u32 len)
{
	const struct cred *own = override_creds(file->f_cred);
	loff_t pos = offset;
	int done = kernel_read(file, buf, len, &pos);

	revert_creds(own);
	return done;
}

static int readahead_as_opener(struct file *file, u64 offset, u32 len)
{
	const struct cred *own = override_creds(file->f_cred);
	int err = vfs_fadvise(file, offset, len, POSIX_FADV_WILLNEED);

	revert_creds(own);
	return err;
}

static int file_read(struct spin_capability *capability, u64 offset, void *buf,
		     u32 len)
{
	int done;

	if (len > READ_MAX || offset > LLONG_MAX - READ_MAX)
		return -EINVAL;
	spin_handler_let_go();	/* the file's server may take its time */
	done = read_as_opener(capability->object, offset, buf, len);
	spin_handler_take_up();
	if (done > 0)
		spin_count_add(capability, SPIN_COUNT_COPIED, done);
	return done;
}

static int file_readahead(struct spin_capability *capability, u64 offset,
			  u32 len)
{
	int err;

	if (!len || len > READAHEAD_MAX || offset > LLONG_MAX - READAHEAD_MAX)
		return -EINVAL;
	spin_handler_let_go();
	err = readahead_as_opener(capability->object, offset, len);
	spin_handler_take_up();
	return err;
}

__bpf_kfunc_start_defs();

__bpf_kfunc s64 spin_file_size(struct spin_ctx *ctx, u32 file)
{
	struct spin_capability *capability =
		spin_capability_use(ctx, file, SPIN_CAP_FILE, SPIN_RIGHT_READ);
	s64 size;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	size = spin_file_size_of(capability);
	spin_capability_done(capability);
	return size;
}

__bpf_kfunc int spin_file_read(struct spin_ctx *ctx, u32 file, u64 offset,
			       void *buf, u32 buf__sz)
{
	struct spin_capability *capability =
		spin_capability_use(ctx, file, SPIN_CAP_FILE, SPIN_RIGHT_READ);
	int done;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	done = file_read(capability, offset, buf, buf__sz);
	spin_capability_done(capability);
	return done;
}

__bpf_kfunc int spin_file_readahead(struct spin_ctx *ctx, u32 file, u64 offset,
				    u32 len)
{
	struct spin_capability *capability =
		spin_capability_use(ctx, file, SPIN_CAP_FILE, SPIN_RIGHT_READ);
	int err;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	err = file_readahead(capability, offset, len);
	spin_capability_done(capability);
	return err;
}

SPIN_POINTER_KFUNCS(spin_file, SPIN_CAP_FILE)

__bpf_kfunc s64 spin_file_size_by(struct spin_ctx *ctx, struct spin_file *file)
{
	struct spin_capability *capability =
		spin_capability_use_held(ctx, spin_pointer_capability(file), SPIN_CAP_FILE,
					 SPIN_RIGHT_READ);
	s64 size;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	size = spin_file_size_of(capability);
	spin_capability_done(capability);
	return size;
}

__bpf_kfunc int spin_file_read_by(struct spin_ctx *ctx, struct spin_file *file,
				  u64 offset, void *buf, u32 buf__sz)
{
	struct spin_capability *capability =
		spin_capability_use_held(ctx, spin_pointer_capability(file), SPIN_CAP_FILE,
					 SPIN_RIGHT_READ);
	int done;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	done = file_read(capability, offset, buf, buf__sz);
	spin_capability_done(capability);
	return done;
}

__bpf_kfunc int spin_file_readahead_by(struct spin_ctx *ctx,
				       struct spin_file *file, u64 offset,
				       u32 len)
{
	struct spin_capability *capability =
		spin_capability_use_held(ctx, spin_pointer_capability(file), SPIN_CAP_FILE,
					 SPIN_RIGHT_READ);
	int err;

	if (IS_ERR(capability))
		return PTR_ERR(capability);
	err = file_readahead(capability, offset, len);
	spin_capability_done(capability);
	return err;
}

__bpf_kfunc_end_defs();

/*
 * Reading takes the file system's lock of the inode, and so does reading ahead
 * on some (XFS).
 */
#define FILE_KFUNCS(F) \
	F(spin_file_size, KF_TRUSTED_ARGS | KF_SLEEPABLE, 50, SPIN_CLASS_SPINNING, 0) \
	F(spin_file_read, KF_TRUSTED_ARGS | KF_SLEEPABLE, 2000, SPIN_CLASS_ALL, 0) \
	F(spin_file_readahead, KF_TRUSTED_ARGS | KF_SLEEPABLE, 2000, SPIN_CLASS_ALL, 0) \
	F(spin_file_acquire, KF_TRUSTED_ARGS | KF_ACQUIRE | KF_RET_NULL, 800, SPIN_CLASS_SPINNING, 0) \
	F(spin_file_release, KF_RELEASE, 100, SPIN_CLASS_SPINNING, 0) \
	F(spin_file_size_by, KF_TRUSTED_ARGS | KF_SLEEPABLE, 50, SPIN_CLASS_SPINNING, 0) \
	F(spin_file_read_by, KF_TRUSTED_ARGS | KF_SLEEPABLE, 2000, SPIN_CLASS_ALL, 0) \
	F(spin_file_readahead_by, KF_TRUSTED_ARGS | KF_SLEEPABLE, 2000, SPIN_CLASS_ALL, 0)

SPIN_KFUNC_TABLE(file_kfuncs, FILE_KFUNCS);

SPIN_SERVICE(spin_file_service) = {
	.interface = {
		.name = "File",
		.authorize = spin_interface_public,
		.kfuncs = { &file_kfuncs },
	},
	.kinds = { &file_type },
};
