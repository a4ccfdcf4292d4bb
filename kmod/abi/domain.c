// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about domains and names, and the file that stands for a domain: who
 * has it has the rights it was opened with, wherever it was passed to.
 */
#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include "../core/internal.h"
#include "../link/domain.h"
#include "../service/services.h"
#include "block.h"
#include "client.h"
#include "domain.h"

#define DOMAINS_MAX	1024	/* aggregates of one user */

/**
 * struct domain_file - an open file that stands for a domain
 * @domain: reference held
 * @rights: SPIN_DOMAIN_* of whoever has it
 * @lock: protects @verdict; may be taken under spin_mutex
 * @verdict: why the last request on it was refused
 */
struct domain_file {
	struct spin_domain *domain;
	u32 rights;
	struct mutex lock;
	struct spin_verdict_text verdict;
};

static bool terminated(const char *name, size_t size)
{
	return strnlen(name, size) < size;
}

static int permitted(void)
{
	return bpf_capable() && perfmon_capable() ? 0 : -EPERM;
}

__printf(2, 3)
static void refuse(struct domain_file *file, const char *fmt, ...)
{
	va_list args;

	mutex_lock(&file->lock);
	file->verdict = (struct spin_verdict_text){ .insn = U32_MAX };
	va_start(args, fmt);
	vscnprintf(file->verdict.text, sizeof(file->verdict.text), fmt, args);
	va_end(args);
	mutex_unlock(&file->lock);
}

/* ---- requests on the file ---- */

/* Is the domain there, and may it be modified? Under spin_mutex. */
static int modify_check(struct domain_file *file)
{
	struct spin_domain *domain = file->domain;

	if (!domain->listed) {
		refuse(file, "domain '%s' is gone: it was destroyed, or its extension was unloaded or replaced",
		       domain->name);
		return -ESTALE;
	}
	if (file->rights & SPIN_DOMAIN_MODIFY)
		return 0;
	if (domain->kind == SPIN_DOMAIN_MODULE)
		refuse(file, "domain '%s' is a kernel module's, and nobody may modify it",
		       domain->name);
	else
		refuse(file, "domain '%s' belongs to user %u, and was opened without the right to modify it",
		       domain->name,
		       from_kuid_munged(current_user_ns(), domain->owner));
	return -EACCES;
}

static int aggregate_check(struct domain_file *file)
{
	int err = modify_check(file);

	if (err || file->domain->kind == SPIN_DOMAIN_AGGREGATE)
		return err;
	refuse(file, "domain '%s' is that of an extension: what it exports is what its source says",
	       file->domain->name);
	return -EINVAL;
}

static int combine_with(struct domain_file *file,
			const struct domain_file *other, const char *interface)
{
	int err = aggregate_check(file);

	if (err)
		return err;
	if (!other->domain->listed) {
		refuse(file, "domain '%s' is gone", other->domain->name);
		return -ESTALE;
	}
	if (!(other->rights & SPIN_DOMAIN_IMPORT)) {
		refuse(file, "domain '%s' does not let you import",
		       other->domain->name);
		return -EACCES;
	}
	err = spin_domain_combine(file->domain, other->domain, interface);
	if (err == -ENOENT)
		refuse(file, "domain '%s' does not export interface '%s'",
		       other->domain->name, interface);
	else if (err == -ENOSPC)
		refuse(file, "domain '%s' exports %u interfaces, and that is the most",
		       file->domain->name, SPIN_EXPORTS_MAX);
	return err;
}

static const struct file_operations domain_fops;

static int combine(struct domain_file *file, void __user *arg)
{
	struct spin_ioc_domain_combine block;
	int err;

	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	if (!terminated(block.interface, sizeof(block.interface)))
		return -ENAMETOOLONG;

	CLASS(fd, f)(block.fd);
	if (!fd_file(f))
		return -EBADF;
	if (fd_file(f)->f_op != &domain_fops)
		return -EINVAL;
	mutex_lock(&spin_mutex);
	err = combine_with(file, fd_file(f)->private_data, block.interface);
	mutex_unlock(&spin_mutex);
	return err;
}

