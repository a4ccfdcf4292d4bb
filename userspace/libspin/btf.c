// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Questions about BTF types that more than one part asks. */
#include <string.h>
#include <bpf/btf.h>

#include "internal.h"

/* Chains longer than this are cycles in a damaged file. */
#define STRIP_MAX	32

static bool is_modifier(const struct btf_type *t)
{
	return btf_is_mod(t) || btf_is_typedef(t);
}

/**
 * spin_btf_strip - a type without its modifiers and typedefs
 * @btf: types
 * @id: id of the type
 *
 * Return: the type, or NULL.
 */
const struct btf_type *spin_btf_strip(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	int i;

	for (i = 0; t && is_modifier(t) && i < STRIP_MAX; i++)
		t = btf__type_by_id(btf, t->type);
	return t && !is_modifier(t) ? t : NULL;
}

/** spin_btf_is_typedef - does a type resolve through the typedef @name? */
bool spin_btf_is_typedef(const struct btf *btf, __u32 id, const char *name)
{
	const struct btf_type *t = btf__type_by_id(btf, id);
	int i;

	for (i = 0; t && is_modifier(t) && i < STRIP_MAX; i++) {
		if (btf_is_typedef(t) &&
		    !strcmp(btf__name_by_offset(btf, t->name_off), name))
			return true;
		t = btf__type_by_id(btf, t->type);
	}
	return false;
}

/** spin_btf_is_char - is it C's char, the element of text? */
bool spin_btf_is_char(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = spin_btf_strip(btf, id);

	return t && btf_is_int(t) && t->size == 1 &&
	       !strcmp(btf__name_by_offset(btf, t->name_off), "char");
}

/** spin_btf_is_global - is it a variable, and neither static nor hidden? */
bool spin_btf_is_global(const struct btf_type *t)
{
	return btf_is_var(t) && btf_var(t)->linkage != BTF_VAR_STATIC;
}

/** spin_btf_has_tag - has the variable @id the btf_decl_tag @tag? */
bool spin_btf_has_tag(const struct btf *btf, __u32 id, const char *tag)
{
	const struct btf_type *t;
	__u32 i, n = btf__type_cnt(btf);

	for (i = 1; i < n; i++) {
		t = btf__type_by_id(btf, i);
		if (t && btf_is_decl_tag(t) && t->type == id &&
		    btf_decl_tag(t)->component_idx == -1 &&
		    !strcmp(btf__name_by_offset(btf, t->name_off), tag))
			return true;
	}
	return false;
}
