// SPDX-License-Identifier: GPL-2.0
/*
 * Pointers to capabilities, for programs: how they are had, and what the BPF
 * core is to call when a map that holds one ends.
 *
 * A pointer is a reference, not a use: what is revoked meanwhile is refused when
 * it is used. The user must be the capability's holder, so it is of no use
 * to another extension that finds it in a map both have.
 */
#include <linux/btf.h>
#include "../extension/extension.h"
#include "pointer.h"
#include "tree.h"

static struct spin_capability *acquire(struct spin_ctx *ctx, u32 slot,
				       enum spin_cap_kind kind)
{
	struct spin_capability *capability, *kept;
	u32 given;

	if (!(slot & SPIN_SLOT_ARGUMENT))
		return spin_capability_reference(ctx, slot, kind, 0, &given);
	/* The caller's: who keeps it needs one of its own. */
	capability = spin_capability_reference(ctx, slot, kind,
					       SPIN_RIGHT_KEEP, &given);
	if (IS_ERR(capability))
		return capability;
	kept = spin_capability_derive(capability, spin_ctx_extension(ctx),
				      given, GFP_ATOMIC | __GFP_NOWARN);
	spin_capability_put(capability);
	return kept;
}

/**
 * spin_capability_acquire - a pointer to what a program names
 * @ctx: context of the handler
 * @slot: of the capability; one among the arguments of a call needs
 *	SPIN_RIGHT_KEEP, and a capability of the callee's own is derived from it
 * @kind: it must be of this kind
 *
 * Any context but NMI. Returns it with a reference, or NULL: that it has none,
 * or none of this kind, or not the right, that it was revoked, that the extension
 * is being unloaded or has too many objects; no memory.
 */
struct spin_capability *spin_capability_acquire(struct spin_ctx *ctx, u32 slot,
						enum spin_cap_kind kind)
{
	struct spin_capability *capability = acquire(ctx, slot, kind);

	return IS_ERR(capability) ? NULL : capability;
}
EXPORT_SYMBOL_GPL(spin_capability_acquire);

/* ---- references to the module ---- */

/* One for each pointer that a value of the map has room for. */
static u32 map_refs(const struct bpf_map *map)
{
	const struct btf_record *record = map->record;
	u32 i, refs = 0;

	if (!btf_record_has_field(record, BPF_KPTR))
		return 0;
	for (i = 0; i < record->cnt; i++)
		if (record->fields[i].type & BPF_KPTR &&
		    record->fields[i].kptr.module == THIS_MODULE)
			refs++;
	return refs;
}

/* Is it a tagged pointer to a structure: a kptr? The tag's name cannot be read. */
static bool is_kptr(const struct btf *btf, u32 id)
{
	const struct btf_type *t = btf_type_by_id(btf, id);

	if (!t || !btf_type_is_ptr(t))
		return false;
	t = btf_type_by_id(btf, t->type);
	if (!t || BTF_INFO_KIND(t->info) != BTF_KIND_TYPE_TAG)
		return false;
	t = btf_type_by_id(btf, t->type);
	return t && __btf_type_is_struct(t);
}

/*
 * The type information of a program has a record, too, of each structure with
 * pointers in it. A pointer to another module's structure is counted as well.
 */
static u32 btf_refs(const struct btf *btf)
{
	const struct btf_member *member;
	const struct btf_type *t;
	u32 id, i, refs = 0;

	for (id = 1; (t = btf_type_by_id(btf, id)); id++) {
		if (!__btf_type_is_struct(t))
			continue;
		for_each_member(i, t, member)
			refs += is_kptr(btf, member->type);
	}
	return refs;
}

/* Adds those of the program's maps and types that are not in @seen yet. */
static int prog_refs(struct bpf_prog *prog, struct xarray *seen, u32 *refs)
{
	struct bpf_map *map;
	int err = 0;
	u32 i;

	if (prog->aux->btf) {
		/* Ids of maps are small, addresses are not. */
		err = xa_insert(seen, (unsigned long)prog->aux->btf, prog,
				GFP_KERNEL);
		if (!err)
			*refs += btf_refs(prog->aux->btf);
		else if (err == -EBUSY)
			err = 0;
	}
	mutex_lock(&prog->aux->used_maps_mutex);
	for (i = 0; !err && i < prog->aux->used_map_cnt; i++) {
		map = prog->aux->used_maps[i];
		err = xa_insert(seen, map->id, map, GFP_KERNEL);
		if (!err)
			*refs += map_refs(map);
		else if (err == -EBUSY)
			err = 0;
	}
	mutex_unlock(&prog->aux->used_maps_mutex);
	return err;
}

/**
 * spin_pointer_module_refs - what an extension's maps hold of this module
 * @ext: about to be committed: no template comes any more
 * @refs: how many references
 *
 * Under spin_mutex. Returns 0 or -ENOMEM.
 */
int spin_pointer_module_refs(struct spin_extension *ext, u32 *refs)
{
	struct spin_template *template;
	struct xarray seen;
	int err = 0;
	u32 i;

	lockdep_assert_held(&spin_mutex);
	*refs = 0;
	xa_init(&seen);
	list_for_each_entry(template, &ext->templates, node)
		for (i = 0; !err && i < SPIN_PROGS_MAX; i++)
			if (template->progs[i])
				err = prog_refs(template->progs[i], &seen,
						refs);
	xa_destroy(&seen);
	return err;
}

/* ---- destructors ---- */

/* Of all kinds that are registered. */
int __init spin_pointer_init(void)
{
	struct btf_id_dtor_kfunc destructors[SPIN_KINDS_MAX];
	const struct spin_capability_type *type;
	u32 kind, count = 0;

	for (kind = 0; kind < SPIN_KINDS_MAX; kind++) {
		type = spin_capability_type(kind);
		if (!type || !type->pointer)
			continue;
		destructors[count].btf_id = type->pointer[0];
		destructors[count++].kfunc_btf_id = type->pointer[1];
	}
	return register_btf_id_dtor_kfuncs(destructors, count, THIS_MODULE);
}