static int remove(struct domain_file *file, void __user *arg)
{
	struct spin_ioc_domain_remove block;
	int err;

	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	if (!terminated(block.interface, sizeof(block.interface)))
		return -ENAMETOOLONG;
	if (block.flags)
		return -EINVAL;
	mutex_lock(&spin_mutex);
	err = aggregate_check(file);
	if (!err) {
		err = spin_domain_remove(file->domain, block.interface);
		if (err)
			refuse(file, "domain '%s' does not export interface '%s'",
			       file->domain->name, block.interface);
	}
	mutex_unlock(&spin_mutex);
	return err;
}

static int set_rights(struct domain_file *file, void __user *arg)
{
	struct spin_ioc_domain_rights block;
	int err;

	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	if (block.rights & ~(SPIN_DOMAIN_IMPORT | SPIN_DOMAIN_MODIFY))
		return -EINVAL;
	mutex_lock(&spin_mutex);
	err = modify_check(file);
	if (!err)
		file->domain->rights = block.rights;
	mutex_unlock(&spin_mutex);
	return err;
}

/* An extension that may import from the domain only, for the sentence. */
static const char *confined_name(const struct spin_domain *domain)
{
	struct spin_extension *ext;

	list_for_each_entry(ext, &spin_extensions, node)
		if (ext->within == domain)
			return ext->name;
	return "?";
}

static int destroy_check(struct domain_file *file)
{
	struct spin_domain *domain = file->domain, *nested;
	int err = modify_check(file);

	if (err)
		return err;
	if (domain->kind != SPIN_DOMAIN_AGGREGATE) {
		refuse(file, "domain '%s' goes with its extension: unload that",
		       domain->name);
		return -EINVAL;
	}
	if (spin_domain_is_public(domain)) {
		refuse(file, "domain '%s' is always there", domain->name);
		return -EBUSY;
	}
	if (domain->confined) {
		refuse(file, "extension '%s' is confined to domain '%s', as %u others are; unload it first",
		       confined_name(domain), domain->name,
		       domain->confined - 1);
		return -EBUSY;
	}
	nested = spin_domain_nested(domain);
	if (nested) {
		refuse(file, "domain '%s' is in domain '%s'; destroy that first",
		       nested->name, domain->name);
		return -ENOTEMPTY;
	}
	return 0;
}

static int destroy(struct domain_file *file)
{
	int err;

	mutex_lock(&spin_mutex);
	err = destroy_check(file);
	if (!err)
		spin_domain_unlist(file->domain);
	mutex_unlock(&spin_mutex);
	return err;
}

/* Less is the owner's to say; more takes CAP_SYS_RESOURCE. Under spin_mutex. */
static int limit_one(struct spin_extension *ext,
		     const struct spin_ioc_domain_limit *block)
{
	u32 what = block->what;

	if (what >= SPIN_QUOTA_KINDS)
		return -EINVAL;
	what = array_index_nospec(what, SPIN_QUOTA_KINDS);
	if (block->limit > ext->quota.limit[what] && !capable(CAP_SYS_RESOURCE)) {
		spin_extension_refuse(ext, "extension '%s' may have no more %s than it has without CAP_SYS_RESOURCE",
				      ext->name, spin_quota_name(what));
		return -EPERM;
	}
	return spin_quota_set(ext, what, block->limit);
}

static int limit_get(void __user *arg, struct spin_ioc_domain_limit *block)
{
	int err = spin_block_get(arg, block, sizeof(*block));

	return err < 0 ? err : 0;
}

/* Of the extension, with a reference, whose domain it is. */
static struct spin_extension *extension_get(struct domain_file *file)
{
	struct spin_extension *ext;
	int err;

	mutex_lock(&spin_mutex);
	err = modify_check(file);
	ext = file->domain->ext;
	if (!err && !ext) {
		refuse(file, "domain '%s' is no extension's", file->domain->name);
		err = -EINVAL;
	}
	if (!err)
		spin_extension_get(ext);
	mutex_unlock(&spin_mutex);
	return err ? ERR_PTR(err) : ext;
}

/* What the extension was told is the answer to the request. */
static void take_verdict(struct domain_file *file, struct spin_extension *ext)
{
	mutex_lock(&file->lock);
	spin_extension_verdict(ext, &file->verdict);
	mutex_unlock(&file->lock);
}

static int limit(struct domain_file *file, void __user *arg)
{
	struct spin_extension *ext = extension_get(file);
	int err;

	if (IS_ERR(ext))
		return PTR_ERR(ext);
	err = spin_domain_request_limit(ext, arg);
	if (err)
		take_verdict(file, ext);
	spin_extension_put(ext);
	return err;
}

