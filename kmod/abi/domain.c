// SPDX-License-Identifier: GPL-2.0
/* Requests about domains and names. */
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include "../extension/lookup.h"
#include "../load/load.h"
#include "../name/domain.h"
#include "../name/interface.h"
#include "device.h"
#include "handle.h"
#include "requests.h"

#define DOMAINS_MAX	1024	/* aggregates of one user */

/* ---- on the file of a domain ---- */

static int listed_check(struct spin_domain_file *on)
{
	lockdep_assert_held(&spin_mutex);
	if (on->domain->listed)
		return 0;
	spin_refusal_say(&on->refusal, "domain '%s' is gone: it was destroyed, or its extension was unloaded or replaced",
			 on->domain->name);
	return -ESTALE;
}

/**
 * spin_domain_modify_check - may the domain be modified by who has the file?
 * @on: the file
 *
 * Asked before each request that its row gives to MODIFIERS. Under spin_mutex.
 * Returns 0; -ESTALE: the domain is not there any more; -EACCES.
 */
int spin_domain_modify_check(struct spin_domain_file *on)
{
	struct spin_domain *domain = on->domain;
	int err = listed_check(on);

	if (err)
		return err;
	if (on->rights & SPIN_DOMAIN_MODIFY)
		return 0;
	if (domain->kind == SPIN_DOMAIN_MODULE)
		spin_refusal_say(&on->refusal, "domain '%s' is a kernel module's, and nobody may modify it",
				 domain->name);
	else
		spin_refusal_say(&on->refusal, "domain '%s' belongs to user %u, and was opened without the right to modify it",
				 domain->name,
				 from_kuid_munged(current_user_ns(), domain->owner));
	return -EACCES;
}

static int aggregate_check(struct spin_domain_file *on)
{
	if (on->domain->kind == SPIN_DOMAIN_AGGREGATE)
		return 0;
	spin_refusal_say(&on->refusal, "domain '%s' is that of an extension: what it exports is what its source says",
			 on->domain->name);
	return -EINVAL;
}

static int combine_with(struct spin_domain_file *on,
			const struct spin_domain_file *other,
			const char *interface)
{
	int err = aggregate_check(on);

	if (err)
		return err;
	if (!other->domain->listed) {
		spin_refusal_say(&on->refusal, "domain '%s' is gone",
				 other->domain->name);
		return -ESTALE;
	}
	if (!(other->rights & SPIN_DOMAIN_IMPORT)) {
		spin_refusal_say(&on->refusal, "domain '%s' does not let you import",
				 other->domain->name);
		return -EACCES;
	}
	err = spin_domain_combine(on->domain, other->domain, interface);
	if (err == -ENOENT)
		spin_refusal_say(&on->refusal, "domain '%s' does not export interface '%s'",
				 other->domain->name, interface);
	else if (err == -ENOSPC)
		spin_refusal_say(&on->refusal, "domain '%s' exports %u interfaces, and that is the most",
				 on->domain->name, SPIN_EXPORTS_MAX);
	return err;
}

long spin_do_domain_combine(struct spin_domain_file *on,
			    struct spin_ioc_domain_combine *block)
{
	const struct spin_domain_file *other;

	CLASS(fd, f)(block->fd);
	if (!fd_file(f))
		return -EBADF;
	other = spin_domain_file_of(fd_file(f));
	return other ? combine_with(on, other, block->interface) : -EINVAL;
}

long spin_do_domain_remove(struct spin_domain_file *on,
			   struct spin_ioc_domain_remove *block)
{
	int err = aggregate_check(on);

	if (err)
		return err;
	err = spin_domain_remove(on->domain, block->interface);
	if (err)
		spin_refusal_say(&on->refusal, "domain '%s' does not export interface '%s'",
				 on->domain->name, block->interface);
	return err;
}

long spin_do_domain_rights(struct spin_domain_file *on,
			   struct spin_ioc_domain_rights *block)
{
	on->domain->rights = block->rights;
	return 0;
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

static int destroy_check(struct spin_domain_file *on)
{
	struct spin_domain *domain = on->domain, *nested;

	if (domain->kind != SPIN_DOMAIN_AGGREGATE) {
		spin_refusal_say(&on->refusal, "domain '%s' goes with its extension: unload that",
				 domain->name);
		return -EINVAL;
	}
	if (spin_domain_is_public(domain)) {
		spin_refusal_say(&on->refusal, "domain '%s' is always there",
				 domain->name);
		return -EBUSY;
	}
	if (domain->confined) {
		if (domain->confined == 1)
			spin_refusal_say(&on->refusal, "domain '%s' still confines extension '%s'; unload it first",
					 domain->name, confined_name(domain));
		else
			spin_refusal_say(&on->refusal, "domain '%s' still confines %u extensions, among them '%s'; unload them first",
					 domain->name, domain->confined,
					 confined_name(domain));
		return -EBUSY;
	}
	nested = spin_domain_nested(domain);
	if (nested) {
		spin_refusal_say(&on->refusal, "domain '%s' is in domain '%s'; destroy that first",
				 nested->name, domain->name);
		return -ENOTEMPTY;
	}
	return 0;
}

long spin_do_domain_destroy(struct spin_domain_file *on)
{
	int err = destroy_check(on);

	if (!err)
		spin_domain_unlist(on->domain);
	return err;
}

/* Less is the owner's to say; more takes CAP_SYS_RESOURCE. */
long spin_do_ext_limit(struct spin_extension *ext,
		       struct spin_ioc_domain_limit *block)
{
	u32 what = block->what;

