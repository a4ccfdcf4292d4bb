// SPDX-License-Identifier: GPL-2.0
/*
 * Files that stand for things, see handle.h. A process that has one may do with the
 * thing what the file lets it, however it came by the file.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "../name/domain.h"
#include "../service/services.h"
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

static void domain_file_free(struct spin_domain_file *on)
{
	spin_domain_put(on->domain);
	kfree(on);
}

static int domain_release(struct inode *inode, struct file *file)
{
	domain_file_free(file->private_data);
	spin_handle_closed();
	return 0;
}

/* /proc/PID/fdinfo/FD */
static void domain_show(struct seq_file *m, struct file *file)
{
	const struct spin_domain_file *on = file->private_data;

	seq_printf(m, "domain:\t%s\nrights:\t%s%s\n", on->domain->name,
		   on->rights & SPIN_DOMAIN_IMPORT ? "import " : "",
		   on->rights & SPIN_DOMAIN_MODIFY ? "modify" : "");
}

static const struct file_operations domain_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = domain_ioctl,
	.release = domain_release,
	.show_fdinfo = domain_show,
	.llseek = noop_llseek,
};

/* Takes over the reference to @domain, whatever happens. */
struct file *spin_handle_domain(struct spin_domain *domain, u32 rights)
{
	struct spin_domain_file *on = kzalloc(sizeof(*on), GFP_KERNEL_ACCOUNT);
	struct file *file;

	if (!on) {
		spin_domain_put(domain);
		return ERR_PTR(-ENOMEM);
	}
	on->domain = domain;
	on->rights = rights;
	spin_refusal_init(&on->refusal);
	file = spin_handle_open("[spin-domain]", &domain_fops, on);
	if (IS_ERR(file))
		domain_file_free(on);
	return file;
}

/* What an open file says of a domain, as long as that is held; or NULL. */
struct spin_domain_file *spin_handle_domain_of(const struct file *file)
{
	return file->f_op == &domain_fops ? file->private_data : NULL;
}
