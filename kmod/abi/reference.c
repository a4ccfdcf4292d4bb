// SPDX-License-Identifier: GPL-2.0
/*
 * Requests on /dev/spin about the references that extensions externalised to the
 * users of an open file.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include "../capability/reference.h"
#include "../extension/extension.h"
#include "device.h"
#include "requests.h"

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
	spin_refusal_say(&client->refusal, "the reference is of extension '%s', and this file is connected to '%s'",
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
long spin_do_ref_copy(struct spin_client *client, struct spin_ioc_ref_copy *block)
{
	struct spin_connection *from;
	s64 handle;

	CLASS(fd, f)(block->fd);
	if (!fd_file(f))
		return -EBADF;
	from = spin_connection_of(fd_file(f));
	handle = from ? copy(client, from, block) : -EINVAL;
	if (handle < 0)
		return handle;
	block->ref = handle;
	return 0;
}

/* Somebody else may have deleted it meanwhile; references are never used again. */
void spin_undo_ref_copy(struct spin_client *client,
			const struct spin_ioc_ref_copy *block)
{
	spin_reference_remove(references_of(client), block->ref, NULL);
}

long spin_do_ref_delete(struct spin_client *client,
			struct spin_ioc_ref_delete *block)
{
	return spin_reference_remove(references_of(client), block->ref, NULL);
}

static u32 flags_of(const struct spin_reference *reference)
{
	if (reference->cap)
		return READ_ONCE(reference->cap->revoked) ? SPIN_REF_REVOKED : 0;
	return spin_extension_is_leaving(reference->ext) ? SPIN_REF_STALE : 0;
}

long spin_do_ref_next(struct spin_client *client, struct spin_ioc_ref_next *block)
{
	struct spin_reference reference;
	int err;

	err = spin_reference_next(references_of(client), block->ref, &reference);
	if (err)
		return err;
	*block = (struct spin_ioc_ref_next){
		.flags = flags_of(&reference),
		.ref = reference.handle,
		.kind = reference.kind,
		.rights = rights_of(&reference),
		.type = reference.type,
	};
	spin_reference_put(&reference);
	return 0;
}
