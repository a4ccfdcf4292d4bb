// SPDX-License-Identifier: GPL-2.0
/*
 * Requests on /dev/spin about ranges whose pages an extension supplies.
 *
 * Who may open /dev/spin, which is root's, may have ranges: no capability is
 * asked for. Extensions still decide what they do for a range, and who hands the
 * descriptor on answers for it.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include "../core/internal.h"
#include "../service/vm/vm.h"
#include "block.h"
#include "client.h"
#include "translation.h"

/* Who names an extension that is not there has mistyped it: tell him. */
static int check_extension(struct spin_client *client, char *name)
{
	if (!spin_extension_full_name(name))
		return 0;
	spin_client_refuse(client, "there is no extension '%s' that could supply the range's pages",
			   name);
	return -ENOENT;
}

static int check(struct spin_client *client,
		 struct spin_ioc_translation_create *block)
{
	if (strnlen(block->ext, SPIN_NAME_LEN) == SPIN_NAME_LEN)
		return -ENAMETOOLONG;
	if (block->flags || block->id) {
		spin_client_refuse(client, "flags and id of a new range must be zero");
		return -EINVAL;
	}
	if (!block->length || !PAGE_ALIGNED(block->length)) {
		spin_client_refuse(client, "a range of %llu bytes: its length must be a multiple of the page size, %lu",
				   block->length, PAGE_SIZE);
		return -EINVAL;
	}
	if (block->length > SPIN_TRANSLATION_MAX) {
		spin_client_refuse(client, "a range of %llu bytes is too long; the most is %llu",
				   block->length, SPIN_TRANSLATION_MAX);
		return -EFBIG;
	}
	return check_extension(client, block->ext);
}

int spin_translation_request(struct spin_client *client, void __user *arg)
{
	struct spin_ioc_translation_create block;
	struct file *file;
	int usize, fd, err;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	err = check(client, &block);
	if (err)
		return err;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = spin_translation_create(&block, &block.id);
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
		goto err_fd;
	}
	err = spin_block_put(arg, &block, sizeof(block), usize);
	if (err)
		goto err_file;
	fd_install(fd, file);
	return fd;

err_file:
	fput(file);
err_fd:
	put_unused_fd(fd);
	return err;
}

int spin_walk_translations(void __user *arg)
{
	struct spin_ioc_translation_next block;
	int usize;

	usize = spin_block_get(arg, &block, sizeof(block));
	if (usize < 0)
		return usize;
	if (block.flags)
		return -EINVAL;
	return spin_translation_next(&block) ?
	       spin_block_put(arg, &block, sizeof(block), usize) : -ENOENT;
}
