// SPDX-License-Identifier: GPL-2.0
/*
 * An extension is created empty by its loader, to be filled with imports,
 * capabilities and bindings.
 */
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include "../binding/binding.h"
#include "../dispatch/settle.h"
#include "../extension/lookup.h"
#include "../name/domain.h"
#include "load.h"

static u64 last_extension_id;	/* spin_mutex */

static void extension_free_rcu(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct spin_extension, rcu));
}

static void extension_free(struct kref *kref)
{
	struct spin_extension *ext = container_of(kref, struct spin_extension,
						  kref);

	spin_quota_end(ext);
	put_cred(ext->cred);
	put_pid(ext->loader);
	put_pid(ext->entered);
	WARN_ON_ONCE(ext->within);
	spin_domain_put(ext->domain);
	mutex_destroy(&ext->lock);
	call_rcu(&ext->rcu, extension_free_rcu);
}

/* Waits for raises that sleep, which are not to hold up other extensions. */
static void extension_settle(struct work_struct *work)
{
	struct spin_extension *ext = container_of(work, struct spin_extension,
						  settle);

	spin_bindings_synchronize(ext);
	spin_settle_end(ext);
}

static struct spin_extension *extension_new(const char *name)
{
	struct spin_extension *ext = kzalloc(sizeof(*ext), GFP_KERNEL_ACCOUNT);

	if (!ext)
		return NULL;
	ext->domain = spin_domain_new(SPIN_DOMAIN_EXTENSION, name,
				      current_euid());
	if (!ext->domain) {
		kfree(ext);
		return NULL;
	}
	kref_init(&ext->kref);
	ext->free = extension_free;
	strscpy(ext->name, name, sizeof(ext->name));
	ext->state = SPIN_EXT_LOADING;
	ext->set.from = U64_MAX;
	ext->set.to = U64_MAX;
	INIT_LIST_HEAD(&ext->unsettled_node);
	INIT_WORK(&ext->settle, extension_settle);
	INIT_LIST_HEAD(&ext->reaped);
	INIT_WORK(&ext->reap, spin_bindings_reap);
	INIT_LIST_HEAD(&ext->templates);
	INIT_LIST_HEAD(&ext->bindings);
	INIT_LIST_HEAD(&ext->links);
	mutex_init(&ext->lock);
	spin_refusal_init(&ext->refusal);
	ratelimit_state_init(&ext->console, 5 * HZ, 50);
	ratelimit_set_flags(&ext->console, RATELIMIT_MSG_ON_RELEASE);
	spin_quota_init(&ext->quota);
	ext->cred = get_current_cred();
	ext->owner = current_euid();
	ext->net_cookie = current->nsproxy->net_ns->net_cookie;
	ext->loader = get_pid(task_tgid(current));
	get_task_comm(ext->comm, current);
	return ext;
}

/* The next version has the limits of the one before, and is as confined. */
static void extension_follow(struct spin_extension *ext,
			     struct spin_extension *old)
{
	spin_extension_get(old);
	old->replaced = true;
	ext->replaces = old;
	memcpy(ext->quota.limit, old->quota.limit, sizeof(ext->quota.limit));
	ext->domain->rights = old->domain->rights;
	/* Whatever has become of the domain since: as confined as before. */
	if (old->within) {
		spin_domain_get(old->within);
		old->within->confined++;
		ext->within = old->within;
	}
}

/* May @ext come into the list, as a new one or to replace another? */
static int extension_enlist(struct spin_extension *ext, bool replace)
{
	struct spin_extension *old = spin_extension_find(ext->name);

	if (!replace && old)
		return -EEXIST;
	if (replace && !old)
		return -ENOENT;
	if (replace && !spin_extension_permitted(old))
		return -EPERM;
	if (replace && (old->state != SPIN_EXT_LOADED || old->replaced))
		return -EBUSY;
	if (!replace && spin_name_find(ext->name))
		return -EEXIST;
	if (replace)
		extension_follow(ext, old);
	ext->id = ++last_extension_id;
	ext->lineage = replace ? old->lineage : ext->id;
	list_add_tail_rcu(&ext->node, &spin_extensions);
	spin_extension_get(ext);
	ext->domain->ext = ext;
	spin_domain_list(ext->domain);
	return 0;
}

/**
 * spin_extension_create - a new, empty extension
 * @name: its name, qualified
 * @replace: it is the next version of the loaded one of that name
 *
 * Returns it with one reference for the list and one for the caller, or
 * ERR_PTR: -EEXIST name in use, -ENOENT nothing to replace, -EPERM it is another
 * user's, -EBUSY what is to be replaced is on its way out, -ENOMEM.
 */
struct spin_extension *spin_extension_create(const char *name, bool replace)
{
	struct spin_extension *ext;
	int err;

	ext = extension_new(name);
	if (!ext)
		return ERR_PTR(-ENOMEM);

	mutex_lock(&spin_mutex);
	err = extension_enlist(ext, replace);
	mutex_unlock(&spin_mutex);
	if (err) {
		spin_extension_put(ext);
		return ERR_PTR(err);
	}
	return ext;
}