	lockdep_assert_held(&spin_mutex);
	spin_refusal_clear(&ext->refusal);
	if (what >= SPIN_QUOTA_KINDS) {
		spin_extension_refuse(ext, "there is no limit %u; the last is %u",
				      what, SPIN_QUOTA_KINDS - 1);
		return -EINVAL;
	}
	what = array_index_nospec(what, SPIN_QUOTA_KINDS);
	if (block->limit > ext->quota.limit[what] && !capable(CAP_SYS_RESOURCE)) {
		spin_extension_refuse(ext, "extension '%s' may have no more %s than it has without CAP_SYS_RESOURCE",
				      ext->name, spin_quota_name(what));
		return -EPERM;
	}
	return spin_quota_set(ext, what, block->limit);
}

/* The extension whose domain it is, or ERR_PTR. */
static struct spin_extension *extension_of(struct spin_domain_file *on)
{
	int err = listed_check(on);

	if (!err && !on->domain->ext) {
		spin_refusal_say(&on->refusal, "domain '%s' is no extension's",
				 on->domain->name);
		err = -EINVAL;
	}
	return err ? ERR_PTR(err) : on->domain->ext;
}

long spin_do_domain_limit(struct spin_domain_file *on,
			  struct spin_ioc_domain_limit *block)
{
	struct spin_extension *ext = extension_of(on);
	long err;

	if (IS_ERR(ext))
		return PTR_ERR(ext);
	err = spin_do_ext_limit(ext, block);
	if (err)
		spin_refusal_take(&on->refusal, &ext->refusal);
	return err;
}

static int resolve(struct spin_extension *ext,
		   struct spin_ioc_domain_resolve *block)
{
	struct spin_resolved *resolved;
	int err;

	resolved = kzalloc(sizeof(*resolved), GFP_KERNEL_ACCOUNT);
	if (!resolved)
		return -ENOMEM;
	spin_refusal_clear(&ext->refusal);
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

long spin_do_domain_resolve(struct spin_domain_file *on,
			    struct spin_ioc_domain_resolve *block)
{
	struct spin_extension *ext;
	int err;

