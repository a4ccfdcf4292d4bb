// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/spin: requests of user space, and the file that stands for an extension
 * while it is being loaded.
 */
#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "../core/internal.h"
#include "../service/io/io.h"
#include "../service/services.h"
#include "../service/strand/strand.h"
#include "block.h"
#include "capability.h"
#include "call.h"
#include "client.h"
#include "device.h"
#include "domain.h"
#include "procedure.h"
#include "translation.h"
#include "walk.h"

#define UNLOAD_TIMEOUT_MS	10000

/* ---- argument blocks ---- */

/**
 * spin_block_get - read an argument block
 * @arg: where it is; begins with its size as the caller knows it
 * @block: where it goes
 * @size: as the kernel knows it
 *
 * Returns the caller's size; -E2BIG: it has more than the kernel knows, and
 * that is not zero, or is out of all bounds; -EINVAL: too small; -EFAULT.
 */
int spin_block_get(void __user *arg, void *block, u32 size)
{
	u32 usize;
	int err;

	if (get_user(usize, (u32 __user *)arg))
		return -EFAULT;
	if (usize < 2 * sizeof(u32))
		return -EINVAL;
	if (usize > PAGE_SIZE)
		return -E2BIG;
	err = copy_struct_from_user(block, size, arg, usize);
	if (err)
		return err;
	*(u32 *)block = usize;	/* it may have changed in between */
	return usize;
}

/* Write a block back, no more than the caller knows of it. */
int spin_block_put(void __user *arg, const void *block, u32 size, u32 usize)
{
	return copy_to_user(arg, block, min(size, usize)) ? -EFAULT : 0;
}

static int name_check(const char *name)
{
	return strnlen(name, SPIN_NAME_LEN) < SPIN_NAME_LEN ? 0 : -ENAMETOOLONG;
}

/*
 * ---- the loader's file ----
 *
 * Each request reads its block first, which may take as long as the memory's owner
 * likes, and takes the extension's lock then.
 */

static int import(struct spin_extension *ext, void __user *arg)
{
	struct spin_ioc_ext_import block;
	int err;

	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	err = name_check(block.name);
	if (err)
		return err;
	if (block.flags)
		return -EINVAL;
	if (mutex_lock_killable(&ext->lock))
		return -EINTR;
	err = ext->state == SPIN_EXT_LOADING ?
	      spin_interface_import(ext, block.name) : -EBUSY;
	mutex_unlock(&ext->lock);
	return err;
}

static int grant(struct spin_extension *ext, void __user *arg)
{
	struct spin_ioc_ext_grant block;
	int err;

	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	err = name_check(block.name);
	if (!err && strnlen(block.from, sizeof(block.from)) ==
	    sizeof(block.from))
		err = -ENAMETOOLONG;
	if (err)
		return err;
	if (mutex_lock_killable(&ext->lock))
		return -EINTR;
	/* Afterwards, it is for the owner to grant: SPIN_IOC_CAP_GRANT. */
	err = ext->state == SPIN_EXT_LOADING ?
	      spin_capability_grant(ext, &block) : -EBUSY;
	mutex_unlock(&ext->lock);
	return err;
}

static int inherit(struct spin_extension *ext, void __user *arg)
{
	struct spin_ioc_ext_inherit block;
	int err;

	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	err = name_check(block.name);
	if (err)
		return err;
	if (block.flags || !spin_name_valid(block.name))
		return -EINVAL;
	if (mutex_lock_killable(&ext->lock))
		return -EINTR;
	err = spin_capability_inherit(ext, block.name);
	mutex_unlock(&ext->lock);
	return err;
}

static int verdict(struct spin_extension *ext, void __user *arg)
{
	struct spin_verdict_text text;

	spin_extension_verdict(ext, &text);
	return spin_verdict_put(&text, arg);
}

