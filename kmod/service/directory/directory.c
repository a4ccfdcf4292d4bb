// SPDX-License-Identifier: GPL-2.0
/*
 * Capability Directory: a directory that the user opened and granted, to open
 * regular files in it by name.
 *
 * The kernel resolves no path for an extension: a name is one component, looked up
 * in the granted directory, and nothing is followed from there. The files are
 * opened with the credentials of the granter of the directory: what they may not
 * read, the extension may not either. Each is a File capability of the extension's
 * own, known by a pointer only, and subject to the same rules as a granted file.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <spin/spin.h>
#include "../io.h"

/**
 * struct directory - a granted directory
 * @file: it
 * @cred: of who granted it
 */
struct directory {
	struct file *file;
	const struct cred *cred;
};

static int directory_check(struct spin_extension *ext, const char *name,
			   const struct file *file)
{
	if (!S_ISDIR(file_inode(file)->i_mode)) {
		spin_extension_refuse(ext, "capability '%s': it is not a directory",
				      name);
		return -ENOTDIR;
	}
	if (!spin_file_on_disk(file)) {
		spin_extension_refuse(ext, "capability '%s': files of this file system (%s) may take for ever; grant a directory of a disk file system",
				      name, file_inode(file)->i_sb->s_type->name);
		return -EOPNOTSUPP;
	}
	return 0;
}

static int directory_grant(struct spin_extension *ext,
			   const struct spin_ioc_ext_grant *args,
			   struct spin_capability *capability)
{
	struct directory *directory;
	struct file *file;
	int err;

	file = fget(args->fd);
	if (!file) {
		spin_extension_refuse(ext, "capability '%s': descriptor %d is not open, or only as a path",
				      args->name, args->fd);
		return -EBADF;
	}
	err = directory_check(ext, args->name, file);
	if (err)
		goto err_file;
	directory = kzalloc(sizeof(*directory), GFP_KERNEL_ACCOUNT);
	if (!directory) {
		err = -ENOMEM;
		goto err_file;
	}
	directory->file = file;
	directory->cred = get_current_cred();
	spin_file_describe(file, capability->what, sizeof(capability->what));
	capability->object = directory;
	return 0;

err_file:
	fput(file);
	return err;
}

static void directory_release(struct spin_capability *capability)
{
	struct directory *directory = capability->object;

	fput(directory->file);
	put_cred(directory->cred);
	kfree(directory);
}

static const struct spin_capability_type directory_type = {
	.kind = SPIN_CAP_DIRECTORY,
	.grant = directory_grant,
	.release = directory_release,
};

/* ---- opening ---- */

/* One component, and not one that leads elsewhere. */
static int name_check(const char *name)
{
	u32 len = strlen(name);

	if (!len || len > NAME_MAX || memchr(name, '/', len))
		return -EINVAL;
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return -EINVAL;
	return 0;
}

static int found_check(const struct file *found)
{
	umode_t mode = file_inode(found)->i_mode;

	if (S_ISLNK(mode))
		return -ELOOP;
	if (S_ISDIR(mode))
		return -EISDIR;
	if (!S_ISREG(mode))
		return -EINVAL;
	return spin_file_readable(found) ? 0 : -EOPNOTSUPP;
}

/*
 * First only looked up: to open a device, or a pipe, does something. Then that
 * which was found is opened, whatever its name leads to by now; O_NONBLOCK: not to
 * wait for who has a lease.
 */
static struct file *open_in(const struct directory *directory, const char *name)
{
	struct file *found, *file;
	int err;

	found = file_open_root(&directory->file->f_path, name,
			       O_PATH | O_NOFOLLOW, 0);
	if (IS_ERR(found))
		return found;
	err = found_check(found);
	if (err)
		file = ERR_PTR(err);
	else
		file = file_open_root(&found->f_path, "",
				      O_RDONLY | O_NONBLOCK | O_LARGEFILE, 0);
	fput(found);
	return file;
}

static struct file *open_as_granter(const struct directory *directory,
				    const char *name)
{
	const struct cred *own = override_creds(directory->cred);
	struct file *file;

	spin_handler_let_go();	/* the directory's server may take its time */
	file = open_in(directory, name);
	spin_handler_take_up();
	revert_creds(own);
	return file;
}

/* Does the name that the handler uses give it these rights, too? */
static bool may(struct spin_ctx *ctx, u32 directory, u32 rights)
{
	struct spin_capability *capability =
		spin_capability_use(ctx, directory, SPIN_CAP_DIRECTORY, rights);

	if (IS_ERR(capability))
		return false;
	spin_capability_done(capability);
	return true;
}

static struct spin_file *directory_open(struct spin_ctx *ctx,
					struct spin_capability *capability,
					const char *name, u32 rights)
{
	struct spin_extension *ext = spin_ctx_extension(ctx);
	struct spin_file *opened;
	struct file *file;

	file = open_as_granter(capability->object, name);
	if (IS_ERR(file))
		return ERR_CAST(file);
	opened = spin_file_new(capability, ext, file, rights);
	if (IS_ERR(opened))
		fput(file);
	return opened;
}

/*
 * What is opened outlives a call, so in a directory that is but an argument it
 * takes the right to keep. A copy of the name: the program's memory may change.
 */
static struct spin_file *open_name(struct spin_ctx *ctx, u32 directory,
				   const char *name, u32 size)
{
	u32 needed = SPIN_RIGHT_READ, rights = SPIN_RIGHT_READ;
	struct spin_capability *capability;
	struct spin_file *opened;
	char *copy;
	int err;

	if (directory & SPIN_SLOT_ARGUMENT)
		needed |= SPIN_RIGHT_KEEP;
	if (may(ctx, directory, SPIN_RIGHT_PASS))
		rights |= SPIN_RIGHT_PASS;
	capability = spin_capability_use(ctx, directory, SPIN_CAP_DIRECTORY,
					 needed);
	if (IS_ERR(capability))
		return ERR_CAST(capability);
	copy = kmemdup_nul(name, min_t(u32, size, NAME_MAX + 1), GFP_KERNEL);
	err = copy ? name_check(copy) : -ENOMEM;
	opened = err ? ERR_PTR(err) : directory_open(ctx, capability, copy,
						     rights);
	kfree(copy);
	spin_count_add(capability, IS_ERR(opened) ? SPIN_COUNT_FAILED :
						    SPIN_COUNT_OPENED, 1);
	spin_capability_done(capability);
	return opened;
}

__bpf_kfunc_start_defs();

__bpf_kfunc struct spin_file *spin_directory_open(struct spin_ctx *ctx,
						  u32 directory,
						  const char *name,
						  u32 name__sz, int *error)
{
	struct spin_file *opened = open_name(ctx, directory, name, name__sz);

	*error = PTR_ERR_OR_ZERO(opened);
	return IS_ERR(opened) ? NULL : opened;
}

__bpf_kfunc_end_defs();

/* Opening takes locks of the directory and of the file system. */
#define DIRECTORY_KFUNCS(F) \
	F(spin_directory_open, KF_TRUSTED_ARGS | KF_SLEEPABLE | KF_ACQUIRE | KF_RET_NULL, \
	  10000, SPIN_CLASS_ALL, 0)

SPIN_KFUNC_TABLE(directory_kfuncs, DIRECTORY_KFUNCS);

SPIN_SERVICE(spin_directory_service) = {
	.interface = {
		.name = "Directory",
		.authorize = spin_interface_public,
		.kfuncs = { &directory_kfuncs },
	},
	.kinds = { &directory_type },
};