static int resolve_one(struct spin_extension *ext,
		       struct spin_ioc_domain_resolve *block)
{
	struct spin_resolved *resolved;
	int err;

	resolved = kzalloc(sizeof(*resolved), GFP_KERNEL_ACCOUNT);
	if (!resolved)
		return -ENOMEM;
	spin_extension_verdict_clear(ext);
	if (block->flags & SPIN_RESOLVE_UNDO)
		err = spin_unresolve(ext, block->interface, resolved);
	else
		err = spin_resolve(ext, block->interface, resolved);
	block->bindings = resolved->count;
	block->procedures = resolved->procedures;
	strscpy_pad(block->text, resolved->text, sizeof(block->text));
	kfree(resolved);
	return err;
}

static int resolve_check(const struct spin_ioc_domain_resolve *block)
{
	if (!terminated(block->interface, sizeof(block->interface)))
		return -ENAMETOOLONG;
	if (block->flags & ~SPIN_RESOLVE_UNDO || block->bindings ||
	    block->procedures)
		return -EINVAL;
	return 0;
}

static int resolve(struct domain_file *file, void __user *arg)
{
	struct spin_ioc_domain_resolve *block;
	struct spin_extension *ext;
	int usize, err;

	block = kmalloc(sizeof(*block), GFP_KERNEL_ACCOUNT);
	if (!block)
		return -ENOMEM;
	usize = spin_block_get(arg, block, sizeof(*block));
	err = usize < 0 ? usize : resolve_check(block);
	if (err)
		goto out;
	ext = extension_get(file);
	err = PTR_ERR_OR_ZERO(ext);
	if (err)
		goto out;
	err = resolve_one(ext, block);
	if (err)
		take_verdict(file, ext);
	spin_extension_put(ext);
	if (!err)
		err = spin_block_put(arg, block, sizeof(*block), usize);
out:
	kfree(block);
	return err;
}

static int verdict(struct domain_file *file, void __user *arg)
{
	struct spin_verdict_text text;

	mutex_lock(&file->lock);
	text = file->verdict;
	mutex_unlock(&file->lock);
	return spin_verdict_put(&text, arg);
}

static void clear_verdict(struct domain_file *file)
{
	mutex_lock(&file->lock);
	file->verdict = (struct spin_verdict_text){ .insn = U32_MAX };
	mutex_unlock(&file->lock);
}

static long domain_ioctl(struct file *filp, unsigned int cmd, unsigned long uarg)
{
	struct domain_file *file = filp->private_data;
	void __user *arg = (void __user *)uarg;

	if (cmd == SPIN_IOC_EXT_VERDICT)
		return verdict(file, arg);
	clear_verdict(file);
	switch (cmd) {
	case SPIN_IOC_DOMAIN_COMBINE:
		return combine(file, arg);
	case SPIN_IOC_DOMAIN_REMOVE:
		return remove(file, arg);
	case SPIN_IOC_DOMAIN_RIGHTS:
		return set_rights(file, arg);
	case SPIN_IOC_DOMAIN_DESTROY:
		return destroy(file);
	case SPIN_IOC_DOMAIN_LIMIT:
		return limit(file, arg);
	case SPIN_IOC_DOMAIN_RESOLVE:
		return resolve(file, arg);
	default:
		return -ENOTTY;
	}
}

/* ---- the file's life ---- */

static int domain_release(struct inode *inode, struct file *filp)
{
	struct domain_file *file = filp->private_data;

	spin_domain_put(file->domain);
	mutex_destroy(&file->lock);
	kfree(file);
	atomic_dec(&spin_open_files);
	return 0;
}

/* /proc/PID/fdinfo/FD */
static void domain_show(struct seq_file *m, struct file *filp)
{
	const struct domain_file *file = filp->private_data;

	seq_printf(m, "domain:\t%s\nrights:\t%s%s\n", file->domain->name,
		   file->rights & SPIN_DOMAIN_IMPORT ? "import " : "",
		   file->rights & SPIN_DOMAIN_MODIFY ? "modify" : "");
}

static const struct file_operations domain_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = domain_ioctl,
	.release = domain_release,
	.show_fdinfo = domain_show,
	.llseek = noop_llseek,
};