/* Once it is the caller's to commit, nobody else can end it. */
static int commit(struct spin_extension *ext)
{
	struct spin_extension *replaced;
	int err;

	if (mutex_lock_killable(&ext->lock))
		return -EINTR;
	err = spin_extension_commit(ext, &replaced);
	mutex_unlock(&ext->lock);
	if (replaced) {
		spin_extension_destroy(replaced);
		spin_extension_put(replaced);
	}
	return err;
}

static long loader_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct spin_extension *ext = file->private_data;
	void __user *block = (void __user *)arg;

	switch (cmd) {
	case SPIN_IOC_EXT_ENTER:
		return spin_extension_enter(ext);
	case SPIN_IOC_EXT_LEAVE:
		spin_extension_leave(ext);
		return 0;
	case SPIN_IOC_EXT_VERDICT:
		return verdict(ext, block);
	case SPIN_IOC_EXT_COMMIT:
		return commit(ext);
	case SPIN_IOC_EXT_IMPORT:
		return import(ext, block);
	case SPIN_IOC_EXT_DOMAIN:
		return spin_domain_request_confine(ext, block);
	case SPIN_IOC_DOMAIN_LIMIT:
		return spin_domain_request_limit(ext, block);
	case SPIN_IOC_EXT_GRANT:
		return grant(ext, block);
	case SPIN_IOC_EXT_INHERIT:
		return inherit(ext, block);
	case SPIN_IOC_EXT_PROC_IMPORT:
		return spin_procedure_declare(ext, block, false);
	case SPIN_IOC_EXT_PROC_EXPORT:
		return spin_procedure_declare(ext, block, true);
	default:
		return -ENOTTY;
	}
}

/* The last close, by a loader that is done, gave up or was killed. */
static int loader_release(struct inode *inode, struct file *file)
{
	struct spin_extension *ext = file->private_data;
	bool abandoned;

	mutex_lock(&spin_mutex);
	abandoned = ext->state == SPIN_EXT_LOADING;
	if (abandoned)
		ext->state = SPIN_EXT_DYING;
	mutex_unlock(&spin_mutex);

	if (abandoned)
		spin_extension_destroy(ext);
	spin_extension_put(ext);
	atomic_dec(&spin_open_files);
	return 0;
}

static const struct file_operations loader_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = loader_ioctl,
	.release = loader_release,
	.llseek = noop_llseek,
};

/* ---- /dev/spin ---- */

static int version(void __user *arg)
{
	struct spin_ioc_version block;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	if (block.reserved)
		return -EINVAL;
	block.abi = SPIN_ABI_VERSION;
	block.features = spin_display_supported() ? SPIN_FEATURE_FRAMEBUFFER : 0;
	strscpy_pad(block.module, SPIN_VERSION, sizeof(block.module));
	return spin_block_put(arg, &block, sizeof(block), usize);
}

static int extension_file(struct spin_extension *ext)
{
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = anon_inode_getfile("[spin-extension]", &loader_fops, ext,
				  O_RDWR | O_CLOEXEC);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	atomic_inc(&spin_open_files);
	fd_install(fd, file);
	return fd;
}

/* Unless it is an extension that has the name, of which the errno says enough. */
static void refuse_taken(struct spin_client *client, const char *name)
{
	bool extension;

	mutex_lock(&spin_mutex);
	extension = spin_extension_find(name);
	mutex_unlock(&spin_mutex);
	if (!extension)
		spin_client_refuse(client, "the name '%s' is that of a domain or an interface; an extension needs another",
				   name);
}

