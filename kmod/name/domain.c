// SPDX-License-Identifier: GPL-2.0
/*
 * Domains. Each interface of a kernel module has one of its name (SPIN:
 * CreateFromModule), each extension has one, and users make others of them by
 * combining (SPIN: Create, Combine).
 *
 * A domain exports names of interfaces, and combining copies them. So an
 * aggregate holds no other domain: there are no circles, nothing depends on what
 * it was made of, and late binding is by name as everywhere.
 */
#include <linux/capability.h>
#include <linux/slab.h>
#include "../extension/extension.h"
#include "domain.h"

LIST_HEAD(spin_domains);	/* listed ones, by increasing id; spin_mutex */

static u64 last_domain_id;	/* spin_mutex */

/* The aggregate of the interfaces everybody may import. */
static struct spin_domain *public;

/**
 * spin_domain_new - a domain that exports nothing and that nobody knows yet
 * @kind: enum spin_domain_kind
 * @name: full, and shorter than SPIN_PATH_LEN
 * @owner: who may modify it
 *
 * Process context, may sleep. Returns it, with a reference, or NULL.
 */
struct spin_domain *spin_domain_new(enum spin_domain_kind kind,
				    const char *name, kuid_t owner)
{
	struct spin_domain *domain = kzalloc(sizeof(*domain), GFP_KERNEL_ACCOUNT);

	if (!domain)
		return NULL;
	kref_init(&domain->kref);
	domain->kind = kind;
	strscpy(domain->name, name, sizeof(domain->name));
	domain->owner = owner;
	domain->rights = SPIN_DOMAIN_IMPORT;
	INIT_LIST_HEAD(&domain->node);
	INIT_LIST_HEAD(&domain->exports);
	return domain;
}

/* Nobody refers to it: no lock is needed. */
static void domain_free(struct kref *kref)
{
	struct spin_domain *domain = container_of(kref, struct spin_domain, kref);
	struct spin_export *export, *next;

	WARN_ON_ONCE(domain->listed || domain->confined);
	list_for_each_entry_safe(export, next, &domain->exports, node)
		kfree(export);
	kfree(domain);
}

void spin_domain_put(struct spin_domain *domain)
{
	if (domain)
		kref_put(&domain->kref, domain_free);
}

/* The nameserver takes a reference. */
void spin_domain_list(struct spin_domain *domain)
{
	lockdep_assert_held(&spin_mutex);
	spin_domain_get(domain);
	domain->id = ++last_domain_id;
	domain->listed = true;
	list_add_tail(&domain->node, &spin_domains);
}

/* The name may be given to another; files that stand for it find it gone. */
void spin_domain_unlist(struct spin_domain *domain)
{
	lockdep_assert_held(&spin_mutex);
	if (!domain->listed)
		return;
	domain->listed = false;
	list_del_init(&domain->node);
	spin_domain_put(domain);
}

/*
 * Rights of the current process to it. To be the owner is not enough to modify
 * what they made: that takes what making it did.
 */
u32 spin_domain_rights(const struct spin_domain *domain)
{
	bool admin = capable(CAP_SYS_ADMIN);
	bool owner = uid_eq(current_euid(), domain->owner);
	u32 rights = domain->rights;

	lockdep_assert_held(&spin_mutex);
	if (owner || admin)
		rights |= SPIN_DOMAIN_IMPORT;
	if (admin || (owner && bpf_capable() && perfmon_capable()))
		rights |= SPIN_DOMAIN_MODIFY;
	/* What a kernel module exports is not for anybody to change. */
	if (domain->kind == SPIN_DOMAIN_MODULE)
		rights &= ~SPIN_DOMAIN_MODIFY;
	return rights;
}

/* ---- exports ---- */

static struct spin_export *find_export(const struct spin_domain *domain,
				       const char *interface)
{
	struct spin_export *export;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(export, &domain->exports, node)
		if (!strcmp(export->name, interface))
			return export;
	return NULL;
}

bool spin_domain_exports(const struct spin_domain *domain,
			 const char *interface)
{
	return find_export(domain, interface);
}

/**
 * spin_domain_export - export an interface
 * @domain: an extension's, or an aggregate
 * @interface: full name; nothing happens if it is exported already
 *
 * Under spin_mutex. Returns 0; -ENOSPC: SPIN_EXPORTS_MAX; -ENOMEM.
 */
int spin_domain_export(struct spin_domain *domain, const char *interface)
{
	struct spin_export *export;

	if (find_export(domain, interface))
		return 0;
	if (domain->export_count >= SPIN_EXPORTS_MAX)
		return -ENOSPC;
	export = kzalloc(sizeof(*export), GFP_KERNEL_ACCOUNT);
	if (!export)
		return -ENOMEM;
	strscpy(export->name, interface, sizeof(export->name));
	list_add_tail(&export->node, &domain->exports);
	domain->export_count++;
	return 0;
}

/* Under spin_mutex. Returns 0; -ENOENT: it does not export it. */
int spin_domain_remove(struct spin_domain *domain, const char *interface)
{
	struct spin_export *export = find_export(domain, interface);

	if (!export)
		return -ENOENT;
	list_del(&export->node);
	domain->export_count--;
	kfree(export);
	return 0;
}

