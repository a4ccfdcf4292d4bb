// SPDX-License-Identifier: GPL-2.0
/* Requests about extensions: those of their loaders, and the unload. */
#include <linux/cred.h>
#include "../capability/interface.h"
#include "../capability/slot.h"
#include "../extension/files.h"
#include "../extension/lookup.h"
#include "../load/load.h"
#include "../procedure/procedure.h"
#include "device.h"
#include "handle.h"
#include "requests.h"

#define UNLOAD_TIMEOUT_MS	10000

/* ---- on /dev/spin ---- */

/* Unless it is an extension that has the name, of which the errno says enough. */
static void refuse_taken(struct spin_client *client, const char *name)
{
	bool extension;

	mutex_lock(&spin_mutex);
	extension = spin_extension_find(name);
	mutex_unlock(&spin_mutex);
	if (!extension)
		spin_refusal_say(&client->refusal, "the name '%s' is that of a domain or an interface; an extension needs another",
				 name);
}

struct file *spin_do_ext_create(struct spin_client *client,
				struct spin_ioc_ext_create *block)
{
	struct spin_extension *ext;
	char name[SPIN_NAME_LEN];
	int err;

	if (block->flags == SPIN_EXT_BREAK_CALLERS)
		return ERR_PTR(-EINVAL);
	err = spin_name_qualify(block->name, name);
	if (err == -ENAMETOOLONG)
		spin_refusal_say(&client->refusal, "the name '%s' is too long: with the prefix of its user it must have less than %u characters",
				 block->name, SPIN_NAME_LEN);
	if (err)
		return ERR_PTR(err);
	ext = spin_extension_create(name, block->flags & SPIN_EXT_REPLACE);
	if (PTR_ERR(ext) == -EEXIST)
		refuse_taken(client, name);
	if (IS_ERR(ext))
		return ERR_CAST(ext);
	ext->breaks_callers = block->flags & SPIN_EXT_BREAK_CALLERS;
	return spin_handle_extension(ext);
}

/* Find a loaded extension and make the caller the one who destroys it. */
static struct spin_extension *extension_claim(struct spin_client *client,
					      const char *name)
{
	struct spin_extension *ext;

	mutex_lock(&spin_mutex);
	ext = spin_extension_lookup(current_euid(), name);
	if (!ext) {
		ext = ERR_PTR(-ENOENT);
	} else if (!spin_extension_permitted(ext)) {
		spin_client_refuse_owner(client, ext);
		ext = ERR_PTR(-EPERM);
	} else if (ext->state != SPIN_EXT_LOADED || ext->replaced) {
		ext = ERR_PTR(-EBUSY);
	} else {
		ext->state = SPIN_EXT_DYING;
		spin_extension_get(ext);
	}
	mutex_unlock(&spin_mutex);
	return ext;
}

long spin_do_ext_unload(struct spin_client *client,
			struct spin_ioc_ext_unload *block)
{
	struct spin_extension *ext = extension_claim(client, block->name);

	if (IS_ERR(ext))
		return PTR_ERR(ext);
	spin_extension_destroy(ext);
	spin_extension_put(ext);
	return spin_extension_wait_freed(block->timeout_ms ?: UNLOAD_TIMEOUT_MS,
					 &spin_open_files);
}

/* ---- on the loader's file ---- */

long spin_do_ext_enter(struct spin_extension *ext)
{
	return spin_extension_enter(ext);
}

long spin_do_ext_leave(struct spin_extension *ext)
{
	spin_extension_leave(ext);
	return 0;
}

/* Once it is the caller's to commit, nobody else can end it. */
long spin_do_ext_commit(struct spin_extension *ext)
{
	struct spin_extension *replaced;
	int err;

	if (mutex_lock_killable(&ext->lock))
		return -EINTR;
	err = spin_extension_commit(ext, &replaced);
	mutex_unlock(&ext->lock);
	if (replaced) {
		spin_extension_destroy(replaced);
		spin_extension_put(replaced);
	}
	return err;
}

long spin_do_ext_verdict(struct spin_extension *ext,
			 struct spin_ioc_verdict *block)
{
	spin_refusal_tell(&ext->refusal, block);
	return 0;
}

long spin_do_ext_import(struct spin_extension *ext,
			struct spin_ioc_ext_import *block)
{
	return ext->state == SPIN_EXT_LOADING ?
	       spin_interface_import(ext, block->name) : -EBUSY;
}

/* After the commit, it is for the owner to grant: SPIN_IOC_CAP_GRANT. */
long spin_do_ext_grant(struct spin_extension *ext,
		       struct spin_ioc_ext_grant *block)
{
	return ext->state == SPIN_EXT_LOADING ?
	       spin_capability_grant(ext, block) : -EBUSY;
}

long spin_do_ext_inherit(struct spin_extension *ext,
			 struct spin_ioc_ext_inherit *block)
{
	return spin_name_valid(block->name) ?
	       spin_capability_inherit(ext, block->name) : -EINVAL;
}

/* If the answer cannot be written it stays declared: the loader has to give up. */
long spin_do_ext_proc_import(struct spin_extension *ext,
			     struct spin_ioc_ext_procedure *block)
{
	return spin_procedure_import(ext, block);
}

long spin_do_ext_proc_export(struct spin_extension *ext,
			     struct spin_ioc_ext_procedure *block)
{
	return spin_procedure_export(ext, block);
}