static int create(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_ext_create block;
	char name[SPIN_NAME_LEN];
	struct spin_extension *ext;
	int err;

	spin_client_verdict_clear(client);
	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	err = name_check(block.name);
	if (err)
		return err;
	if (block.flags & ~(SPIN_EXT_REPLACE | SPIN_EXT_BREAK_CALLERS) ||
	    block.flags == SPIN_EXT_BREAK_CALLERS)
		return -EINVAL;
	if (!bpf_capable() || !perfmon_capable())
		return -EPERM;
	err = spin_name_qualify(block.name, name);
	if (err == -ENAMETOOLONG)
		spin_client_refuse(client, "the name '%s' is too long: with the prefix of its user it must have less than %u characters",
				   block.name, SPIN_NAME_LEN);
	if (err)
		return err;
	ext = spin_extension_create(name, block.flags & SPIN_EXT_REPLACE);
	if (PTR_ERR(ext) == -EEXIST)
		refuse_taken(client, name);
	if (IS_ERR(ext))
		return PTR_ERR(ext);
	ext->breaks_callers = block.flags & SPIN_EXT_BREAK_CALLERS;
	err = extension_file(ext);
	if (err < 0) {
		mutex_lock(&spin_mutex);
		ext->state = SPIN_EXT_DYING;
		mutex_unlock(&spin_mutex);
		spin_extension_destroy(ext);
		spin_extension_put(ext);
	}
	return err;
}

/* Find a loaded extension and make the caller the one who destroys it. */
static struct spin_extension *claim(struct spin_client *client,
				    const char *name)
{
	struct spin_extension *ext;

	mutex_lock(&spin_mutex);
	ext = spin_extension_lookup(current_euid(), name);
	if (!ext) {
		ext = ERR_PTR(-ENOENT);
	} else if (!spin_extension_permitted(ext)) {
		spin_refuse_owner(client, ext);
		ext = ERR_PTR(-EPERM);
	} else if (ext->state != SPIN_EXT_LOADED || ext->replaced) {
		ext = ERR_PTR(-EBUSY);
	} else {
		ext->state = SPIN_EXT_DYING;
		spin_extension_get(ext);
	}
	mutex_unlock(&spin_mutex);
	return ext;
}

static int unload(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_ext_unload block;
	struct spin_extension *ext;
	int err;

	spin_client_verdict_clear(client);
	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	err = name_check(block.name);
	if (err)
		return err;
	if (!bpf_capable() || !perfmon_capable())
		return -EPERM;
	ext = claim(client, block.name);
	if (IS_ERR(ext))
		return PTR_ERR(ext);
	spin_extension_destroy(ext);
	spin_extension_put(ext);
	return spin_extension_wait_freed(block.timeout_ms ?: UNLOAD_TIMEOUT_MS,
					 &spin_open_files);
}

/* Who names an extension that is not there has mistyped it: tell him. */
static int strand_check(struct spin_client *client,
			struct spin_ioc_strand_register *block)
{
	int err;

	err = name_check(block->ext);
	if (err)
		return err;
	if (block->flags || block->id)
		return -EINVAL;
	if (!spin_extension_full_name(block->ext))
		return 0;
	spin_client_refuse(client, "there is no extension '%s' that could see the strand",
			   block->ext);
	return -ENOENT;
}

static struct file *strand_create(struct spin_client *client,
				  struct spin_ioc_strand_register *block)
{
	struct file *file;
	int err;

	err = strand_check(client, block);
	if (err)
		return ERR_PTR(err);
	file = spin_strand_create(block->ext, block->group, &block->id);
	if (PTR_ERR(file) == -EPERM)
		spin_client_refuse(client, "the strands of kernel threads are never extensible");
	else if (PTR_ERR(file) == -EBUSY)
		spin_client_refuse(client, "the thread is registered as a strand already; that registration must end first");
	return file;
}

static int strand_register(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_strand_register block;
	struct file *file;
	int usize, fd, err;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = strand_create(client, &block);
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
		goto err_fd;
	}
	err = spin_block_put(arg, &block, sizeof(block), usize);
	if (err)
		goto err_file;
	fd_install(fd, file);
	return fd;

err_file:
	fput(file);
err_fd:
	put_unused_fd(fd);
	return err;
}

static int strand_walk(void __user *arg)
{
	struct spin_ioc_strand_next block;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	if (block.flags)
		return -EINVAL;
	return spin_strand_next(&block) ?
	       spin_block_put(arg, &block, sizeof(block), usize) : -ENOENT;
}

