// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Settings: VAR=VALUE, put into the initial value of a global variable before
 * the kernel sees it. What a value may be follows from the variable's type.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "internal.h"

#define DEPTH_MAX	4	/* structures and arrays in each other */

/* A variable, or part of one, that can be set, and where its bytes are. */
struct target {
	const struct btf *btf;
	const char *ext;
	const char *name;
	__u32 type;
	char *bytes;
	size_t size;
};

/* The data section of a map of global variables; NULL: it is none. */
static const struct btf_type *map_section(const struct btf *btf,
					  const struct bpf_map *map)
{
	const struct btf_type *t;

	t = btf__type_by_id(btf, bpf_map__btf_value_type_id(map));
	if (!t || !btf_is_datasec(t))
		return NULL;
	if (!strcmp(btf__name_by_offset(btf, t->name_off),
		    SPIN_MANIFEST_SECTION))
		return NULL;
	return t;
}

static bool can_be_set(const struct btf *btf, __u32 type)
{
	const struct btf_type *t = spin_btf_strip(btf, type);

	if (!t)
		return false;
	if (btf_is_array(t))
		return spin_btf_is_char(btf, btf_array(t)->type);
	return btf_is_int(t) || btf_is_any_enum(t);
}

/* List what can be set, for a user who named something else. */
struct choice {
	struct spin_list all;
	struct spin_nearest nearest;
};

static void add_choice(struct choice *choice, const struct btf *btf, __u32 type,
		       const char *name, int depth);

static void add_members(struct choice *choice, const struct btf *btf,
			const struct btf_type *t, const char *name, int depth)
{
	const struct btf_member *m = btf_members(t);
	char member[256];
	int i;

	for (i = 0; i < btf_vlen(t); i++) {
		if (btf_member_bitfield_size(t, i))
			continue;
		snprintf(member, sizeof(member), "%s.%s", name,
			 btf__name_by_offset(btf, m[i].name_off));
		add_choice(choice, btf, m[i].type, member, depth + 1);
	}
}

static void add_choice(struct choice *choice, const struct btf *btf, __u32 type,
		       const char *name, int depth)
{
	const struct btf_type *t = spin_btf_strip(btf, type);
	char element[256];

	if (!t || depth > DEPTH_MAX)
		return;
	if (can_be_set(btf, type)) {
		spin_list_add(&choice->all, name);
		spin_nearest_try(&choice->nearest, name);
	} else if (btf_is_array(t)) {
		snprintf(element, sizeof(element), "%s[0…%u]", name,
			 btf_array(t)->nelems - 1);
		add_choice(choice, btf, btf_array(t)->type, element, depth + 1);
	} else if (btf_is_struct(t)) {
		add_members(choice, btf, t, name, depth);
	}
}

/*
 * Look the variable up in one section whose name @target's begins with, or with
 * @choice list all that can be set.
 */
static bool find_in_section(struct target *target, const struct btf_type *sec,
			    char *data, size_t size, struct choice *choice)
{
	const struct btf_var_secinfo *vsi = btf_var_secinfos(sec);
	size_t len = strcspn(target->name, ".[");
	const struct btf *btf = target->btf;
	const struct btf_type *var;
	const char *name;
	int i;

	for (i = 0; i < btf_vlen(sec); i++, vsi++) {
		var = btf__type_by_id(btf, vsi->type);
		if (!var || !spin_btf_is_global(var) || vsi->offset > size ||
		    vsi->size > size - vsi->offset)
			continue;
		name = btf__name_by_offset(btf, var->name_off);
		if (choice)
			add_choice(choice, btf, var->type, name, 0);
		if (choice || strlen(name) != len ||
		    memcmp(name, target->name, len))
			continue;
		target->type = var->type;
		target->bytes = data + vsi->offset;
		target->size = vsi->size;
		return true;
	}
	return false;
}

static bool find_target(struct bpf_object *obj, struct target *target,
			struct choice *choice)
{
	const struct btf_type *sec;
	struct bpf_map *map;
	size_t size;
	char *data;

	bpf_object__for_each_map(map, obj) {
		sec = map_section(target->btf, map);
		data = sec ? bpf_map__initial_value(map, &size) : NULL;
		if (data && find_in_section(target, sec, data, size, choice))
			return true;
	}
	return false;
}

/* Go on to what @offset and @type say, if it is within the variable. */
static bool narrow(struct target *target, __u64 offset, __u32 type)
{
	__s64 size = btf__resolve_size(target->btf, type);

	if (size <= 0 || offset > target->size ||
	    (__u64)size > target->size - offset)
		return false;
	target->bytes += offset;
	target->size = size;
	target->type = type;
	return true;
}

/* ".NAME…", in a structure. */
static bool go_to_member(struct target *target, const struct btf_type *t,
			 const char **rest)
{
	const struct btf_member *m = btf_members(t);
	size_t len = strcspn(++*rest, ".[");
	const char *name;
	int i;

	for (i = 0; i < btf_vlen(t); i++) {
		name = btf__name_by_offset(target->btf, m[i].name_off);
		if (strlen(name) != len || memcmp(name, *rest, len))
			continue;
		*rest += len;
		return !btf_member_bitfield_size(t, i) &&
		       narrow(target, btf_member_bit_offset(t, i) / 8,
			      m[i].type);
	}
	return false;
}

