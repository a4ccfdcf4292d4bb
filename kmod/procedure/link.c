// SPDX-License-Identifier: GPL-2.0
/*
 * Links: what an extension imports or exports, as its loader declares it, and
 * whether a call by one gets through.
 */
#include <linux/slab.h>
#include "../extension/lookup.h"
#include "link.h"

/* What an import or export takes, its share of the procedure included. */
#define LINK_MEMORY (sizeof(struct spin_procedure_link) + \
		     sizeof(struct spin_procedure))

/* ---- what loaders declare ---- */

static bool member_valid(const struct spin_proc_member *member, u32 from,
			 u32 size)
{
	if (!member->size || member->offset < from ||
	    member->offset + member->size > size)
		return false;
	return !member->kind || (member->size == sizeof(u32) &&
				 IS_ALIGNED(member->offset, sizeof(u32)));
}

static bool members_valid(const struct spin_prototype *prototype)
{
	static const struct spin_proc_member none;
	u32 from = 0, caps = 0, i;

	for (i = 0; i < SPIN_PROC_MEMBERS_MAX; i++) {
		const struct spin_proc_member *member = &prototype->member[i];

		if (i >= prototype->members) {
			if (memcmp(member, &none, sizeof(none)))
				return false;
			continue;
		}
		if (!member_valid(member, from, prototype->size))
			return false;
		from = member->offset + member->size;
		caps += !!member->kind;
	}
	return caps <= SPIN_ARGUMENTS_MAX;
}

/* Makes it as all compare it: with the default cost. */
static bool prototype_valid(struct spin_prototype *prototype)
{
	if (prototype->flags & ~(SPIN_PROC_SLEEPABLE | SPIN_PROC_VAR) ||
	    !prototype->size || prototype->size > SPIN_CALL_SIZE_MAX ||
	    !IS_ALIGNED(prototype->size, sizeof(u64)) ||
	    prototype->members > SPIN_PROC_MEMBERS_MAX ||
	    prototype->cost_max > SPIN_PROC_COST_MAX)
		return false;
	if (prototype->flags & SPIN_PROC_SLEEPABLE)
		prototype->cost_max = 0;
	else if (!prototype->cost_max)
		prototype->cost_max = SPIN_PROC_COST_DEFAULT;
	return members_valid(prototype);
}

struct spin_procedure_link *
spin_procedure_link_new(struct spin_extension *ext,
			const struct spin_ioc_ext_procedure *args,
			const char *interface)
{
	struct spin_procedure_link *link;
	int err;

	err = spin_quota_charge(ext, SPIN_QUOTA_MEMORY, LINK_MEMORY);
	if (err)
		return ERR_PTR(err);
	link = kzalloc(sizeof(*link), GFP_KERNEL_ACCOUNT);
	if (!link)
		goto err_charge;
	link->ext = ext;
	link->flags = args->flags;
	snprintf(link->name, sizeof(link->name), "%s.%s", args->interface,
		 args->procedure);
	INIT_LIST_HEAD(&link->node);
	link->procedure = spin_procedure_get(args, interface);
	if (link->procedure)
		return link;
	kfree(link);
err_charge:
	spin_quota_uncharge(ext, SPIN_QUOTA_MEMORY, LINK_MEMORY);
	return ERR_PTR(-ENOMEM);
}

void spin_procedure_link_free(struct spin_procedure_link *link)
{
	spin_quota_uncharge(link->ext, SPIN_QUOTA_MEMORY, LINK_MEMORY);
	spin_procedure_put(link->procedure);
	kfree(link);
}

static int room_check(struct spin_extension *ext,
		      const struct spin_ioc_ext_procedure *args, u32 flags)
{
	char name[SPIN_PROCEDURE_NAME_LEN];
	u32 slot;

	if (ext->state != SPIN_EXT_LOADING)
		return -EBUSY;
	if (args->flags & ~flags || !spin_name_valid(args->interface) ||
	    !spin_name_valid(args->procedure) || strchr(args->procedure, '.'))
		return -EINVAL;
	if (ext->procedure_count >= SPIN_PROCEDURES_MAX) {
		spin_extension_refuse(ext, "an extension can import and export %u procedures",
				      SPIN_PROCEDURES_MAX);
		return -ENOSPC;
	}
	snprintf(name, sizeof(name), "%s.%s", args->interface, args->procedure);
	for (slot = 1; slot <= ext->procedure_count; slot++) {
		if (strcmp(ext->procedures[slot]->name, name))
			continue;
		spin_extension_refuse(ext, "procedure %s is declared twice; an extension cannot import what it exports: call the function itself",
				      name);
		return -EEXIST;
	}
	return 0;
}

int spin_procedure_declare_check(struct spin_extension *ext,
				 struct spin_ioc_ext_procedure *args, u32 flags)
{
	int err = room_check(ext, args, flags);

	if (err)
		return err;
	if (prototype_valid(&args->prototype))
		return 0;
	spin_extension_refuse(ext,
			      "procedure %s.%s: its prototype is none: a block of 8 to %u bytes, at most %u arguments in order, of them %u capabilities of 4 bytes, and %u instructions",
			      args->interface, args->procedure,
			      SPIN_CALL_SIZE_MAX, SPIN_PROC_MEMBERS_MAX,
			      SPIN_ARGUMENTS_MAX, SPIN_PROC_COST_MAX);
	return -EINVAL;
}

/*
 * Calls were charged to its programs when templates were attached, which is done
 * under spin_mutex: what it can call must not become dearer.
 */
int spin_procedure_order_check(struct spin_extension *ext)
{
	if (!ext->template_count)
		return 0;
	spin_extension_refuse(ext, "it has attached templates already: procedures are to be declared before");
	return -EBUSY;
}

/* In the extension's table; under spin_mutex and its lock. */
u32 spin_procedure_link_add(struct spin_extension *ext,
			    struct spin_procedure_link *link)
{
	link->slot = ext->procedure_count + 1;
	ext->procedures[link->slot] = link;
	ext->procedure_count = link->slot;
	return link->slot;
}

/* ---- what the exporter says ---- */

/* Is the exporter the importer itself, this version or the next? */
static bool is_same(const struct spin_procedure *procedure,
		    const struct spin_extension *ext)
{
	const struct spin_extension *exporter = procedure->exporter;

	return exporter == ext || (exporter && exporter == ext->replaces);
}

/* May it be called? Under spin_mutex. */
int spin_procedure_link_ask(struct spin_procedure_link *link)
{
	struct spin_procedure *procedure = link->procedure;

	if (!spin_procedure_served(procedure))
		return -ENXIO;
	if (is_same(procedure, link->ext))
		return 0;
	return spin_procedure_authorize(procedure, procedure->exporter,
					procedure->flags, link->ext, NULL);
}

u32 spin_procedure_link_status(const struct spin_procedure_link *link)
{
	if (spin_procedure_served(link->procedure))
		return link->error ? SPIN_LINK_DENIED : SPIN_LINK_BOUND;
	return spin_procedure_other(link->procedure) ? SPIN_LINK_MISMATCH :
						       SPIN_LINK_UNBOUND;
}

/* ---- the end ---- */

/* No handler of it runs any more, and its templates are gone. */
void spin_procedures_release(struct spin_extension *ext)
{
	struct spin_procedure_link *link;
	u32 slot;

	for (slot = ext->procedure_count; slot; slot--) {
		mutex_lock(&spin_mutex);
		link = ext->procedures[slot];
		ext->procedures[slot] = NULL;
		ext->procedure_count = slot - 1;
		list_del(&link->node);
		mutex_unlock(&spin_mutex);
		spin_procedure_link_free(link);
	}
}
