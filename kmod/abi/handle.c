// SPDX-License-Identifier: GPL-2.0
/*
 * Files that stand for things, see handle.h. A process that has one may do with the
 * thing what the file lets it, however it came by the file.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include "../extension/extension.h"
#include "../extension/files.h"
#include "../load/load.h"
#include "../name/domain.h"
#include "handle.h"
#include "requests.h"

/* ---- an extension that is being loaded ---- */

static long extension_ioctl(struct file *file, unsigned int cmd,
			    unsigned long arg)
{
	return spin_ioctl_do(&spin_extension_table, file->private_data, cmd,
			    (void __user *)arg);
}

/* Its loader is done with it, gave up, or was killed. Drops the reference. */
static void extension_leave(struct spin_extension *ext)
{
	bool abandoned;

	mutex_lock(&spin_mutex);
	abandoned = ext->state == SPIN_EXT_LOADING;
	if (abandoned)
		ext->state = SPIN_EXT_DYING;
	mutex_unlock(&spin_mutex);

	if (abandoned)
		spin_extension_destroy(ext);
	spin_extension_put(ext);
}

static int extension_release(struct inode *inode, struct file *file)
{
	extension_leave(file->private_data);
	spin_handle_closed();
	return 0;
}

static const struct file_operations extension_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = extension_ioctl,
	.release = extension_release,
	.llseek = noop_llseek,
};

/* Takes over the reference to @ext, whatever happens. */
struct file *spin_handle_extension(struct spin_extension *ext)
{
	struct file *file = spin_handle_open("[spin-extension]", &extension_fops,
					     ext);

	if (IS_ERR(file))
		extension_leave(ext);
	return file;
}

/* ---- a domain ---- */

static long domain_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return spin_ioctl_do(&spin_domain_table, file->private_data, cmd,
			    (void __user *)arg);
}

static const struct file_operations domain_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = domain_ioctl,
	.release = spin_domain_file_release,
	.show_fdinfo = spin_domain_file_show,
	.llseek = noop_llseek,
};

/* Takes over the reference to @domain, whatever happens. */
struct file *spin_handle_domain(struct spin_domain *domain, u32 rights)
{
	return spin_domain_file_open(domain, rights, &domain_fops);
}
