// SPDX-License-Identifier: GPL-2.0
/* Requests about the bindings of loaded extensions. */
#include <linux/cred.h>
#include "../binding/binding.h"
#include "../extension/lookup.h"
#include "../program/template.h"
#include "device.h"
#include "requests.h"

#define COUNT_MAX	65536	/* bindings made or removed by one request */

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

long spin_do_binding_install(struct spin_client *client,
			     struct spin_ioc_binding_install *block)
{
	struct spin_extension *ext;
	s64 id;

	if (block->count > COUNT_MAX)
		return -EINVAL;
	ext = spin_extension_lookup(current_euid(), block->ext);
	if (!ext)
		return -ENOENT;
	if (!spin_extension_permitted(ext)) {
		spin_client_refuse_owner(client, ext);
		return -EPERM;
	}
	spin_refusal_clear(&ext->refusal);
	id = install(ext, block);
	if (id < 0) {
		/* What the extension is told is the answer to the request. */
		spin_refusal_take(&client->refusal, &ext->refusal);
		return id;
	}
	block->id = id;
	return 0;
}

/* Somebody else may have removed them meanwhile; ids are never used again. */
void spin_undo_binding_install(struct spin_client *client,
			       const struct spin_ioc_binding_install *block)
{
	spin_binding_remove_range(block->id, block->count ?: 1);
}

long spin_do_binding_remove(struct spin_client *client,
			    struct spin_ioc_binding_remove *block)
{
	if (block->count > COUNT_MAX || !block->id ||
	    block->id > ULONG_MAX - COUNT_MAX)
		return -EINVAL;
	return min(spin_binding_remove_range(block->id, block->count ?: 1), 0);
}

long spin_do_binding_enable(struct spin_client *client,
			    struct spin_ioc_binding_enable *block)
{
	return block->id ? spin_binding_enable(block->id, block->active) : -EINVAL;
}
