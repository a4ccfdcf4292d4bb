// SPDX-License-Identifier: GPL-2.0
/*
 * Extensions, as all others see them: the list of them and its mutex, their names,
 * who may change one, which one a thread is in. How they come and go is in load/.
 */
#include <linux/capability.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include "lookup.h"

DEFINE_MUTEX(spin_mutex);
LIST_HEAD(spin_extensions);

struct workqueue_struct *spin_workqueue;

/*
 * Works of an extension that wait for its own handlers, which may take for ever:
 * one for each purpose. Nobody else's work is to wait behind them.
 */
struct workqueue_struct *spin_waiters;

/* ---- names ---- */

/* Of extensions and capabilities: they go into listings, logs and scripts. */
bool spin_name_valid(const char *name)
{
	size_t i;

	for (i = 0; name[i]; i++)
		if (!(isascii(name[i]) && isalnum(name[i])) && !strchr("-_.", name[i]))
			return false;
	return i > 0;
}

/* "u1000", where user 1000's names are. */
static bool is_home(const char *component, size_t len)
{
	size_t i;

	for (i = 1; i < len; i++)
		if (!isdigit(component[i]))
			return false;
	return len > 1 && component[0] == 'u';
}

/* Is the first component of it a user's, by the looks? */
bool spin_name_reserved(const char *name)
{
	return is_home(name, strcspn(name, "/"));
}

/**
 * spin_name_qualify - the name under which the current user's things are known
 * @name: as they gave it
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

/* The same for the things of another user. */
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

/* ---- which one, and whose ---- */

/**
 * spin_extension_lookup - the extension that a user means by a name
 * @who: the user
 * @name: of one of their own, or the full name
 *
 * Their own is found first. Under spin_mutex. Returns it, or NULL.
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

/* By what its creator set: what it has is of folders that know how to give it back. */
void spin_extension_put(struct spin_extension *ext)
{
	kref_put(&ext->kref, ext->free);
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

/* ---- the works of all folders ---- */

int __init spin_extensions_init(void)
{
	spin_workqueue = alloc_workqueue("spin", WQ_UNBOUND, 0);
	if (!spin_workqueue)
		return -ENOMEM;
	spin_waiters = alloc_workqueue("spin_waiters", WQ_UNBOUND,
				       WQ_MAX_ACTIVE);
	if (spin_waiters)
		return 0;
	destroy_workqueue(spin_workqueue);
	return -ENOMEM;
}

void spin_extensions_exit(void)
{
	destroy_workqueue(spin_waiters);
	destroy_workqueue(spin_workqueue);
}
