// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about ranges whose pages an extension supplies.
 *
 * All who may open /dev/spin, which is root's, may have ranges: no capability is
 * asked for. Extensions still decide what they do for a range, and those who hand
 * the descriptor on answer for it.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include "../extension/refusal.h"
#include "../service/translation/translation.h"
#include "device.h"
#include "requests.h"

static int length_check(struct spin_client *client, u64 length)
{
	if (!length || !PAGE_ALIGNED(length)) {
		spin_refusal_say(&client->refusal, "a range of %llu bytes: its length must be a multiple of the page size, %lu",
				 length, PAGE_SIZE);
		return -EINVAL;
	}
	if (length > SPIN_TRANSLATION_MAX) {
		spin_refusal_say(&client->refusal, "a range of %llu bytes is too long; the most is %llu",
				 length, SPIN_TRANSLATION_MAX);
		return -EFBIG;
	}
	return 0;
}

struct file *
spin_do_translation_create(struct spin_client *client,
			   struct spin_ioc_translation_create *block)
{
	int err = length_check(client, block->length) ?:
		  spin_client_names(client, block->ext, "supply the range's pages");

	return err ? ERR_PTR(err) : spin_translation_create(block, &block->id);
}

long spin_do_translation_next(struct spin_client *client,
			      struct spin_ioc_translation_next *block)
{
	return spin_translation_next(block) ? 0 : -ENOENT;
}
