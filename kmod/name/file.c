// SPDX-License-Identifier: GPL-2.0
/*
 * Files that stand for domains. What can be asked of one is the interface of the
 * module's device: it brings the operations.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "../extension/files.h"
#include "domain.h"

static void file_free(struct spin_domain_file *on)
{
	spin_domain_put(on->domain);
	kfree(on);
}

/* The release of all files that stand for domains: by it they are known. */
int spin_domain_file_release(struct inode *inode, struct file *file)
{
	file_free(file->private_data);
	spin_handle_closed();
	return 0;
}

/* /proc/PID/fdinfo/FD */
void spin_domain_file_show(struct seq_file *m, struct file *file)
{
	const struct spin_domain_file *on = file->private_data;

	seq_printf(m, "domain:\t%s\nrights:\t%s%s\n", on->domain->name,
		   on->rights & SPIN_DOMAIN_IMPORT ? "import " : "",
		   on->rights & SPIN_DOMAIN_MODIFY ? "modify" : "");
}

/**
 * spin_domain_file_open - a file that stands for a domain
 * @domain: which; takes over the reference, whatever happens
 * @rights: SPIN_DOMAIN_* of those who have it
 * @fops: with spin_domain_file_release()
 *
 * Process context. Returns the file, or ERR_PTR(-ENOMEM), ERR_PTR(-ENFILE).
 */
struct file *spin_domain_file_open(struct spin_domain *domain, u32 rights,
				   const struct file_operations *fops)
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
	file = spin_handle_open("[spin-domain]", fops, on);
	if (IS_ERR(file))
		file_free(on);
	return file;
}

/* What an open file says of a domain, as long as that is held; or NULL. */
struct spin_domain_file *spin_domain_file_of(const struct file *file)
{
	return file->f_op->release == spin_domain_file_release ?
	       file->private_data : NULL;
}
