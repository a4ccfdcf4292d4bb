// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The global variables of a loaded extension, read from the maps its programs
 * use, by the BTF that came with them. Static ones are not shown, and neither
 * are values that are neither numbers, enumerations nor text (pointers, unions,
 * floats). Structures are taken apart into their members.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "internal.h"

#define DEPTH_MAX	4	/* structures in structures */
#define ELEMENTS_MAX	4096	/* of an array that is shown */
#define VALUE_MAX	(64UL << 20)	/* of a section that is read */

struct reader {
	const struct btf *btf;
	const char *section;
	spin_var_fn fn;
	void *arg;
};

static __u64 get_unsigned(const char *bytes, size_t size)
{
	__u8 v8;
	__u16 v16;
	__u32 v32;
	__u64 v64 = 0;

	switch (size) {
	case 1:
		memcpy(&v8, bytes, 1);
		return v8;
	case 2:
		memcpy(&v16, bytes, 2);
		return v16;
	case 4:
		memcpy(&v32, bytes, 4);
		return v32;
	default:
		memcpy(&v64, bytes, size < 8 ? size : 8);
		return v64;
	}
}

static __u64 get_value(const char *bytes, size_t size, bool is_signed)
{
	__u64 value = get_unsigned(bytes, size);
	unsigned int spare = size < 8 ? 64 - size * 8 : 0;

	if (is_signed)
		value = (__u64)((__s64)(value << spare) >> spare);
	return value;
}

/* What one element of a type is; 0: nothing that can be shown. */
static enum spin_var_kind element_kind(const struct btf *btf, __u32 type,
				       const struct btf_type *t)
{
	if (btf_is_any_enum(t))
		return SPIN_VAR_ENUM;
	if (!btf_is_int(t) || t->size > 8)
		return 0;
	if (t->size == sizeof(struct in_addr) &&
	    spin_btf_is_typedef(btf, type, "spin_ipv4_t"))
		return SPIN_VAR_IPV4;
	if (btf_int_encoding(t) & BTF_INT_BOOL)
		return SPIN_VAR_BOOL;
	return btf_int_encoding(t) & BTF_INT_SIGNED ? SPIN_VAR_INT :
						      SPIN_VAR_UINT;
}

static bool element_signed(const struct btf_type *t)
{
	return btf_is_any_enum(t) ? btf_kflag(t) :
				    btf_int_encoding(t) & BTF_INT_SIGNED;
}

static const char *enum_name(const struct btf *btf, const struct btf_type *t,
			     __u64 value)
{
	int i;

	for (i = 0; i < btf_vlen(t); i++) {
		if (btf_is_enum64(t)) {
			if (btf_enum64_value(&btf_enum64(t)[i]) == value)
				return btf__name_by_offset(btf,
							   btf_enum64(t)[i].name_off);
		} else if ((__u32)btf_enum(t)[i].val == (__u32)value) {
			return btf__name_by_offset(btf, btf_enum(t)[i].name_off);
		}
	}
	return "";
}

