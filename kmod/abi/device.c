// SPDX-License-Identifier: GPL-2.0
/* /dev/spin, and the requests that are about the module or the open file itself. */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "../dispatch/observe.h"
#include "../extension/files.h"
#include "../extension/lookup.h"
#include "../service/io.h"
#include "device.h"
#include "requests.h"

/* ---- what other requests need of an open file ---- */

/* The request is for the extension's owner to make. Under spin_mutex. */
void spin_client_refuse_owner(struct spin_client *client,
			      const struct spin_extension *ext)
{
	spin_refusal_say(&client->refusal, "extension '%s' belongs to user %u: only that user, or one with CAP_SYS_ADMIN, may change it or take it away",
			 ext->name, from_kuid_munged(current_user_ns(), ext->owner));
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

/**
 * spin_client_names - the full name of the extension that is to serve a file
 * @client: whose request it is
 * @ext: name as its user knows it; made full
 * @what: the extension would do, for the refusal
 *
 * Returns 0, or -ENOENT: those who name an extension that is not there have mistyped
 * it, and are told.
 */
int spin_client_names(struct spin_client *client, char *ext, const char *what)
{
	if (!spin_extension_full_name(ext))
		return 0;
	spin_refusal_say(&client->refusal, "there is no extension '%s' that could %s",
			 ext, what);
	return -ENOENT;
}

/* ---- requests ---- */

long spin_do_version(struct spin_client *client, struct spin_ioc_version *block)
{
	block->abi = SPIN_ABI_VERSION;
	block->features = spin_display_supported() ? SPIN_FEATURE_FRAMEBUFFER : 0;
	strscpy_pad(block->module, SPIN_VERSION);
	return 0;
}

long spin_do_verdict(struct spin_client *client,
		     struct spin_ioc_verdict *block)
{
	spin_refusal_tell(&client->refusal, block);
	return 0;
}

long spin_do_timing(struct spin_client *client)
{
	int err = 0;

	mutex_lock(&client->lock);
	if (!client->timing)
		err = spin_timing_get();
	if (!err)
		client->timing = true;
	mutex_unlock(&client->lock);
	return err;
}

/* To the extension that the caller knows by this name now, for good. */
long spin_do_connect(struct spin_client *client, struct spin_ioc_connect *block)
{
	struct spin_extension *ext;
	int err;

	ext = spin_extension_lookup(current_euid(), block->ext);
	if (!ext) {
		spin_refusal_say(&client->refusal, "there is no extension '%s' to connect to; load it first",
				 block->ext);
		return -ENOENT;
	}
	err = spin_connection_set(&client->connection, ext->name);
	if (err == -EISCONN)
		spin_refusal_say(&client->refusal, "this open file is connected to extension '%s' for good; open /dev/spin again",
				 spin_connection_ext(&client->connection));
	block->file = client->connection.file;
	return err;
}

/* ---- the open file ---- */

/* All requests but calls, see spin_trap_ioctl(). */
static long device_request(struct file *file, unsigned int cmd, void __user *arg)
{
	return spin_ioctl_do(&spin_device_table, file->private_data, cmd, arg);
}

static int device_open(struct inode *inode, struct file *file)
{
	struct spin_client *client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);

	if (!client)
		return -ENOMEM;
	mutex_init(&client->lock);
	spin_refusal_init(&client->refusal);
	spin_connection_init(&client->connection, device_request);
	file->private_data = client;
	atomic_inc(&spin_open_files);
	return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
	struct spin_client *client = file->private_data;

	spin_connection_exit(&client->connection);
	if (client->timing)
		spin_timing_put();
	mutex_destroy(&client->lock);
	kfree(client);
	spin_handle_closed();
	return 0;
}

/* /proc/PID/fdinfo/FD */
static void device_show(struct seq_file *m, struct file *file)
{
	const struct spin_client *client = file->private_data;
	const struct spin_connection *connection = &client->connection;
	const char *ext = spin_connection_ext(connection);

	seq_printf(m, "file:\t%llu\nextension:\t%s\nreferences:\t%u\n",
		   connection->file, ext ?: "",
		   READ_ONCE(connection->references.count));
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.unlocked_ioctl = spin_trap_ioctl,
	.show_fdinfo = device_show,
	.llseek = noop_llseek,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "spin",
	.fops = &device_fops,
	.mode = 0600,
};

int __init spin_device_init(void)
{
	return misc_register(&device);
}

void spin_device_exit(void)
{
	misc_deregister(&device);
}