	mutex_lock(&spin_mutex);
	ext = extension_of(on);
	if (!IS_ERR(ext))
		spin_extension_get(ext);
	mutex_unlock(&spin_mutex);
	if (IS_ERR(ext))
		return PTR_ERR(ext);
	err = resolve(ext, block);
	if (err)
		spin_refusal_take(&on->refusal, &ext->refusal);
	spin_extension_put(ext);
	return err;
}

long spin_do_domain_verdict(struct spin_domain_file *on,
			    struct spin_ioc_verdict *block)
{
	spin_refusal_tell(&on->refusal, block);
	return 0;
}

/* ---- on /dev/spin ---- */

static void refuse_create(struct spin_client *client, int err, const char *full)
{
	struct spin_refusal *refusal = &client->refusal;

	switch (err) {
	case -EEXIST:
		spin_refusal_say(refusal, "the name '%s' is taken, by a domain, an extension or an interface",
				 full);
		break;
	case -ENOENT:
		spin_refusal_say(refusal, "the domain that '%s' is to be in is not there; create it first",
				 full);
		break;
	case -ENOTDIR:
		spin_refusal_say(refusal, "'%s' would be in the domain of an extension or a module; only domains made by users have others in them",
				 full);
		break;
	case -EACCES:
		spin_refusal_say(refusal, "'%s' would be in a domain that you may not modify",
				 full);
		break;
	case -EDQUOT:
		spin_refusal_say(refusal, "one user can have %u domains",
				 DOMAINS_MAX);
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

/* A new one, listed, with a reference; or ERR_PTR. */
static struct spin_domain *create(struct spin_client *client, const char *full)
{
	struct spin_domain *domain;
	int err;

	domain = spin_domain_new(SPIN_DOMAIN_AGGREGATE, full, current_euid());
	if (!domain)
		return ERR_PTR(-ENOMEM);
	mutex_lock(&spin_mutex);
	err = create_check(full);
	if (!err)
		spin_domain_list(domain);
	mutex_unlock(&spin_mutex);
	if (!err)
		return domain;
	refuse_create(client, err, full);
	spin_domain_put(domain);
	return ERR_PTR(err);
}

struct file *spin_do_domain_create(struct spin_client *client,
				   struct spin_ioc_domain_create *block)
{
	struct spin_domain *domain;
	char full[SPIN_PATH_LEN];
	struct file *file;
	int err;

	err = spin_path_qualify(block->name, full);
	if (err == -EINVAL)
		spin_refusal_say(&client->refusal, "'%s' is not a name for a domain: at most %u components of letters, digits, '-', '_' and '.', with '/' between them, of which the first is not another user's (uUID)",
				 block->name, SPIN_PATH_DEPTH);
	if (err)
		return ERR_PTR(err);
	domain = create(client, full);
	if (IS_ERR(domain))
		return ERR_CAST(domain);
	spin_domain_get(domain);
	file = spin_handle_domain(domain, SPIN_DOMAIN_IMPORT | SPIN_DOMAIN_MODIFY);
	if (IS_ERR(file)) {
		mutex_lock(&spin_mutex);
		spin_domain_unlist(domain);
		mutex_unlock(&spin_mutex);
	}
	spin_domain_put(domain);
	return file;
}

/* Look a name up, and say why not. Under spin_mutex. */
static int lookup(struct spin_client *client, const char *name,
		  struct spin_domain **domain)
{
	int err = spin_name_lookup(current_euid(), name, domain);

	if (err == -ENOENT)
		spin_refusal_say(&client->refusal, "there is no domain, extension or interface '%s'",
				 name);
	else if (err == -EACCES)
		spin_refusal_say(&client->refusal, "a domain on the way to '%s' does not let you go on: you have no right to import from it",
				 name);
	return err;
}

static int open_rights(struct spin_client *client,
		       const struct spin_domain *domain, u32 wanted)
{
	u32 rights = spin_domain_rights(domain);

	if (wanted & ~rights && uid_eq(current_euid(), domain->owner) &&
	    domain->kind != SPIN_DOMAIN_MODULE) {
		spin_refusal_say(&client->refusal, "to modify domain '%s' takes CAP_BPF and CAP_PERFMON",
				 domain->name);
		return -EACCES;
	}
	if (wanted & ~rights || !rights) {
		spin_refusal_say(&client->refusal, "domain '%s' belongs to user %u, who does not let you %s",
				 domain->name,
				 from_kuid_munged(current_user_ns(), domain->owner),
				 wanted & SPIN_DOMAIN_MODIFY & ~rights ?
				 "modify it" : "import from it");
		return -EACCES;
	}
	return wanted ?: rights;
}

struct file *spin_do_domain_open(struct spin_client *client,
				 struct spin_ioc_domain_open *block)
{
	struct spin_domain *domain;
	int err, rights = 0;

	err = spin_path_check(block->name);
	if (err)
		return ERR_PTR(err);
	mutex_lock(&spin_mutex);
	err = lookup(client, block->name, &domain);
	if (!err) {
		rights = open_rights(client, domain, block->rights);
		err = min(rights, 0);
	}
	if (!err)
		spin_domain_get(domain);
	mutex_unlock(&spin_mutex);
	return err ? ERR_PTR(err) : spin_handle_domain(domain, rights);
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

/* Have a module loaded that exports it. Needs what creating something does. */
static int demand(const char *name)
{
	if (!bpf_capable() || !perfmon_capable())
		return -EPERM;
	if (!known(name))
		spin_name_demand(name);
	return 0;
}

long spin_do_name_lookup(struct spin_client *client,
			 struct spin_ioc_name_lookup *block)
{
	struct spin_domain *domain;
	int err;

	err = spin_path_check(block->name);
	if (!err && block->flags & SPIN_LOOKUP_DEMAND)
		err = demand(block->name);
	if (err)
		return err;
	mutex_lock(&spin_mutex);
	err = lookup(client, block->name, &domain);
	if (!err) {
		block->id = domain->id;
		block->kind = domain->kind;
		block->rights = spin_domain_rights(domain);
		strscpy_pad(block->name, domain->name, sizeof(block->name));
	}
	mutex_unlock(&spin_mutex);
	return err;
}

/* ---- of a loader ---- */

static int confine(struct spin_extension *ext, struct spin_domain *domain)
{
	int err;

	mutex_lock(&spin_mutex);
	err = spin_domain_confine(ext, domain);
	mutex_unlock(&spin_mutex);
	if (err == -ESTALE)
		spin_extension_refuse(ext, "domain '%s' is gone", domain->name);
	else if (err == -EINVAL)
		spin_extension_refuse(ext, "domain '%s' is that of an extension or a module; an extension is confined to one that a user made: spinctl domain create NAME %s",
				      domain->name, domain->name);
	else if (err == -EBUSY)
		spin_extension_refuse(ext, "an extension is confined to a domain before it imports anything");
	return err;
}

long spin_do_ext_domain(struct spin_extension *ext,
			struct spin_ioc_ext_domain *block)
{
	const struct spin_domain_file *file;

	CLASS(fd, f)(block->fd);
	if (!fd_file(f))
		return -EBADF;
	file = spin_domain_file_of(fd_file(f));
	if (!file)
		return -EINVAL;
	if (!(file->rights & SPIN_DOMAIN_IMPORT)) {
		spin_extension_refuse(ext, "domain '%s' does not let you import",
				      file->domain->name);
		return -EACCES;
	}
	return confine(ext, file->domain);
}