/* The domain that an open file stands for, as long as that is open; or NULL. */
struct spin_domain *spin_domain_of_file(const struct file *filp, u32 *rights)
{
	const struct domain_file *file = filp->private_data;

	if (filp->f_op != &domain_fops)
		return NULL;
	*rights = file->rights;
	return file->domain;
}

/* Takes over the reference to @domain, whatever happens. Returns a descriptor. */
static int domain_fd(struct spin_domain *domain, u32 rights)
{
	struct domain_file *file;
	struct file *filp;
	int fd, err = -ENOMEM;

	file = kzalloc(sizeof(*file), GFP_KERNEL_ACCOUNT);
	if (!file)
		goto err_domain;
	file->domain = domain;
	file->rights = rights;
	mutex_init(&file->lock);
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		err = fd;
		goto err_file;
	}
	filp = anon_inode_getfile("[spin-domain]", &domain_fops, file,
				  O_RDWR | O_CLOEXEC);
	if (IS_ERR(filp)) {
		err = PTR_ERR(filp);
		goto err_fd;
	}
	atomic_inc(&spin_open_files);
	fd_install(fd, filp);
	return fd;

err_fd:
	put_unused_fd(fd);
err_file:
	mutex_destroy(&file->lock);
	kfree(file);
err_domain:
	spin_domain_put(domain);
	return err;
}

/* ---- requests on /dev/spin ---- */

static void refuse_create(struct spin_client *client, int err, const char *full)
{
	switch (err) {
	case -EEXIST:
		spin_client_refuse(client, "the name '%s' is taken, by a domain, an extension or an interface",
				   full);
		break;
	case -ENOENT:
		spin_client_refuse(client, "the domain that '%s' is to be in is not there; create it first",
				   full);
		break;
	case -ENOTDIR:
		spin_client_refuse(client, "'%s' would be in the domain of an extension or a module; only domains made by users have others in them",
				   full);
		break;
	case -EACCES:
		spin_client_refuse(client, "'%s' would be in a domain that you may not modify",
				   full);
		break;
	case -EDQUOT:
		spin_client_refuse(client, "one user can have %u domains", DOMAINS_MAX);
		break;
	}
}

static int create_check(const char *full)
{
	struct spin_domain *parent;
	int err = spin_name_parent(full, &parent);

	if (err)
		return err;
	if (spin_name_find(full) || spin_extension_find(full) ||
	    spin_interface_find(full))
		return -EEXIST;
	return spin_domain_count(current_euid()) < DOMAINS_MAX ? 0 : -EDQUOT;
}

static int create(struct spin_client *client, const char *full)
{
	struct spin_domain *domain;
	int err;

	domain = spin_domain_new(SPIN_DOMAIN_AGGREGATE, full, current_euid());
	if (!domain)
		return -ENOMEM;
	mutex_lock(&spin_mutex);
	err = create_check(full);
	if (!err)
		spin_domain_list(domain);
	mutex_unlock(&spin_mutex);
	if (!err)
		spin_domain_get(domain);
	if (!err)
		err = domain_fd(domain,
				SPIN_DOMAIN_IMPORT | SPIN_DOMAIN_MODIFY);
	else
		refuse_create(client, err, full);
	if (err < 0) {
		mutex_lock(&spin_mutex);
		spin_domain_unlist(domain);
		mutex_unlock(&spin_mutex);
	}
	spin_domain_put(domain);
	return err;
}

int spin_domain_request_create(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_domain_create block;
	char full[SPIN_PATH_LEN];
	int err;

	spin_client_verdict_clear(client);
	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	if (!terminated(block.name, sizeof(block.name)))
		return -ENAMETOOLONG;
	if (block.flags)
		return -EINVAL;
	err = permitted();
	if (err)
		return err;
	err = spin_path_qualify(block.name, full);
	if (err == -EINVAL)
		spin_client_refuse(client, "'%s' is not a name for a domain: at most %u components of letters, digits, '-', '_' and '.', with '/' between them, of which the first is not another user's (uUID)",
				   block.name, SPIN_PATH_DEPTH);
	return err ?: create(client, full);
}

/* Look a name up, and say why not. Under spin_mutex. */
static int lookup(struct spin_client *client, const char *name,
		  struct spin_domain **domain)
{
	int err = spin_name_lookup(current_euid(), name, domain);

