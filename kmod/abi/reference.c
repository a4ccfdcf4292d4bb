// SPDX-License-Identifier: GPL-2.0
/*
 * Requests on /dev/spin about the references that extensions externalised to the
 * users of an open file.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include "../core/internal.h"
#include "block.h"
#include "call.h"
#include "client.h"

static struct spin_references *references_of(struct spin_client *client)
{
	return &client->connection.references;
}

/* May what is in the table of @from go into that of @to? */
static int copy_check(struct spin_client *client,
		      const struct spin_connection *from)
{
	const char *here = spin_connection_ext(&client->connection);
	const char *there = spin_connection_ext(from);

	if (!here || !there)
		return -ENOTCONN;
	if (!strcmp(here, there))
		return 0;
	spin_client_refuse(client, "the reference is of extension '%s', and this file is connected to '%s'",
			   there, here);
	return -EXDEV;
}

/* Rights of what is at hand: it may have lost some since it was externalised. */
static u32 rights_of(const struct spin_reference *reference)
{
	return reference->cap ?
	       reference->rights & READ_ONCE(reference->cap->rights) : 0;
}

/* What is passed on has no more rights than what it is made of. */
static int narrow(struct spin_reference *reference, u32 rights)
{
	u32 has = rights_of(reference);

	if (rights & ~has || (reference->cap && !(has & SPIN_RIGHT_PASS)))
		return -EPERM;
	reference->rights = rights ?: has;
	return 0;
}

static s64 copy(struct spin_client *client, struct spin_connection *from,
		const struct spin_ioc_ref_copy *block)
{
	struct spin_reference reference;
	s64 handle;
	int err;

	err = copy_check(client, from);
	if (!err)
		err = spin_reference_get(&from->references, block->ref,
					 &reference);
	if (err)
		return err;
	/* Applications make copies: not at the extension's expense. */
	reference.charged = false;
	err = narrow(&reference, block->rights);
	if (!err && READ_ONCE(references_of(client)->full))
		spin_references_sweep(references_of(client));
	handle = err ?: spin_reference_add(references_of(client), &reference,
					   GFP_KERNEL);
	spin_reference_put(&reference);
	return handle;
}

/* Either file may be closed by others meanwhile: both are held. */
int spin_ref_copy(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_ref_copy block;
	struct spin_connection *from;
	struct file *file;
	int usize;
	s64 handle;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	if (block.flags || block.rights & ~SPIN_RIGHTS_ALL)
		return -EINVAL;
	file = fget(block.fd);
	if (!file)
		return -EBADF;
	from = spin_connection_of(file);
	handle = from ? copy(client, from, &block) : -EINVAL;
	fput(file);
	if (handle < 0)
		return handle;
	block.ref = handle;
	if (!spin_block_put(arg, &block, sizeof(block), usize))
		return 0;
	/* Nobody was told of it. */
	spin_reference_remove(references_of(client), handle, NULL);
	return -EFAULT;
}

int spin_ref_delete(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_ref_delete block;
	int err;

	err = spin_block_get(arg, &block, sizeof(block));
	if (err < 0)
		return err;
	if (block.flags)
		return -EINVAL;
	return spin_reference_remove(references_of(client), block.ref, NULL);
}

static u32 flags_of(const struct spin_reference *reference)
{
	if (reference->cap)
		return READ_ONCE(reference->cap->revoked) ? SPIN_REF_REVOKED : 0;
	return spin_extension_is_leaving(reference->ext) ? SPIN_REF_STALE : 0;
}

int spin_ref_next(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_ref_next block;
	struct spin_reference reference;
	int usize, err;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	err = spin_reference_next(references_of(client), block.ref, &reference);
	if (err)
		return err;
	block = (struct spin_ioc_ref_next){
		.size = block.size,
		.flags = flags_of(&reference),
		.ref = reference.handle,
		.kind = reference.kind,
		.rights = rights_of(&reference),
		.type = reference.type,
	};
	spin_reference_put(&reference);
	return spin_block_put(arg, &block, sizeof(block), usize);
}