/* "[N]…", in an array. */
static bool go_to_element(struct target *target, const struct btf_type *t,
			  const char **rest)
{
	const struct btf_array *array = btf_array(t);
	__s64 size = btf__resolve_size(target->btf, array->type);
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)*++*rest))
		return false;
	n = strtoul(*rest, &end, 10);
	if (*end != ']' || n >= array->nelems || size <= 0)
		return false;
	*rest = end + 1;
	return narrow(target, n * size, array->type);
}

/* From a variable to the part of it that is named: "state.limit[3]". */
static bool find_part(struct target *target)
{
	const char *rest = target->name + strcspn(target->name, ".[");
	const struct btf_type *t;
	bool found = true;

	while (found && *rest) {
		t = spin_btf_strip(target->btf, target->type);
		if (t && *rest == '.' && btf_is_struct(t))
			found = go_to_member(target, t, &rest);
		else if (t && *rest == '[' && btf_is_array(t))
			found = go_to_element(target, t, &rest);
		else
			found = false;
	}
	return found;
}

/*
 * The number may have any base that C knows, and must be all of @text. Returns
 * -EINVAL if it is none, -ERANGE if it has more than 64 bits.
 */
static int parse_number(const char *text, bool *negative, __u64 *magnitude)
{
	char *end;

	*negative = *text == '-';
	if (*text == '-' || *text == '+')
		text++;
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	*magnitude = strtoull(text, &end, 0);
	if (*end)
		return -EINVAL;
	return -errno;
}

static int not_a_number(struct spin *spin, const struct target *target,
			const char *text)
{
	return spin_fail(spin, -EINVAL, "%s: '%s' is a number, '%s' is none",
			 target->ext, target->name, text);
}

static int set_bytes(struct spin *spin, struct target *target, __u64 value)
{
	__u8 v8 = value;
	__u16 v16 = value;
	__u32 v32 = value;

	switch (target->size) {
	case 1:
		memcpy(target->bytes, &v8, 1);
		return 0;
	case 2:
		memcpy(target->bytes, &v16, 2);
		return 0;
	case 4:
		memcpy(target->bytes, &v32, 4);
		return 0;
	case 8:
		memcpy(target->bytes, &value, 8);
		return 0;
	default:
		return spin_fail(spin, -EINVAL,
				 "%s: '%s' has %zu bytes: only integers of 1, 2, 4 and 8 can be set",
				 target->ext, target->name, target->size);
	}
}

static int set_signed(struct spin *spin, struct target *target,
		      const char *text)
{
	unsigned int bits = target->size * 8;
	__u64 magnitude, max;
	bool negative;
	int err;

	if (target->size > 8)
		return set_bytes(spin, target, 0);
	max = (~0ULL >> (64 - bits)) >> 1;
	err = parse_number(text, &negative, &magnitude);
	if (err == -EINVAL)
		return not_a_number(spin, target, text);
	if (err || magnitude > max + negative)
		return spin_fail(spin, -ERANGE,
				 "%s: '%s' goes from -%llu to %llu, %s is outside of that",
				 target->ext, target->name, max + 1ULL,
				 (unsigned long long)max, text);
	return set_bytes(spin, target, negative ? -magnitude : magnitude);
}

static int set_unsigned(struct spin *spin, struct target *target,
			const char *text)
{
	__u64 magnitude, max;
	bool negative;
	int err;

	if (target->size > 8)
		return set_bytes(spin, target, 0);
	max = ~0ULL >> (64 - target->size * 8);
	err = parse_number(text, &negative, &magnitude);
	if (err == -EINVAL)
		return not_a_number(spin, target, text);
	if (err || (negative && magnitude) || magnitude > max)
		return spin_fail(spin, -ERANGE,
				 "%s: '%s' goes from 0 to %llu, %s is outside of that",
				 target->ext, target->name,
				 (unsigned long long)max, text);
	return set_bytes(spin, target, magnitude);
}

static int set_bool(struct spin *spin, struct target *target, const char *text)
{
	static const char *const words[2][4] = {
		{ "0", "false", "no", "off" }, { "1", "true", "yes", "on" },
	};
	size_t value, i;

	for (value = 0; value < 2; value++)
		for (i = 0; i < ARRAY_SIZE(words[value]); i++)
			if (!strcasecmp(text, words[value][i]))
				return set_bytes(spin, target, value);
	return spin_fail(spin, -EINVAL,
			 "%s: '%s' takes true or false, not '%s'",
			 target->ext, target->name, text);
}