	if (err == -ENOENT)
		spin_client_refuse(client, "there is no domain, extension or interface '%s'",
				   name);
	else if (err == -EACCES)
		spin_client_refuse(client, "a domain on the way to '%s' does not let you go on: you have no right to import from it",
				   name);
	return err;
}

static int name_check(const char *name)
{
	if (!terminated(name, SPIN_PATH_LEN))
		return -ENAMETOOLONG;
	return spin_path_check(name);
}

static int open_rights(struct spin_client *client,
		       const struct spin_domain *domain, u32 wanted)
{
	u32 rights = spin_domain_rights(domain);

	if (wanted & ~rights && uid_eq(current_euid(), domain->owner) &&
	    domain->kind != SPIN_DOMAIN_MODULE) {
		spin_client_refuse(client, "to modify domain '%s' takes CAP_BPF and CAP_PERFMON",
				   domain->name);
		return -EACCES;
	}
	if (wanted & ~rights || !rights) {
		spin_client_refuse(client, "domain '%s' belongs to user %u, who does not let you %s",
				   domain->name,
				   from_kuid_munged(current_user_ns(), domain->owner),
				   wanted & SPIN_DOMAIN_MODIFY & ~rights ?
				   "modify it" : "import from it");
		return -EACCES;
	}
	return wanted ?: rights;
}

int spin_domain_request_open(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_domain_open block;
	struct spin_domain *domain;
	int err, rights = 0;

	spin_client_verdict_clear(client);
	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	if (block.rights & ~(SPIN_DOMAIN_IMPORT | SPIN_DOMAIN_MODIFY))
		return -EINVAL;
	err = name_check(block.name);
	if (err)
		return err;
	mutex_lock(&spin_mutex);
	err = lookup(client, block.name, &domain);
	if (!err) {
		rights = open_rights(client, domain, block.rights);
		err = min(rights, 0);
	}
	if (!err)
		spin_domain_get(domain);
	mutex_unlock(&spin_mutex);
	return err ?: domain_fd(domain, rights);
}

static bool known(const char *name)
{
	struct spin_domain *domain;
	bool found;

	mutex_lock(&spin_mutex);
	found = spin_name_lookup(current_euid(), name, &domain) != -ENOENT;
	mutex_unlock(&spin_mutex);
	return found;
}

int spin_domain_request_lookup(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_name_lookup block;
	struct spin_domain *domain;
	int usize, err;

	spin_client_verdict_clear(client);
	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	if (block.flags & ~SPIN_LOOKUP_DEMAND)
		return -EINVAL;
	err = name_check(block.name);
	if (!err && block.flags & SPIN_LOOKUP_DEMAND)
		err = permitted();
	if (err)
		return err;
	if (block.flags & SPIN_LOOKUP_DEMAND && !known(block.name))
		spin_name_demand(block.name);
	mutex_lock(&spin_mutex);
	err = lookup(client, block.name, &domain);
	if (!err) {
		block.id = domain->id;
		block.kind = domain->kind;
		block.rights = spin_domain_rights(domain);
		strscpy_pad(block.name, domain->name, sizeof(block.name));
	}
	mutex_unlock(&spin_mutex);
	return err ?: spin_block_put(arg, &block, sizeof(block), usize);
}

/* ---- requests of a loader ---- */

static int confine_to(struct spin_extension *ext, const struct domain_file *file)
{
	int err;

	lockdep_assert_held(&ext->lock);
	if (!(file->rights & SPIN_DOMAIN_IMPORT)) {
		spin_extension_refuse(ext, "domain '%s' does not let you import",
				      file->domain->name);
		return -EACCES;
	}
	mutex_lock(&spin_mutex);
	err = spin_domain_confine(ext, file->domain);
	mutex_unlock(&spin_mutex);
	if (err == -ESTALE)
		spin_extension_refuse(ext, "domain '%s' is gone",
				      file->domain->name);
	else if (err == -EINVAL)
		spin_extension_refuse(ext, "domain '%s' is that of an extension or a module; an extension is confined to one that a user made: spinctl domain create NAME %s",
				      file->domain->name, file->domain->name);
	else if (err == -EBUSY)
		spin_extension_refuse(ext, "an extension is confined to a domain before it imports anything");
	return err;
}

