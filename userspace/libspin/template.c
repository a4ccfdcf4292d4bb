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

/* A member that is text, or "". */
static void member_text(const struct btf *btf, const struct btf_type *type,
			const char *data, size_t size, const char *name,
			char *text, size_t text_size)
{
	const struct btf_member *m = btf_members(type);
	size_t offset, len;
	int i;

	*text = '\0';
	for (i = 0; i < btf_vlen(type); i++) {
		offset = btf_member_bit_offset(type, i) / 8;
		if (strcmp(btf__name_by_offset(btf, m[i].name_off), name) ||
		    offset >= size)
			continue;
		len = strnlen(data + offset, size - offset);
		if (len < text_size)
			snprintf(text, text_size, "%.*s", (int)len,
				 data + offset);
	}
}

static const char *order_name(__u32 order)
{
	return order == SPIN_ORDER_BEFORE ? "BEFORE" : "AFTER";
}

/*
 * Before or after which binding? The template says, or, if it has a slot, the
 * caller that makes a binding of it. The kernel refuses numbers that are no
 * order.
 */
static int check_order(struct spin *spin, const char *ext,
		       const struct btf *btf, const struct btf_type *type,
		       const struct bpf_map *map, const char *data, size_t size,
		       bool has_slot)
{
	char relative[2 * SPIN_NAME_LEN];
	bool is_relative;
	__u32 order;

	if (!member_u32(btf, type, data, size, "order", &order))
		return 0;
	member_text(btf, type, data, size, "relative", relative,
		    sizeof(relative));
	is_relative = order == SPIN_ORDER_BEFORE || order == SPIN_ORDER_AFTER;
	if (is_relative && !*relative && !has_slot)
		return spin_fail(spin, -EINVAL,
				 "%s: binding '%s' says SPIN_ORDER_%s and not %s which: add .relative = \"NAME\"",
				 ext, bpf_map__name(map), order_name(order),
				 order == SPIN_ORDER_BEFORE ? "before" : "after");
	if (!is_relative && *relative && order <= SPIN_ORDER_AFTER)
		return spin_fail(spin, -EINVAL,
				 "%s: binding '%s' has .relative = \"%s\", and its .order is neither SPIN_ORDER_BEFORE nor SPIN_ORDER_AFTER",
				 ext, bpf_map__name(map), relative);
	return 0;
}

/**
 * spin_template_check - look at a template
 * @spin: the handle
 * @ext: name of the extension
 * @btf: its types
 * @map: the template, a map of a struct_ops type
 * @has_slot: set to whether it has a slot: then the load makes no binding of it
 *
 * Return: 0, or a negative errno and a sentence.
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
	return check_order(spin, ext, btf, type, map, data, size, *has_slot);
}
