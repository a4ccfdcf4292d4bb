// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Templates: the values of struct_ops types, before the kernel has them. Each
 * makes a binding when the extension is loaded, but those with a slot.
 */
#include <errno.h>
#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "internal.h"

/* A member that is a number of 32 bits; false: the type has none such. */
static bool member_u32(const struct btf *btf, const struct btf_type *type,
		       const char *data, size_t size, const char *name,
		       __u32 *value)
{
	const struct btf_member *m = btf_members(type);
	const struct btf_type *t;
	size_t offset;
	int i;

	for (i = 0; i < btf_vlen(type); i++) {
		if (strcmp(btf__name_by_offset(btf, m[i].name_off), name))
			continue;
		t = spin_btf_strip(btf, m[i].type);
		offset = btf_member_bit_offset(type, i) / 8;
		if (!t || !btf_is_int(t) || t->size != sizeof(*value) ||
		    size < sizeof(*value) || offset > size - sizeof(*value))
			return false;
		memcpy(value, data + offset, sizeof(*value));
		return true;
	}
	return false;
}

/**
 * spin_template_check - look at a template
 * @spin: the handle
 * @ext: name of the extension
 * @btf: its types
 * @map: the template, a map of a struct_ops type
 * @has_slot: set to whether it has a slot: then the load makes no binding of it
 *
 * Returns 0, or a negative errno and a sentence.
 */
int spin_template_check(struct spin *spin, const char *ext,
			const struct btf *btf, const struct bpf_map *map,
			bool *has_slot)
{
	const struct btf_type *type;
	const char *data;
	__u32 slot, abi;
	size_t size;

	type = spin_btf_strip(btf, bpf_map__btf_value_type_id(map));
	data = bpf_map__initial_value((struct bpf_map *)map, &size);
	if (!type || !btf_is_struct(type) || !data ||
	    !member_u32(btf, type, data, size, "abi", &abi))
		return spin_fail(spin, -EINVAL,
				 "%s: '%s' is no template of a binding: define it with SPIN_BIND()",
				 ext, bpf_map__name(map));
	/* Of an older ABI: the member is not there, and the kernel refuses it. */
	*has_slot = member_u32(btf, type, data, size, "slot", &slot) && slot;
	return 0;
}
