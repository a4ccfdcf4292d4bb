// SPDX-License-Identifier: GPL-2.0
/*
 * The nameserver. Names of domains are paths; a name of another user than root
 * begins with "uUID/", so that nobody can take what another one counts on, and
 * those who look a name up find their own first. Each domain on the way to a name
 * authorizes those who go on: by the right to import.
 */
#include <linux/kmod.h>
#include "../extension/lookup.h"
#include "domain.h"

/* Of the initial user name space; 0 is its root, whose names have no prefix. */
static uid_t uid_of(kuid_t who)
{
	return from_kuid(&init_user_ns, who);
}

/**
 * spin_path_check - is it a path?
 * @path: terminated
 *
 * Returns 0; -EINVAL: an empty or bad component, or too many.
 */
int spin_path_check(const char *path)
{
	char component[SPIN_NAME_LEN];
	u32 depth = 0;
	size_t len;

	for (;;) {
		len = strcspn(path, "/");
		if (len >= sizeof(component) || ++depth > SPIN_PATH_DEPTH)
			return -EINVAL;
		strscpy(component, path, len + 1);
		if (!spin_name_valid(component) || !strcmp(component, ".") ||
		    !strcmp(component, ".."))
			return -EINVAL;
		if (!path[len])
			return 0;
		path += len + 1;
	}
}

/**
 * spin_path_qualify - the full name of what the current user is to make
 * @path: as they gave it, terminated
 * @full: SPIN_PATH_LEN bytes
 *
 * Returns 0; -EINVAL: no path, or one that is for another user's things;
 * -ENAMETOOLONG.
 */
int spin_path_qualify(const char *path, char *full)
{
	uid_t uid = uid_of(current_euid());
	char home[16];
	size_t len;

	if (spin_path_check(path))
		return -EINVAL;
	if (!uid && spin_name_reserved(path))
		return -EINVAL;
	len = snprintf(home, sizeof(home), "u%u/", uid);
	if (uid && strncmp(path, home, len))
		len = snprintf(full, SPIN_PATH_LEN, "%s%s", home, path);
	else
		len = snprintf(full, SPIN_PATH_LEN, "%s", path);
	if (len >= SPIN_PATH_LEN)
		return -ENAMETOOLONG;
	return spin_path_check(full);
}

/* While an extension is replaced, two domains have its name. */
static bool is_current(const struct spin_domain *domain)
{
	return !domain->ext || domain->ext == spin_extension_find(domain->name);
}

/* Under spin_mutex. The domain of this name, or NULL. */
struct spin_domain *spin_name_find(const char *full)
{
	struct spin_domain *domain;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(domain, &spin_domains, node)
		if (!strcmp(domain->name, full) && is_current(domain))
			return domain;
	return NULL;
}

static struct spin_domain *find_exporter(const char *interface)
{
	struct spin_domain *domain;

	list_for_each_entry(domain, &spin_domains, node)
		if (domain->kind == SPIN_DOMAIN_EXTENSION &&
		    is_current(domain) && spin_domain_exports(domain, interface))
			return domain;
	return NULL;
}

/**
 * spin_name_exporter - the extension's domain that exports an interface
 * @who: user who asks; what their own extensions export comes first
 * @interface: name
 *
 * Under spin_mutex. Returns it, or NULL.
 */
struct spin_domain *spin_name_exporter(kuid_t who, const char *interface)
{
	uid_t uid = uid_of(who);
	struct spin_domain *domain = NULL;
	char own[SPIN_EXPORT_LEN];

	if (uid && snprintf(own, sizeof(own), "u%u/%s", uid, interface) <
	    sizeof(own))
		domain = find_exporter(own);
	return domain ?: find_exporter(interface);
}

/* May the current process pass all domains on the way to @full? */
static int walk(const char *full)
{
	const char *slash = full;
	char path[SPIN_PATH_LEN];
	struct spin_domain *domain;

	while ((slash = strchr(slash, '/'))) {
		strscpy(path, full, slash - full + 1);
		domain = spin_name_find(path);
		if (domain && !(spin_domain_rights(domain) & SPIN_DOMAIN_IMPORT))
			return -EACCES;
		slash++;
	}
	return 0;
}

static int lookup_full(const char *full, struct spin_domain **domain)
{
	int err = walk(full);

	if (err)
		return err;
	*domain = spin_name_find(full);
	return *domain ? 0 : -ENOENT;
}

/**
 * spin_name_lookup - the domain that the current process means by a name
 * @who: its user
 * @path: that spin_path_check() has found good; or the name of an interface
 * @domain: set to it, without a reference
 *
 * Their own comes first. Under spin_mutex. Returns 0; -ENOENT; -EACCES: a domain
 * on the way does not let the process go on.
 */
int spin_name_lookup(kuid_t who, const char *path, struct spin_domain **domain)
{
	uid_t uid = uid_of(who);
	char own[SPIN_PATH_LEN];
	int err = -ENOENT;

	lockdep_assert_held(&spin_mutex);
	if (uid && snprintf(own, sizeof(own), "u%u/%s", uid, path) < sizeof(own))
		err = lookup_full(own, domain);
	if (err == -ENOENT)
		err = lookup_full(path, domain);
	if (err != -ENOENT)
		return err;
	*domain = spin_name_exporter(who, path);
	return *domain ? 0 : -ENOENT;
}

/**
 * spin_name_parent - the domain that a new name is to be in
 * @full: the new name
 * @parent: set to it; NULL: it is in no domain's
 *
 * Under spin_mutex. Returns 0; -ENOENT: that is not there; -ENOTDIR: it is no
 * aggregate; -EACCES: a domain on the way says no, or it is not to be modified.
 */
int spin_name_parent(const char *full, struct spin_domain **parent)
{
	const char *slash = strrchr(full, '/');
	char path[SPIN_PATH_LEN];
	int err;

	lockdep_assert_held(&spin_mutex);
	*parent = NULL;
	if (!slash)
		return 0;
	strscpy(path, full, slash - full + 1);
	/* Whether it is the caller's own, spin_path_qualify() has seen to. */
	if (!strchr(path, '/') && spin_name_reserved(path))
		return 0;
	err = walk(full);
	if (err)
		return err;
	*parent = spin_name_find(path);
	if (!*parent)
		return -ENOENT;
	if ((*parent)->kind != SPIN_DOMAIN_AGGREGATE)
		return -ENOTDIR;
	return spin_domain_rights(*parent) & SPIN_DOMAIN_MODIFY ? 0 : -EACCES;
}

/**
 * spin_name_demand - have the module loaded that exports an interface
 * @interface: that nobody exports
 *
 * A module says which it exports by MODULE_ALIAS("spin-interface-NAME"). Process
 * context, without spin_mutex: the module registers the interface. Whether it
 * did is for the caller to see.
 */
void spin_name_demand(const char *interface)
{
	if (spin_name_valid(interface))
		request_module("spin-interface-%s", interface);
}
