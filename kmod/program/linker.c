// SPDX-License-Identifier: GPL-2.0
/*
 * The linker's early half: which kernel functions a program may name, asked
 * while the verifier resolves names, so that the refusal can say what to do. It
 * is not what safety rests on: a program may be verified in one extension and
 * bound in another, and the checker asks again, of that one.
 */
#include <linux/bpf.h>
#include "../internal.h"

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
			return table->addresses[i];
	return NULL;
}

/* Under spin_mutex. */
static int link_one(struct spin_extension *ext, const struct bpf_prog *prog,
		    const void *address)
{
	struct spin_interface *interface;
	const struct spin_kfunc *kfunc;

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

int spin_kfunc_table_check(const struct spin_kfunc_table *table,
			   const struct bpf_prog *prog, u32 kfunc_id)
{
	const void *address = address_of(table, kfunc_id);
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
EXPORT_SYMBOL_GPL(spin_kfunc_table_check);
