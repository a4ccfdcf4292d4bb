// SPDX-License-Identifier: GPL-2.0
/*
 * Extensions: created empty by a loader, filled with imports, capabilities and
 * bindings, committed as a whole, destroyed as a whole.
 *
 * An extension is destroyed by its loader's file being closed before the
 * commit, or by an unload after it; the state, changed under spin_mutex, sees
 * to it that only one of them does.
 */
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/net_namespace.h>
#include "../name/domain.h"
#include "../internal.h"
#include "../capability/pointer.h"
#include "../dispatch/trace.h"

LIST_HEAD(spin_extensions);

static u64 last_extension_id;

/* Of extensions and capabilities: they go into listings, logs and scripts. */
bool spin_name_valid(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if (!(isascii(name[i]) && isalnum(name[i])) && !strchr("-_.", name[i]))
			return false;
	return i > 0;
}

/**
 * spin_name_qualify - the name under which the current user's things are known
 * @name: as he gave it
 * @qualified: SPIN_NAME_LEN bytes
 *
 * Root of the initial user name space gets the name itself. All others' names
 * begin with "uUID/", so that nobody can take a name that another one counts
 * on. Process context.
 *
 * Returns 0; -EINVAL: not a name, or one like those prefixes; -ENAMETOOLONG: with the prefix, it is.
 */
int spin_name_qualify(const char *name, char *qualified)
{
	return spin_name_qualify_for(current_euid(), name, qualified);
}

/* Likewise, for the things of another user. */
int spin_name_qualify_for(kuid_t who, const char *name, char *qualified)
{
	uid_t uid = from_kuid(&init_user_ns, who);
	int len;

	if (!spin_name_valid(name) || (!uid && spin_name_reserved(name)))
		return -EINVAL;
	if (uid)
		len = snprintf(qualified, SPIN_NAME_LEN, "u%u/%s", uid, name);
	else
		len = snprintf(qualified, SPIN_NAME_LEN, "%s", name);
	return len < SPIN_NAME_LEN ? 0 : -ENAMETOOLONG;
}

/**
 * spin_extension_lookup - the extension that a user means by a name
 * @who: the user
 * @name: of one of his own, or the full name
 *
 * His own is found first. Under spin_mutex. Returns it, or NULL.
 */
struct spin_extension *spin_extension_lookup(kuid_t who, const char *name)
{
	uid_t uid = from_kuid(&init_user_ns, who);
	struct spin_extension *ext = NULL;
	char own[SPIN_NAME_LEN];

	if (uid && snprintf(own, sizeof(own), "u%u/%s", uid, name) < sizeof(own))
		ext = spin_extension_find(own);
	return ext ?: spin_extension_find(name);
}

/**
 * spin_extension_full_name - put the full name in the place of a user's
 * @name: SPIN_NAME_LEN bytes
 *
 * Consent by name is to the extension that had it when it was given. Process
 * context. Returns 0; -ENOENT: the current user knows none by that name.
 */
int spin_extension_full_name(char *name)
{
	struct spin_extension *ext;

	mutex_lock(&spin_mutex);
	ext = spin_extension_lookup(current_euid(), name);
	if (ext)
		strscpy(name, ext->name, SPIN_NAME_LEN);
	mutex_unlock(&spin_mutex);
	return ext ? 0 : -ENOENT;
}

/* May the current process change, unload, or grant things to it? */
bool spin_extension_permitted(const struct spin_extension *ext)
{
	return uid_eq(current_euid(), ext->owner) || capable(CAP_SYS_ADMIN);
}

/* While one version of an extension replaces another, both are in the list. */
struct spin_extension *spin_extension_find(const char *name)
{
	struct spin_extension *ext, *found = NULL;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(ext, &spin_extensions, node)
		if (!strcmp(ext->name, name) &&
		    (!found || ext->state == SPIN_EXT_LOADED))
			found = ext;
	return found;
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
	strscpy(ext->name, name, sizeof(ext->name));
	ext->state = SPIN_EXT_LOADING;
	ext->set.from = U64_MAX;
	ext->set.to = U64_MAX;
	INIT_LIST_HEAD(&ext->unsettled_node);
	INIT_WORK(&ext->settle, spin_settle_one);
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

void spin_extension_put(struct spin_extension *ext)
{
	kref_put(&ext->kref, extension_free);
}

/* ---- entering ---- */

/* The extension that the current thread has entered, or NULL. */
struct spin_extension *spin_extension_entered(void)
{
	struct pid *self = task_pid(current);
	struct spin_extension *ext;