/* All requests but calls, see spin_trap_ioctl(). */
long spin_device_request(struct file *file, unsigned int cmd, void __user *arg)
{
	struct spin_client *client = file->private_data;

	switch (cmd) {
	case SPIN_IOC_VERSION:
		return version(arg);
	case SPIN_IOC_EXT_CREATE:
		return create(client, arg);
	case SPIN_IOC_EXT_UNLOAD:
		return unload(client, arg);
	case SPIN_IOC_EXT_NEXT:
		return spin_walk_extensions(arg);
	case SPIN_IOC_EVENT_NEXT:
		return spin_walk_events(arg);
	case SPIN_IOC_BINDING_NEXT:
		return spin_walk_bindings(arg);
	case SPIN_IOC_TEMPLATE_NEXT:
		return spin_walk_templates(arg);
	case SPIN_IOC_CAP_NEXT:
		return spin_walk_capabilities(arg);
	case SPIN_IOC_CAP_GRANT:
		return spin_cap_grant(client, arg);
	case SPIN_IOC_CAP_REVOKE:
		return spin_cap_revoke(client, arg);
	case SPIN_IOC_CAP_NARROW:
		return spin_cap_narrow(client, arg);
	case SPIN_IOC_CAP_TREE_NEXT:
		return spin_walk_capability_tree(arg);
	case SPIN_IOC_BINDING_INSTALL:
		return spin_bindings_install(client, arg);
	case SPIN_IOC_BINDING_REMOVE:
		return spin_bindings_remove(arg);
	case SPIN_IOC_BINDING_ENABLE:
		return spin_bindings_enable(arg);
	case SPIN_IOC_TIMING:
		return spin_client_timing(client);
	case SPIN_IOC_VERDICT:
		return spin_client_verdict(client, arg);
	case SPIN_IOC_STRAND_REGISTER:
		return strand_register(client, arg);
	case SPIN_IOC_STRAND_NEXT:
		return strand_walk(arg);
	case SPIN_IOC_TRANSLATION_CREATE:
		return spin_translation_request(client, arg);
	case SPIN_IOC_TRANSLATION_NEXT:
		return spin_walk_translations(arg);
	case SPIN_IOC_DOMAIN_CREATE:
		return spin_domain_request_create(client, arg);
	case SPIN_IOC_DOMAIN_OPEN:
		return spin_domain_request_open(client, arg);
	case SPIN_IOC_DOMAIN_NEXT:
		return spin_walk_domains(arg);
	case SPIN_IOC_NAME_LOOKUP:
		return spin_domain_request_lookup(client, arg);
	case SPIN_IOC_DOMAIN_EXPORT_NEXT:
		return spin_walk_exports(arg);
	case SPIN_IOC_PROC_NEXT:
		return spin_walk_procedures(arg);
	case SPIN_IOC_PROC_LINK_NEXT:
		return spin_walk_procedure_links(arg);
	case SPIN_IOC_CONNECT:
		return spin_call_connect(client, arg);
	case SPIN_IOC_REF_COPY:
		return spin_ref_copy(client, arg);
	case SPIN_IOC_REF_DELETE:
		return spin_ref_delete(client, arg);
	case SPIN_IOC_REF_NEXT:
		return spin_ref_next(client, arg);
	default:
		return -ENOTTY;
	}
}

static int device_open(struct inode *inode, struct file *file)
{
	file->private_data = spin_client_new();
	if (!file->private_data)
		return -ENOMEM;
	atomic_inc(&spin_open_files);
	return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
	spin_client_free(file->private_data);
	atomic_dec(&spin_open_files);
	return 0;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.unlocked_ioctl = spin_trap_ioctl,
	.show_fdinfo = spin_call_show,
	.llseek = noop_llseek,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "spin",
	.fops = &device_fops,
	.mode = 0600,
};

int __init spin_device_init(void)
{
	return misc_register(&device);
}

void spin_device_exit(void)
{
	misc_deregister(&device);
}
