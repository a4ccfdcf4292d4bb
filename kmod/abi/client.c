// SPDX-License-Identifier: GPL-2.0
/*
 * Requests on /dev/spin about the bindings of loaded extensions, and what an
 * open file of it remembers: the last refusal, and whether it asked for timing.
 */
#include <linux/capability.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "../core/internal.h"
#include "block.h"
#include "client.h"

#define COUNT_MAX	65536	/* bindings made or removed by one request */

static void client_init(struct spin_client *client)
{
	mutex_init(&client->lock);
	mutex_init(&client->verdict_lock);
	spin_connection_init(&client->connection);
}

struct spin_client *spin_client_new(void)
{
	struct spin_client *client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);

	if (client)
		client_init(client);
	return client;
}

/* The last reference to the file is gone. */
void spin_client_free(struct spin_client *client)
{
	spin_connection_exit(&client->connection);
	if (client->timing)
		spin_timing_put();
	mutex_destroy(&client->verdict_lock);
	mutex_destroy(&client->lock);
	kfree(client);
}

int spin_client_permitted(void)
{
	return bpf_capable() && perfmon_capable() ? 0 : -EPERM;
}

int spin_client_timing(struct spin_client *client)
{
	int err = spin_client_permitted();

	if (err)
		return err;
	mutex_lock(&client->lock);
	if (!client->timing)
		err = spin_timing_get();
	if (!err)
		client->timing = true;
	mutex_unlock(&client->lock);
	return err;
}

int spin_verdict_put(const struct spin_verdict_text *text, void __user *arg)
{
	struct spin_ioc_ext_verdict block;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	block.prog_id = text->prog_id;
	block.insn = text->insn;
	block.reserved = 0;
	strscpy_pad(block.text, text->text, sizeof(block.text));
	return spin_block_put(arg, &block, sizeof(block), usize);
}

int spin_client_verdict(struct spin_client *client, void __user *arg)
{
	struct spin_verdict_text text;

	mutex_lock(&client->verdict_lock);
	text = client->verdict;
	mutex_unlock(&client->verdict_lock);
	return spin_verdict_put(&text, arg);
}

/* Why the file's last request was refused, if it was about no extension. */
void spin_client_refuse(struct spin_client *client, const char *fmt, ...)
{
	va_list args;

	mutex_lock(&client->verdict_lock);
	spin_verdict_text_clear(&client->verdict);
	va_start(args, fmt);
	vscnprintf(client->verdict.text, sizeof(client->verdict.text), fmt,
		   args);
	va_end(args);
	mutex_unlock(&client->verdict_lock);
}

/* The request is for the extension's owner to make. Under spin_mutex. */
void spin_refuse_owner(struct spin_client *client,
		       const struct spin_extension *ext)
{
	spin_client_refuse(client, "extension '%s' belongs to user %u: only that user, or one with CAP_SYS_ADMIN, may change it or take it away",
			   ext->name, from_kuid_munged(current_user_ns(), ext->owner));
}

static bool terminated(const char *name)
{
	return strnlen(name, SPIN_NAME_LEN) < SPIN_NAME_LEN;
}

static int install_check(const struct spin_ioc_binding_install *block)
{
	if (!terminated(block->ext) || !terminated(block->template_name))
		return -ENAMETOOLONG;
	if (block->count > COUNT_MAX)
		return -EINVAL;
	return spin_client_permitted();
}

/* Under spin_mutex. */
static s64 install(struct spin_extension *ext,
		   const struct spin_ioc_binding_install *block)
{
	const struct spin_install args = {
		.order = block->order,
		.flags = block->flags,
		.relative = block->relative,
		.closure = block->closure,
		.key = block->key,
		.match = block->match,
	};
	struct spin_template *template;

	if (ext->state != SPIN_EXT_LOADED) {
		spin_extension_refuse(ext, "extension '%s' is not loaded, or on its way out",
				      ext->name);
		return -EBUSY;
	}
	template = spin_template_by_name(ext, block->template_name);
	if (!template) {
		spin_extension_refuse(ext, "extension '%s' has no template '%s'",
				      ext->name, block->template_name);
		return -ENOENT;
	}
	return spin_binding_install(ext, template, &args, block->count ?: 1,
				    false);
}

/* An extension by its name, with a reference. */
struct spin_extension *spin_client_extension(const char *name)
{
	struct spin_extension *ext;

	mutex_lock(&spin_mutex);
	ext = spin_extension_lookup(current_euid(), name);
	if (ext)
		spin_extension_get(ext);
	mutex_unlock(&spin_mutex);
	return ext;
}

void spin_client_verdict_clear(struct spin_client *client)
{
	mutex_lock(&client->verdict_lock);
	spin_verdict_text_clear(&client->verdict);
	mutex_unlock(&client->verdict_lock);
}

/* What the extension was told is the answer to a request on this file. */
void spin_client_verdict_take(struct spin_client *client,
			      struct spin_extension *ext)
{
	mutex_lock(&client->verdict_lock);
	spin_extension_verdict(ext, &client->verdict);
	mutex_unlock(&client->verdict_lock);
}

int spin_bindings_install(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_binding_install block;
	struct spin_extension *ext;
	int usize, err;
	s64 id;

	spin_client_verdict_clear(client);
	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	err = install_check(&block);
	if (err)
		return err;
	mutex_lock(&spin_mutex);
	ext = spin_extension_lookup(current_euid(), block.ext);
	if (!ext) {
		mutex_unlock(&spin_mutex);
		return -ENOENT;
	}
	if (!spin_extension_permitted(ext)) {
		spin_refuse_owner(client, ext);
		mutex_unlock(&spin_mutex);
		return -EPERM;
	}
	spin_extension_get(ext);	/* for what it was told */
	spin_extension_verdict_clear(ext);
	id = install(ext, &block);
	mutex_unlock(&spin_mutex);
	if (id < 0)
		spin_client_verdict_take(client, ext);
	spin_extension_put(ext);
	if (id < 0)
		return id;
	block.id = id;
	return spin_block_put(arg, &block, sizeof(block), usize);
}

int spin_bindings_remove(void __user *arg)
{
	struct spin_ioc_binding_remove block;
	int err;

	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	if (block.count > COUNT_MAX || !block.id ||
	    block.id > ULONG_MAX - COUNT_MAX)
		return -EINVAL;
	err = spin_client_permitted();
	if (err)
		return err;
	err = spin_binding_remove_range(block.id, block.count ?: 1);
	return min(err, 0);
}

int spin_bindings_enable(void __user *arg)
{
	struct spin_ioc_binding_enable block;
	int err;

	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	if (block.active > 1 || !block.id)
		return -EINVAL;
	return spin_client_permitted() ?: spin_binding_enable(block.id, block.active);
}
