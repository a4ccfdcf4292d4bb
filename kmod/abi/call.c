// SPDX-License-Identifier: GPL-2.0
/*
 * Requests on /dev/spin by which an application connects an open file to an
 * extension. The calls themselves are in service/trap.c.
 */
#include <linux/fs.h>
#include <linux/seq_file.h>
#include "../core/internal.h"
#include "block.h"
#include "call.h"
#include "client.h"

static int connect_check(const struct spin_ioc_connect *block)
{
	if (strnlen(block->ext, SPIN_NAME_LEN) == SPIN_NAME_LEN)
		return -ENAMETOOLONG;
	return block->flags || block->file ? -EINVAL : 0;
}

/* To the extension that the caller knows by this name now, for good. */
static int connect(struct spin_client *client, const char *name)
{
	struct spin_extension *ext;
	int err = -ENOENT;

	mutex_lock(&spin_mutex);
	ext = spin_extension_lookup(current_euid(), name);
	if (ext)
		err = spin_connection_set(&client->connection, ext->name);
	mutex_unlock(&spin_mutex);
	return err;
}

int spin_call_connect(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_connect block;
	int usize, err;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	err = connect_check(&block);
	if (err)
		return err;
	err = connect(client, block.ext);
	if (err == -ENOENT)
		spin_client_refuse(client, "there is no extension '%s' to connect to; load it first",
				   block.ext);
	else if (err == -EISCONN)
		spin_client_refuse(client, "this open file is connected to extension '%s' for good; open /dev/spin again",
				   spin_connection_ext(&client->connection));
	if (err)
		return err;
	block.file = client->connection.file;
	return spin_block_put(arg, &block, sizeof(block), usize);
}

/* /proc/PID/fdinfo/FD of an open /dev/spin */
void spin_call_show(struct seq_file *m, struct file *file)
{
	const struct spin_connection *connection = spin_connection_of(file);
	const char *ext = spin_connection_ext(connection);

	seq_printf(m, "file:\t%llu\nextension:\t%s\nreferences:\t%u\n",
		   connection->file, ext ?: "",
		   READ_ONCE(connection->references.count));
}
