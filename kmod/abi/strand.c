// SPDX-License-Identifier: GPL-2.0
/* The request of a thread to be a strand, and the listing of strands. */
#include <linux/err.h>
#include "../extension/refusal.h"
#include "../service/strand/strand.h"
#include "device.h"
#include "requests.h"

struct file *spin_do_strand_register(struct spin_client *client,
				     struct spin_ioc_strand_register *block)
{
	struct file *file;
	int err;

	err = spin_client_names(client, block->ext, "see the strand");
	if (err)
		return ERR_PTR(err);
	file = spin_strand_create(block->ext, block->group, &block->id);
	if (PTR_ERR(file) == -EPERM)
		spin_refusal_say(&client->refusal, "the strands of kernel threads are never extensible");
	else if (PTR_ERR(file) == -EBUSY)
		spin_refusal_say(&client->refusal, "the thread is registered as a strand already; that registration must end first");
	return file;
}

long spin_do_strand_next(struct spin_client *client,
			 struct spin_ioc_strand_next *block)
{
	return spin_strand_next(block) ? 0 : -ENOENT;
}