	lockdep_assert_held(&spin_mutex);
	list_for_each_entry(ext, &spin_extensions, node)
		if (ext->entered == self && !ext->committing &&
		    ext->state == SPIN_EXT_LOADING)
			return ext;
	return NULL;
}

static bool thread_ended(struct pid *pid)
{
	bool ended;

	rcu_read_lock();
	ended = !pid_task(pid, PIDTYPE_PID);
	rcu_read_unlock();
	return ended;
}

/**
 * spin_extension_enter - let the current thread attach templates to it
 * @ext: being loaded
 *
 * Returns 0; -EBUSY: committed, or another thread is in it; -EALREADY: this
 * thread is in an extension.
 */
int spin_extension_enter(struct spin_extension *ext)
{
	struct pid *dead = NULL;
	int err = 0;

	mutex_lock(&spin_mutex);
	if (ext->entered && thread_ended(ext->entered)) {
		dead = ext->entered;
		ext->entered = NULL;
	}
	if (ext->state != SPIN_EXT_LOADING || ext->entered || ext->committing)
		err = -EBUSY;
	else if (spin_extension_entered())
		err = -EALREADY;
	else
		ext->entered = get_pid(task_pid(current));
	mutex_unlock(&spin_mutex);
	put_pid(dead);
	return err;
}

void spin_extension_leave(struct spin_extension *ext)
{
	struct pid *entered;

	mutex_lock(&spin_mutex);
	entered = ext->entered;
	ext->entered = NULL;
	mutex_unlock(&spin_mutex);
	put_pid(entered);
}

/* ---- refusals ---- */

static void refuse_va(struct spin_extension *ext, u32 prog_id, u32 insn,
		      const char *fmt, va_list args)
{
	unsigned long flags;

	spin_lock_irqsave(&ext->refusal.lock, flags);
	spin_refusal_write(&ext->refusal, prog_id, insn, fmt, args);
	trace_spin_refuse(ext->name, ext->refusal.text);
	spin_unlock_irqrestore(&ext->refusal.lock, flags);
}

/**
 * spin_extension_refuse - leave a sentence for the loader
 * @ext: whose loader
 * @fmt: one sentence: what, why, and what to do
 *
 * Any context but NMI.
 */
void spin_extension_refuse(struct spin_extension *ext, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	refuse_va(ext, 0, U32_MAX, fmt, args);
	va_end(args);
}
EXPORT_SYMBOL_GPL(spin_extension_refuse);

/* The same, about one instruction (U32_MAX: none) of a program. */
void spin_extension_refuse_at(struct spin_extension *ext, u32 prog_id, u32 insn,
			      const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	refuse_va(ext, prog_id, insn, fmt, args);
	va_end(args);
}

/* ---- commit ---- */

/* The reserved ends that the old version held go to the new one. */
static void inherit_ends(struct spin_extension *ext, struct spin_extension *old)
{
	struct spin_binding *binding, *holder;
	u32 i;

	list_for_each_entry(binding, &ext->bindings, extension_node) {
		for (i = 0; i < 2; i++) {
			holder = binding->point->reserved[i];
			if (holder && holder->ext == old &&
			    !strcmp(spin_binding_name(holder),
				    spin_binding_name(binding)))
				binding->point->reserved[i] = binding;
		}
	}
}

/*
 * At one instant the bindings of @ext become active, and those of the version
 * it replaces are not any more. Until then raises pass over the ones, and from
 * then on over the others, by the epoch they sampled.
 */
static int switch_over(struct spin_extension *ext, struct spin_extension *old)
{
	int err;

	/* Asked before, but it may have got callers since. */
	err = spin_procedures_keep(ext);
	if (err)
		return err;
	ext->state = SPIN_EXT_LOADED;
	ext->throttled = old && old->throttled;
	err = spin_bindings_plan(ext);
	if (err) {
		ext->state = SPIN_EXT_LOADING;
		ext->throttled = false;
		return err;
	}
	if (old) {
		inherit_ends(ext, old);
		spin_quota_take_over(ext, old);
		ext->domain->rights = old->domain->rights;
		old->state = SPIN_EXT_DYING;
		spin_unsettle(old);
		spin_settled_forget(old);
	}
	if (old)
		spin_procedures_restrict(ext, old);
	spin_epoch_advance(&ext->set, old ? &old->set : NULL);
	spin_procedures_open(ext, old);
	spin_settle_later(ext);
	if (ext->quota.limit[SPIN_QUOTA_CPU] != SPIN_QUOTA_NONE || ext->throttled)
		spin_share_changed();
	return 0;
}

static int activate(struct spin_extension *ext, struct spin_extension **replaced)
{
	struct spin_template *template;
	struct spin_binding *binding;
	struct pid *entered;
	u32 map_refs;
	int err;

	mutex_lock(&spin_mutex);
	/* Its bindings may change while the mutex is not held: look again. */
	while (spin_bindings_hold(ext)) {
		mutex_unlock(&spin_mutex);
		spin_bindings_synchronize(ext);
		mutex_lock(&spin_mutex);
	}
	err = spin_pointer_module_refs(ext, &map_refs);
	if (!err)
		err = switch_over(ext, ext->replaces);
	spin_bindings_release(ext);
	if (err) {
		mutex_unlock(&spin_mutex);
		return err;
	}
	*replaced = ext->replaces;
	ext->replaces = NULL;
	ext->loaded_at_ns = ktime_get_boottime_ns();
	entered = ext->entered;
	ext->entered = NULL;
	ext->module_refs = map_refs;
	list_for_each_entry(template, &ext->templates, node)
		ext->module_refs += spin_template_module_refs(template);
	list_for_each_entry(binding, &ext->bindings, extension_node)
		if (binding->event->ops->activate)
			binding->event->ops->activate(binding);
	mutex_unlock(&spin_mutex);
	put_pid(entered);
	return 0;
}

/* No template comes or goes meanwhile, but for links that others detach. */
static int commit(struct spin_extension *ext, struct spin_extension **replaced)
{
	int err;

	if (!READ_ONCE(ext->template_count)) {
		spin_extension_refuse(ext, "it binds no handler to any event");
		return -EINVAL;
	}
	err = spin_procedures_check(ext);
	if (!err)
		err = spin_quota_charge_maps(ext);
	if (!err)
		err = spin_initialize_run(ext);
	/* A loop that was cut short is no proof of anything. */
	if (!err && fatal_signal_pending(current))
		err = -EINTR;
	return err ?: activate(ext, replaced);
}

/**
 * spin_extension_commit - initialise an extension and make it active
 * @ext: being loaded; the caller holds its lock
 * @replaced: set to the version that it took the place of, with a reference, if
 *	any; the caller destroys it, without the lock
 *
 * Returns 0; -EBUSY: committed already; -EINVAL: it binds nothing; what a
 * Domain.Initialize handler returned; -EPROTOTYPE: others call what it does not
 * export any more; -EDQUOT: a raise would take too long, or
 * its maps more memory than it may have;
 * -ENOMEM; -EINTR: the loader was killed. On failure it stays inactive, and what
 * it is to replace stays active.
 */
int spin_extension_commit(struct spin_extension *ext,
			  struct spin_extension **replaced)
{
	int err;