/**
 * spin_domain_combine - export what another domain exports, too
 * @domain: an aggregate
 * @other: the other; may be the same
 * @interface: which of its interfaces; "": all
 *
 * Under spin_mutex. Returns 0; -ENOENT: @other does not export @interface;
 * -ENOSPC, -ENOMEM: then some of them may be exported.
 */
int spin_domain_combine(struct spin_domain *domain,
			const struct spin_domain *other, const char *interface)
{
	const struct spin_export *export;
	int err = 0;

	lockdep_assert_held(&spin_mutex);
	if (interface[0])
		return find_export(other, interface) ?
		       spin_domain_export(domain, interface) : -ENOENT;
	list_for_each_entry(export, &other->exports, node) {
		err = spin_domain_export(domain, export->name);
		if (err)
			break;
	}
	return err;
}

/* A domain whose name is below this one's, or NULL. */
struct spin_domain *spin_domain_nested(const struct spin_domain *domain)
{
	size_t len = strlen(domain->name);
	struct spin_domain *other;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(other, &spin_domains, node)
		if (!strncmp(other->name, domain->name, len) &&
		    other->name[len] == '/')
			return other;
	return NULL;
}

/* How many aggregates a user has. */
u32 spin_domain_count(kuid_t owner)
{
	struct spin_domain *domain;
	u32 count = 0;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(domain, &spin_domains, node)
		count += domain->kind == SPIN_DOMAIN_AGGREGATE &&
			 uid_eq(domain->owner, owner);
	return count;
}

/* ---- of interfaces ---- */

static bool is_public(const struct spin_interface *interface)
{
	return interface->always || interface->authorize == spin_interface_public;
}

/**
 * spin_domain_of_interface - make the domain of a kernel module's interface
 * @interface: being registered
 *
 * Under spin_mutex. Returns 0; -EEXIST: the name is a domain's; -ENOSPC,
 * -ENOMEM.
 */
int spin_domain_of_interface(struct spin_interface *interface)
{
	struct spin_domain *domain;
	int err;

	lockdep_assert_held(&spin_mutex);
	if (spin_name_find(interface->name))
		return -EEXIST;
	domain = spin_domain_new(SPIN_DOMAIN_MODULE, interface->name,
				 GLOBAL_ROOT_UID);
	if (!domain)
		return -ENOMEM;
	err = spin_domain_export(domain, interface->name);
	if (!err && is_public(interface))
		err = spin_domain_export(public, interface->name);
	if (err) {
		spin_domain_put(domain);
		return err;
	}
	spin_domain_list(domain);
	interface->domain = domain;
	return 0;
}

void spin_domain_of_interface_end(struct spin_interface *interface)
{
	lockdep_assert_held(&spin_mutex);
	spin_domain_remove(public, interface->name);
	spin_domain_unlist(interface->domain);
	spin_domain_put(interface->domain);
	interface->domain = NULL;
}

/* ---- of extensions ---- */

/**
 * spin_domain_confine - an extension may import what a domain exports, only
 * @ext: being loaded; has imported nothing, the caller holds its lock
 * @domain: an aggregate
 *
 * Under spin_mutex. Returns 0; -EBUSY: it has imported or exported something, or
 * is committed; -ESTALE: the domain is gone; -EINVAL: it is no aggregate.
 */
int spin_domain_confine(struct spin_extension *ext, struct spin_domain *domain)
{
	lockdep_assert_held(&spin_mutex);
	if (ext->state != SPIN_EXT_LOADING || ext->procedure_count ||
	    !bitmap_empty(ext->imports, SPIN_INTERFACES_MAX))
		return -EBUSY;
	if (!domain->listed)
		return -ESTALE;
	/* The others end, or are replaced, while somebody is confined to them. */
	if (domain->kind != SPIN_DOMAIN_AGGREGATE)
		return -EINVAL;
	spin_domain_unconfine(ext);
	spin_domain_get(domain);
	domain->confined++;
	ext->within = domain;
	return 0;
}

void spin_domain_unconfine(struct spin_extension *ext)
{
	struct spin_domain *domain = ext->within;

	lockdep_assert_held(&spin_mutex);
	if (!domain)
		return;
	ext->within = NULL;
	domain->confined--;
	spin_domain_put(domain);
}

/* ---- of Resolve and Unresolve ---- */

void spin_resolved_note(struct spin_resolved *resolved,
			const struct spin_binding *binding)
{
	size_t len = strlen(resolved->text);

	resolved->count++;
	scnprintf(resolved->text + len, sizeof(resolved->text) - len, "%s%s",
		  len ? ", " : "", spin_binding_name(binding));
}

/* ---- SpinPublic ---- */

bool spin_domain_is_public(const struct spin_domain *domain)
{
	return domain == public;
}

int __init spin_domain_init(void)
{
	public = spin_domain_new(SPIN_DOMAIN_AGGREGATE, "SpinPublic",
				 GLOBAL_ROOT_UID);
	if (!public)
		return -ENOMEM;
	mutex_lock(&spin_mutex);
	spin_domain_list(public);
	mutex_unlock(&spin_mutex);
	return 0;
}

/* No file is open, and no extension is left; what users made goes. */
void spin_domain_exit(void)
{
	struct spin_domain *domain, *next;

	mutex_lock(&spin_mutex);
	list_for_each_entry_safe(domain, next, &spin_domains, node)
		spin_domain_unlist(domain);
	mutex_unlock(&spin_mutex);
	spin_domain_put(public);
}
