// SPDX-License-Identifier: GPL-2.0
/*
 * The linker's early half: which kernel functions a program may name, asked
 * while the verifier resolves names, so that the refusal can say what to do. It
 * is not what safety rests on: a program may be verified in one extension and
 * bound in another, and the checker asks again, of that one.
 */
#include <linux/bpf.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "../dispatch/event.h"
#include "../extension/lookup.h"
#include "interface.h"

/* Struct_ops programs of others, freplace programs and the like get nothing. */
static bool is_ours(const struct bpf_prog *prog)
{
	return prog->type == BPF_PROG_TYPE_STRUCT_OPS &&
	       spin_event_btf_known(prog->aux->attach_btf);
}

static const void *address_of(const struct spin_kfunc_table *table, u32 id)
{
	u32 i;

	for (i = 0; i < table->count; i++)
		if (table->ids[i] == id)
			return table->kfuncs[i].address;
	return NULL;
}

static int link_one(struct spin_extension *ext, const struct bpf_prog *prog,
		    const void *address)
{
	struct spin_interface *interface;
	const struct spin_kfunc *kfunc;

	lockdep_assert_held(&spin_mutex);
	kfunc = spin_interface_kfunc(address, &interface);
	if (!kfunc)
		return -EACCES;
	if (spin_extension_imports(ext, interface))
		return 0;
	/*
	 * The verifier asks a first time before it knows what the program is
	 * for, and about calls that are never made, too.
	 */
	if (prog->aux->attach_func_name)
		spin_extension_refuse(ext, "program '%s' calls %s() of interface %s, which extension '%s' does not import; add SPIN_IMPORT(%s)",
				      prog->aux->name, kfunc->name,
				      interface->name, ext->name,
				      interface->name);
	return -EACCES;
}

static int link_for(const struct bpf_prog *prog, const void *address)
{
	struct spin_extension *ext;
	int err = -EACCES;

	if (!address || !is_ours(prog))
		return -EACCES;
	mutex_lock(&spin_mutex);
	ext = spin_extension_entered();
	if (ext)
		err = link_one(ext, prog, address);
	mutex_unlock(&spin_mutex);
	return err;
}

int spin_kfunc_table_check(const struct spin_kfunc_table *table,
			   const struct bpf_prog *prog, u32 kfunc_id)
{
	return link_for(prog, address_of(table, kfunc_id));
}
EXPORT_SYMBOL_GPL(spin_kfunc_table_check);

/* ---- the functions of spin.ko itself ---- */

/*
 * The BPF core takes one set of functions from a module, and this one has a table
 * for each interface, and more: the set is put together of theirs.
 */
static struct btf_id_set8 *own_set;

#define for_each_own_table(INTERFACE, TABLE)				\
	list_for_each_entry(INTERFACE, &spin_interfaces, node)		\
		spin_interface_for_each_table(INTERFACE, TABLE)		\
			if ((*(TABLE))->set.owner == THIS_MODULE)

static const void *own_address(u32 id)
{
	const struct spin_kfunc_table *const *table;
	struct spin_interface *interface;
	const void *address = NULL;

	mutex_lock(&spin_mutex);
	for_each_own_table(interface, table)
		address = address ?: address_of(*table, id);
	mutex_unlock(&spin_mutex);
	return address;
}

static int own_filter(const struct bpf_prog *prog, u32 kfunc_id)
{
	return link_for(prog, own_address(kfunc_id));
}

static struct btf_kfunc_id_set own_kfuncs = {
	.owner = THIS_MODULE,
	.filter = own_filter,
};

static int compare_ids(const void *a, const void *b)
{
	u32 first = *(const u32 *)a, second = *(const u32 *)b;

	return first < second ? -1 : first > second;
}

/* In order: the BPF core looks for an id by halving. */
static struct btf_id_set8 *join_sets(void)
{
	const struct spin_kfunc_table *const *table;
	struct spin_interface *interface;
	struct btf_id_set8 *set;
	u32 count = 0;

	lockdep_assert_held(&spin_mutex);
	for_each_own_table(interface, table)
		count += (*table)->set.set->cnt;
	set = kvzalloc(struct_size(set, pairs, count), GFP_KERNEL);
	if (!set)
		return NULL;
	set->flags = BTF_SET8_KFUNCS;
	for_each_own_table(interface, table) {
		memcpy(&set->pairs[set->cnt], (*table)->set.set->pairs,
		       (*table)->set.set->cnt * sizeof(set->pairs[0]));
		set->cnt += (*table)->set.set->cnt;
	}
	sort(set->pairs, set->cnt, sizeof(set->pairs[0]), compare_ids, NULL);
	return set;
}

/* All interfaces of this module are registered. */
int __init spin_kfuncs_init(void)
{
	int err;

	mutex_lock(&spin_mutex);
	own_set = join_sets();
	mutex_unlock(&spin_mutex);
	if (!own_set)
		return -ENOMEM;
	own_kfuncs.set = own_set;
	err = register_btf_kfunc_id_set(BPF_PROG_TYPE_STRUCT_OPS, &own_kfuncs);
	if (err)
		spin_kfuncs_exit();
	return err;
}

/* While a program that calls one of the functions is verified, the module is held. */
void spin_kfuncs_exit(void)
{
	kvfree(own_set);
}