/* The value of an enumerator by its name, or with @names a list of all. */
static bool enum_value(const struct btf *btf, const struct btf_type *t,
		       const char *text, __u64 *value, struct spin_list *names)
{
	const struct btf_enum64 *e64 = btf_enum64(t);
	const struct btf_enum *e32 = btf_enum(t);
	bool wide = btf_is_enum64(t);
	const char *name;
	int i;

	for (i = 0; i < btf_vlen(t); i++) {
		name = btf__name_by_offset(btf, wide ? e64[i].name_off :
						       e32[i].name_off);
		if (names)
			spin_list_add(names, name);
		else if (!strcmp(name, text)) {
			*value = wide ? btf_enum64_value(&e64[i]) :
					(__u64)(__s64)e32[i].val;
			return true;
		}
	}
	return false;
}

static int set_enum(struct spin *spin, struct target *target,
		    const struct btf_type *t, const char *text)
{
	struct spin_list names = {};
	__u64 value;

	if (enum_value(target->btf, t, text, &value, NULL))
		return set_bytes(spin, target, value);
	if (isdigit((unsigned char)*text) || *text == '-')
		return btf_kflag(t) ? set_signed(spin, target, text) :
				      set_unsigned(spin, target, text);
	enum_value(target->btf, t, NULL, NULL, &names);
	return spin_fail(spin, -EINVAL, "%s: '%s' cannot be '%s' (it can be: %s)",
			 target->ext, target->name, text, spin_list_text(&names));
}

static int set_text(struct spin *spin, struct target *target, const char *text)
{
	size_t len = strlen(text);

	if (len >= target->size)
		return spin_fail(spin, -ERANGE,
				 "%s: '%s' has room for %zu characters, '%s' has %zu",
				 target->ext, target->name,
				 target->size ? target->size - 1 : 0, text, len);
	memset(target->bytes, 0, target->size);
	memcpy(target->bytes, text, len);
	return 0;
}

static int set_ipv4(struct spin *spin, struct target *target, const char *text)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1)
		return spin_fail(spin, -EINVAL,
				 "%s: '%s' takes an IPv4 address such as 192.0.2.1, not '%s'",
				 target->ext, target->name, text);
	memcpy(target->bytes, &addr, sizeof(addr));
	return 0;
}

static int not_settable(struct spin *spin, const struct target *target,
			const struct btf_type *t)
{
	struct choice choice = {};

	if (!t || !(btf_is_array(t) || btf_is_struct(t)))
		return spin_fail(spin, -EINVAL,
				 "%s: '%s' is neither a number, an enumeration nor text: it cannot be set",
				 target->ext, target->name);
	spin_nearest_start(&choice.nearest, target->name);
	add_choice(&choice, target->btf, target->type, target->name, 0);
	return spin_fail(spin, -EINVAL,
			 "%s: '%s' is %s: set its %s (they are: %s)",
			 target->ext, target->name,
			 btf_is_array(t) ? "an array" : "a structure",
			 btf_is_array(t) ? "elements" : "members",
			 spin_list_text(&choice.all));
}

static int set_value(struct spin *spin, struct target *target, const char *text)
{
	const struct btf_type *t = spin_btf_strip(target->btf, target->type);

	if (!can_be_set(target->btf, target->type))
		return not_settable(spin, target, t);
	if (spin_btf_is_typedef(target->btf, target->type, "spin_ipv4_t") &&
	    target->size == sizeof(struct in_addr))
		return set_ipv4(spin, target, text);
	if (btf_is_array(t))
		return set_text(spin, target, text);
	if (btf_is_any_enum(t))
		return set_enum(spin, target, t, text);
	if (btf_int_encoding(t) & BTF_INT_BOOL)
		return set_bool(spin, target, text);
	if (btf_int_encoding(t) & BTF_INT_SIGNED)
		return set_signed(spin, target, text);
	return set_unsigned(spin, target, text);
}

/**
 * spin_setting_apply - give a global variable its initial value
 * @spin: the handle
 * @obj: the extension, not loaded yet
 * @ext: its name
 * @setting: "VAR=VALUE"; VAR is a variable, or part of one: "VAR.MEMBER", "VAR[N]"
 *
 * Return: 0, or a negative errno and a sentence.
 */
int spin_setting_apply(struct spin *spin, struct bpf_object *obj,
		       const char *ext, const char *setting)
{
	const char *equals = strchr(setting, '=');
	struct choice choice = {};
	struct target target = { .btf = bpf_object__btf(obj), .ext = ext };
	char name[256];

	if (!equals || equals == setting ||
	    equals - setting >= (long)sizeof(name))
		return spin_fail(spin, -EINVAL,
				 "'%s' is not a setting: write VAR=VALUE", setting);
	snprintf(name, sizeof(name), "%.*s", (int)(equals - setting), setting);
	target.name = name;
	if (find_target(obj, &target, NULL) && find_part(&target))
		return set_value(spin, &target, equals + 1);
	spin_nearest_start(&choice.nearest, name);
	find_target(obj, &target, &choice);
	return spin_fail(spin, -ENOENT,
			 "%s: there is no variable '%s'%s%s%s (there are: %s)",
			 ext, name, choice.nearest.found[0] ? ": is it '" : "",
			 choice.nearest.found,
			 choice.nearest.found[0] ? "'?" : "",
			 spin_list_text(&choice.all));
}