/* One element, or @count of them in an array. */
static int show_elements(const struct reader *r, const char *name, __u32 type,
			 const char *bytes, size_t count, bool is_array)
{
	const struct btf_type *t = spin_btf_strip(r->btf, type);
	struct spin_var var = {
		.name = name,
		.section = r->section,
		.is_array = is_array,
		.count = count,
		.text = "",
	};
	char address[INET_ADDRSTRLEN];
	__u64 *values;
	size_t i;
	int ret;

	var.kind = t ? element_kind(r->btf, type, t) : 0;
	if (!var.kind || !count || count > ELEMENTS_MAX)
		return 0;
	values = calloc(count, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (i = 0; i < count; i++)
		values[i] = get_value(bytes + i * t->size, t->size,
				      element_signed(t));
	var.values = values;
	if (var.kind == SPIN_VAR_ENUM)
		var.text = enum_name(r->btf, t, values[0]);
	if (var.kind == SPIN_VAR_IPV4 &&
	    inet_ntop(AF_INET, bytes, address, sizeof(address)))
		var.text = address;
	ret = r->fn(r->arg, &var);
	free(values);
	return ret;
}

static int show_text(const struct reader *r, const char *name,
		     const char *bytes, size_t size)
{
	struct spin_var var = {
		.name = name,
		.section = r->section,
		.kind = SPIN_VAR_TEXT,
		.count = 1,
	};
	char *text = strndup(bytes, size);
	int ret;

	if (!text)
		return -ENOMEM;
	var.text = text;
	ret = r->fn(r->arg, &var);
	free(text);
	return ret;
}

static int show(const struct reader *r, const char *name, __u32 type,
		const char *bytes, size_t size, int depth);

static int show_array(const struct reader *r, const char *name,
		      const struct btf_type *t, const char *bytes, size_t size)
{
	const struct btf_array *array = btf_array(t);
	const struct btf_type *element = spin_btf_strip(r->btf, array->type);

	if (!element || !(btf_is_int(element) || btf_is_any_enum(element)) ||
	    !element->size || array->nelems > size / element->size)
		return 0;
	if (spin_btf_is_char(r->btf, array->type))
		return show_text(r, name, bytes, array->nelems);
	return show_elements(r, name, array->type, bytes, array->nelems, true);
}

static int show_struct(const struct reader *r, const char *name,
		       const struct btf_type *t, const char *bytes, size_t size,
		       int depth)
{
	const struct btf_member *m = btf_members(t);
	char member[256];
	__u32 offset;
	int i, ret;

	if (depth == DEPTH_MAX)
		return 0;
	for (i = 0; i < btf_vlen(t); i++, m++) {
		offset = btf_member_bit_offset(t, i) / 8;
		if (btf_member_bitfield_size(t, i) || offset >= size)
			continue;
		snprintf(member, sizeof(member), "%s.%s", name,
			 btf__name_by_offset(r->btf, m->name_off));
		ret = show(r, member, m->type, bytes + offset, size - offset,
			   depth + 1);
		if (ret)
			return ret;
	}
	return 0;
}

static int show(const struct reader *r, const char *name, __u32 type,
		const char *bytes, size_t size, int depth)
{
	const struct btf_type *t = spin_btf_strip(r->btf, type);

	if (!t)
		return 0;
	if (btf_is_array(t))
		return show_array(r, name, t, bytes, size);
	if (btf_is_struct(t))
		return show_struct(r, name, t, bytes, size, depth);
	if (!(btf_is_int(t) || btf_is_any_enum(t)) || t->size > size)
		return 0;
	return show_elements(r, name, type, bytes, 1, false);
}

static int show_section(struct reader *r, const struct btf_type *sec,
			const char *bytes, size_t size)
{
	const struct btf_var_secinfo *vsi = btf_var_secinfos(sec);
	const struct btf_type *var;
	int i, ret;

	r->section = btf__name_by_offset(r->btf, sec->name_off);
	if (!strcmp(r->section, SPIN_MANIFEST_SECTION))
		return 0;
	for (i = 0; i < btf_vlen(sec); i++, vsi++) {
		var = btf__type_by_id(r->btf, vsi->type);
		if (!var || !spin_btf_is_global(var) || vsi->offset > size ||
		    vsi->size > size - vsi->offset)
			continue;
		ret = show(r, btf__name_by_offset(r->btf, var->name_off),
			   var->type, bytes + vsi->offset, vsi->size, 0);
		if (ret)
			return ret;
	}
	return 0;
}

static int show_map(struct reader *r, int fd, const struct bpf_map_info *info)
{
	const struct btf_type *sec;
	struct btf *btf;
	__u32 zero = 0;
	char *bytes;
	int ret = 0;

	btf = btf__load_from_kernel_by_id(info->btf_id);
	if (!btf)
		return 0;
	r->btf = btf;
	sec = btf__type_by_id(btf, info->btf_value_type_id);
	bytes = malloc(info->value_size);
	if (!bytes)
		ret = -ENOMEM;
	else if (sec && btf_is_datasec(sec) &&
		 !bpf_map_lookup_elem(fd, &zero, bytes))
		ret = show_section(r, sec, bytes, info->value_size);
	free(bytes);
	btf__free(btf);
	return ret;
}

/* Maps of global variables: arrays of one element that is a section. */
static int read_map(struct reader *r, __u32 id)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	int fd, ret = 0;

	fd = bpf_map_get_fd_by_id(id);
	if (fd < 0)
		return errno == EPERM ? -EPERM : 0;
	if (!bpf_map_get_info_by_fd(fd, &info, &len) &&
	    info.type == BPF_MAP_TYPE_ARRAY && info.max_entries == 1 &&
	    info.btf_id && info.btf_value_type_id &&
	    info.value_size <= VALUE_MAX)
		ret = show_map(r, fd, &info);
	close(fd);
	return ret;
}

int spin_ext_vars(struct spin *spin, const char *name, spin_var_fn fn,
		  void *arg)
{
	struct reader reader = { .fn = fn, .arg = arg };
	struct spin_ioc_ext_next ext;
	struct spin_ids programs, maps;
	unsigned int i;
	int ret;

	ret = spin_ext_programs(spin, name, &programs);
	if (!ret && !programs.count)	/* still empty, or no such extension */
		return spin_ext_find(spin, name, &ext);
	if (ret < 0)
		return ret;
	spin_program_maps(&programs, &maps);
	for (i = 0; i < maps.count; i++) {
		ret = read_map(&reader, maps.id[i]);
		if (ret == -EPERM || ret == -ENOMEM)
			return spin_fail(spin, ret,
					 "%s: cannot read its variables: %s",
					 name, spin_strerror(ret));
		if (ret)
			return ret;
	}
	return 0;
}