	lockdep_assert_held(&ext->lock);
	*replaced = NULL;
	if (ext->state != SPIN_EXT_LOADING)
		return -EBUSY;
	/* What is looked at from here on is all there will be. */
	mutex_lock(&spin_mutex);
	ext->committing = true;
	mutex_unlock(&spin_mutex);
	err = commit(ext, replaced);
	mutex_lock(&spin_mutex);
	ext->committing = false;
	mutex_unlock(&spin_mutex);
	return err;
}

/* ---- the end ---- */

/* Returns when what services run by themselves has come to its end. */
static void quiesce_all(struct spin_extension *ext)
{
	struct spin_binding *binding;
	unsigned long id = 0;

	for (;;) {
		mutex_lock(&spin_mutex);
		xa_for_each_start(&spin_bindings, id, binding, id + 1)
			if (binding->ext == ext && binding->event->ops->quiesce)
				break;
		if (binding)
			spin_binding_get(binding);
		mutex_unlock(&spin_mutex);
		if (!binding)
			return;
		binding->event->ops->quiesce(binding);
		spin_binding_put(binding);
	}
}

/**
 * spin_extension_destroy - take an extension away
 * @ext: in state SPIN_EXT_DYING, set by the caller under spin_mutex, which
 *	makes the caller the only one to do this
 *
 * First makes all its bindings inactive at one instant, then waits for what
 * runs, detaches its links, and gives its capabilities back: no handler can
 * run any more, so none can be using one. Process context.
 */
void spin_extension_destroy(struct spin_extension *ext)
{
	struct spin_link *link, *next;
	struct spin_extension *old;
	bool was_active;

	mutex_lock(&spin_mutex);
	WARN_ON_ONCE(ext->state != SPIN_EXT_DYING);
	was_active = ext->set.from != U64_MAX;
	spin_unsettle(ext);
	spin_settled_forget(ext);
	if (ext->set.to == U64_MAX)
		spin_epoch_advance(NULL, &ext->set);
	spin_procedures_close(ext);
	/* Given up before it took the place of another? */
	old = ext->replaces;
	ext->replaces = NULL;
	if (old)
		old->replaced = false;
	mutex_unlock(&spin_mutex);
	if (old)
		spin_extension_put(old);

	/* Outside of the BPF core's mutex: handlers may take their time. */
	quiesce_all(ext);
	/*
	 * Raises that sampled an epoch in which it was active, and have not
	 * read a plan yet, are to find it there.
	 */
	if (was_active)
		spin_bindings_synchronize(ext);
	spin_binding_remove_all(ext);

	/* No template can be attached now, so the list does not change. */
	list_for_each_entry_safe(link, next, &ext->links, node) {
		link->link->ops->detach(link->link);
		bpf_link_put(link->link);
		list_del(&link->node);
		kfree(link);
	}
	WARN_ON_ONCE(!list_empty(&ext->bindings));
	spin_procedures_release(ext);
	spin_capability_release_all(ext);

	mutex_lock(&spin_mutex);
	list_del_rcu(&ext->node);
	ext->domain->ext = NULL;
	spin_domain_unlist(ext->domain);
	spin_domain_unconfine(ext);
	mutex_unlock(&spin_mutex);
	spin_extension_put(ext);
}

/* References to the module that are not those of a loaded extension. */
static int foreign_refs(const atomic_t *open_files)
{
	struct spin_extension *ext;
	int refs = module_refcount(THIS_MODULE) - atomic_read(open_files);

	mutex_lock(&spin_mutex);
	refs -= spin_event_modules();
	list_for_each_entry(ext, &spin_extensions, node) {
		if (ext->state == SPIN_EXT_LOADING) {
			refs = 0;	/* cannot tell */
			break;
		}
		refs -= ext->module_refs;
	}
	mutex_unlock(&spin_mutex);
	return refs;
}

/**
 * spin_extension_wait_freed - wait for the BPF core to free what was detached
 * @timeout_ms: how long
 * @open_files: number of files of this module that are open
 *
 * Maps and programs are freed by the BPF core after grace periods of its own;
 * until then they hold the module. Returns 0, -ETIMEDOUT or -EINTR.
 */
int spin_extension_wait_freed(u32 timeout_ms, const atomic_t *open_files)
{
	unsigned long end = jiffies + msecs_to_jiffies(timeout_ms);

	while (foreign_refs(open_files) > 0) {
		if (time_after(jiffies, end))
			return -ETIMEDOUT;
		if (msleep_interruptible(10))
			return -EINTR;
	}
	return 0;
}

/* ---- what services see ---- */

/**
 * spin_text_clean - take text from an extension
 * @to: where to; always terminated
 * @size: of @to
 * @from: ends at a NUL or after @len bytes
 * @len: of @from
 *
 * What is not printable becomes '?': a line of an extension must not pass for
 * several, or move a terminal's cursor.
 */
void spin_text_clean(char *to, size_t size, const char *from, size_t len)
{
	size_t i;

	for (i = 0; i < len && i < size - 1; i++) {
		char c = READ_ONCE(from[i]);	/* may change meanwhile */

		if (!c)
			break;
		to[i] = isascii(c) && isprint(c) ? c : '?';
	}
	to[i] = '\0';
}
EXPORT_SYMBOL_GPL(spin_text_clean);

const char *spin_extension_name(const struct spin_extension *ext)
{
	return ext->name;
}
EXPORT_SYMBOL_GPL(spin_extension_name);

u64 spin_extension_id(const struct spin_extension *ext)
{
	return ext->id;
}
EXPORT_SYMBOL_GPL(spin_extension_id);

u64 spin_extension_net_cookie(const struct spin_extension *ext)
{
	return ext->net_cookie;
}
EXPORT_SYMBOL_GPL(spin_extension_net_cookie);

struct ratelimit_state *spin_extension_console(struct spin_extension *ext)
{
	return &ext->console;
}
EXPORT_SYMBOL_GPL(spin_extension_console);

/**
 * spin_extension_was_active - has a raise seen the extension of this name?
 * @name: of the extension
 * @epoch: that the raise sampled
 *
 * For services that raise an event for one extension only, and must tell "it did
 * not want it" from "it was not there". Any context but NMI. Takes no lock:
 * applications ask, as often as they like, and nobody is to wait for them.
 *
 * Returns 1; 0: it has become active since, so that the raise is worth another
 * try; -ENXIO: it is not loaded.
 */
int spin_extension_was_active(const char *name, u64 epoch)
{
	/* Pairs with spin_epoch_advance(): sets are seen as of this epoch. */
	u64 now = smp_load_acquire(&spin_epoch);
	struct spin_extension *ext;
	int ret = -ENXIO;

	rcu_read_lock();
	/* Of two versions of one name, at most one has the epoch in its set. */
	list_for_each_entry_rcu(ext, &spin_extensions, node) {
		if (strcmp(ext->name, name))
			continue;
		if (spin_set_contains(&ext->set, epoch)) {
			ret = 1;
			break;
		}
		if (spin_set_contains(&ext->set, now))
			ret = 0;
	}
	rcu_read_unlock();
	return ret;
}
EXPORT_SYMBOL_GPL(spin_extension_was_active);