int spin_domain_request_confine(struct spin_extension *ext, void __user *arg)
{
	struct spin_ioc_ext_domain block;
	int err;

	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;

	CLASS(fd, f)(block.fd);
	if (!fd_file(f))
		return -EBADF;
	if (fd_file(f)->f_op != &domain_fops)
		return -EINVAL;
	if (mutex_lock_killable(&ext->lock))
		return -EINTR;
	err = confine_to(ext, fd_file(f)->private_data);
	mutex_unlock(&ext->lock);
	return err;
}

int spin_domain_request_limit(struct spin_extension *ext, void __user *arg)
{
	struct spin_ioc_domain_limit block;
	int err = limit_get(arg, &block);

	if (err)
		return err;
	mutex_lock(&spin_mutex);
	err = limit_one(ext, &block);
	mutex_unlock(&spin_mutex);
	return err;
}

/* ---- walks ---- */

static void fill_extension(struct spin_ioc_domain_next *block,
			   const struct spin_extension *ext)
{
	u32 i;

	block->ext_id = ext->id;
	block->throttled = ext->throttled;
	if (ext->within)
		strscpy(block->within, ext->within->name, sizeof(block->within));
	for (i = 0; i < SPIN_QUOTA_KINDS; i++) {
		block->used[i] = atomic64_read(&ext->quota.used[i]);
		block->limit[i] = ext->quota.limit[i];
		block->refused[i] = atomic64_read(&ext->quota.refused[i]);
	}
}

static void fill(struct spin_ioc_domain_next *block,
		 const struct spin_domain *domain)
{
	memset((char *)block + sizeof(block->size), 0,
	       sizeof(*block) - sizeof(block->size));
	block->kind = domain->kind;
	block->id = domain->id;
	block->uid = from_kuid_munged(current_user_ns(), domain->owner);
	block->rights = domain->rights;
	block->exports = domain->export_count;
	block->confined = domain->confined;
	strscpy(block->name, domain->name, sizeof(block->name));
	if (domain->ext)
		fill_extension(block, domain->ext);
}

int spin_walk_domains(void __user *arg)
{
	struct spin_ioc_domain_next block;
	struct spin_domain *domain;
	int usize, err = -ENOENT;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	mutex_lock(&spin_mutex);
	list_for_each_entry(domain, &spin_domains, node) {
		if (domain->id > block.id) {
			fill(&block, domain);
			err = 0;
			break;
		}
	}
	mutex_unlock(&spin_mutex);
	return err ?: spin_block_put(arg, &block, sizeof(block), usize);
}

static u32 state_of(const char *interface)
{
	if (spin_interface_find(interface))
		return SPIN_EXPORT_KERNEL;
	return spin_name_exporter(GLOBAL_ROOT_UID, interface) ?
	       SPIN_EXPORT_PROCEDURES : SPIN_EXPORT_ABSENT;
}

/* The export, or behind those the import, with this index. Under spin_mutex. */
static int fill_export(struct spin_ioc_domain_export_next *block,
		       const struct spin_domain *domain)
{
	const struct spin_extension *ext = domain->ext;
	const struct spin_interface *interface;
	const struct spin_export *export;
	u32 left = block->index;

	list_for_each_entry(export, &domain->exports, node) {
		if (left--)
			continue;
		block->imported = 0;
		block->state = state_of(export->name);
		strscpy_pad(block->name, export->name, sizeof(block->name));
		return 0;
	}
	list_for_each_entry(interface, &spin_interfaces, node) {
		if (!ext || !test_bit(interface->index, ext->imports) || left--)
			continue;
		block->imported = test_bit(interface->index, ext->unresolved) ?
				  2 : 1;
		block->state = SPIN_EXPORT_KERNEL;
		strscpy_pad(block->name, interface->name, sizeof(block->name));
		return 0;
	}
	return -ENOENT;
}

int spin_walk_exports(void __user *arg)
{
	struct spin_ioc_domain_export_next block;
	struct spin_domain *domain;
	int usize, err = -ENOENT;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	mutex_lock(&spin_mutex);
	list_for_each_entry(domain, &spin_domains, node)
		if (domain->id == block.id)
			err = fill_export(&block, domain);
	mutex_unlock(&spin_mutex);
	if (err)
		return err;
	block.index++;
	return spin_block_put(arg, &block, sizeof(block), usize);
}
