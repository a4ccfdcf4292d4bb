// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Where the programs of an extension stand in its templates, and whether they
 * belong there. The compiler refuses a SPIN_BIND() that is wrong and has no
 * cast; here the types in the object file are checked, as they came from any
 * compiler.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "internal.h"

/* What SPIN_GUARD() and SPIN_HANDLER() put before a program's name in its types. */
#define PROGRAM_PREFIX	"__program_"

/* The prototype of a program; NULL: it has none, or another way of its own. */
static const struct btf_type *program_proto(const struct btf *btf,
					    const struct bpf_program *prog)
{
	const struct btf_type *t;
	char name[256];
	int id;

	snprintf(name, sizeof(name), PROGRAM_PREFIX "%s",
		 bpf_program__name(prog));
	id = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
	t = id > 0 ? spin_btf_strip(btf, btf__type_by_id(btf, id)->type) : NULL;
	return t && btf_is_func_proto(t) && btf_vlen(t) == 1 ? t : NULL;
}

static bool returns_bool(const struct btf *btf, const struct btf_type *proto)
{
	const struct btf_type *t = spin_btf_strip(btf, proto->type);

	return t && btf_is_int(t) && btf_int_encoding(t) & BTF_INT_BOOL;
}

static const struct btf_type *pointee(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = spin_btf_strip(btf, id);

	return t && btf_is_ptr(t) ? spin_btf_strip(btf, t->type) : NULL;
}

/* The name of the structure that a pointer is to, or NULL. */
static const char *structure_name(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = pointee(btf, id);

	return t && (btf_is_struct(t) || btf_is_fwd(t)) ?
	       btf__name_by_offset(btf, t->name_off) : NULL;
}

/* Its one argument is the array of the event's arguments; the context is all of it. */
static const char *context_taken(const struct btf *btf,
				 const struct btf_type *proto)
{
	const struct btf_type *args = pointee(btf, btf_params(proto)->type);

	return args && btf_is_struct(args) && btf_vlen(args) == 1 ?
	       structure_name(btf, btf_members(args)->type) : NULL;
}

/* "Udp_PacketArrived", a type, to "Udp.PacketArrived", its event. */
static void event_name(const char *type, char *event, size_t size)
{
	char *underscore;

	snprintf(event, size, "%s", type);
	underscore = strchr(event, '_');
	if (underscore)
		*underscore = '.';
}

static bool is_program(const struct bpf_object *obj,
		       const struct bpf_program *wanted)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj)
		if (prog == wanted)
			return true;
	return false;
}

/* The prototype of a member that is a pointer to a function, or NULL. */
static const struct btf_type *member_proto(const struct btf *btf,
					   const struct btf_member *member)
{
	const struct btf_type *t = pointee(btf, member->type);

	return t && btf_is_func_proto(t) && btf_vlen(t) == 1 ? t : NULL;
}

/*
 * Member @i of a template, if a program stands there: until the object is loaded,
 * libbpf keeps a pointer to the program in such a member.
 */
static bool read_use(const struct bpf_object *obj, struct bpf_map *map, int i,
		     struct spin_use *use)
{
	const struct btf *btf = bpf_object__btf(obj);
	const struct btf_type *type;
	size_t size, offset;
	const char *data;

	type = spin_btf_strip(btf, bpf_map__btf_value_type_id(map));
	data = bpf_map__initial_value(map, &size);
	if (!type || !btf_is_struct(type) || !data)
		return false;
	use->proto = member_proto(btf, &btf_members(type)[i]);
	offset = btf_member_bit_offset(type, i) / 8;
	if (!use->proto || size < sizeof(use->prog) ||
	    offset > size - sizeof(use->prog))
		return false;
	memcpy(&use->prog, data + offset, sizeof(use->prog));
	if (!use->prog || !is_program(obj, use->prog))
		return false;
	use->binding = bpf_map__name(map);
	use->member = btf__name_by_offset(btf, btf_members(type)[i].name_off);
	event_name(btf__name_by_offset(btf, type->name_off), use->event,
		   sizeof(use->event));
	return true;
}

static int members(const struct bpf_object *obj, const struct bpf_map *map)
{
	const struct btf_type *type;

	if (bpf_map__type(map) != BPF_MAP_TYPE_STRUCT_OPS)
		return 0;
	type = spin_btf_strip(bpf_object__btf(obj),
			      bpf_map__btf_value_type_id(map));
	return type && btf_is_struct(type) ? btf_vlen(type) : 0;
}

/**
 * spin_use_find - the first place where a program stands
 * @obj: the object, not loaded yet
 * @prog: the program
 * @use: filled in
 *
 * Return: whether there is one.
 */
bool spin_use_find(const struct bpf_object *obj, const struct bpf_program *prog,
		   struct spin_use *use)
{
	struct bpf_map *map;
	int i, n;

	bpf_object__for_each_map(map, obj) {
		n = members(obj, map);
		for (i = 0; i < n; i++)
			if (read_use(obj, map, i, use) && use->prog == prog)
				return true;
	}
	return false;
}

/** spin_program_is_guard - is it one, by its prototype? */
bool spin_program_is_guard(const struct bpf_object *obj,
			   const struct bpf_program *prog)
{
	const struct btf *btf = bpf_object__btf(obj);
	const struct btf_type *proto = program_proto(btf, prog);

	return proto && returns_bool(btf, proto);
}

/*
 * A program stands in the same member of the same event everywhere: so the kernel
 * knows its type.
 */
static int check_places(struct spin *spin, const char *ext,
			const struct bpf_object *obj,
			const struct spin_use *use)
{
	struct spin_use first;

	if (!spin_use_find(obj, use->prog, &first) ||
	    (!strcmp(first.event, use->event) &&
	     !strcmp(first.member, use->member)))
		return 0;
	return spin_fail(spin, -EINVAL,
			 "%s: program '%s' is .%s of binding '%s' of %s, and .%s of binding '%s' of %s: give each use a SPIN_GUARD() or SPIN_HANDLER() of its own",
			 ext, bpf_program__name(use->prog), first.member,
			 first.binding, first.event, use->member, use->binding,
			 use->event);
}

static int check_use(struct spin *spin, const char *ext,
		     const struct bpf_object *obj, const struct spin_use *use)
{
	const struct btf *btf = bpf_object__btf(obj);
	const char *name = bpf_program__name(use->prog);
	const struct btf_type *proto = program_proto(btf, use->prog);
	const char *taken = proto ? context_taken(btf, proto) : NULL;
	const char *wanted = structure_name(btf, btf_params(use->proto)->type);
	bool guard = returns_bool(btf, use->proto);

	if (!taken)
		return spin_fail(spin, -EINVAL,
				 "%s: program '%s', .%s of binding '%s', does not say what it takes: define it with %s, of this libspin's headers",
				 ext, name, use->member, use->binding,
				 guard ? "SPIN_GUARD()" :
				 "SPIN_HANDLER() or SPIN_SLEEPABLE_HANDLER()");
	if (returns_bool(btf, proto) != guard)
		return spin_fail(spin, -EINVAL,
				 "%s: .%s of binding '%s' of %s is '%s', a %s: a %s stands there, which %s makes",
				 ext, use->member, use->binding, use->event,
				 name, guard ? "handler" : "guard",
				 guard ? "guard" : "handler",
				 guard ? "SPIN_GUARD()" : "SPIN_HANDLER()");
	if (!wanted || strcmp(taken, wanted))
		return spin_fail(spin, -EINVAL,
				 "%s: .%s of binding '%s' of %s is '%s', which takes a struct %s: it has to take a struct %s",
				 ext, use->member, use->binding, use->event,
				 name, taken, wanted ? wanted : "spin_ctx");
	return check_places(spin, ext, obj, use);
}

static int check_template(struct spin *spin, const char *ext,
			  const struct bpf_object *obj, struct bpf_map *map)
{
	int i, err, n = members(obj, map);
	bool handled = false, is_call = false;
	struct spin_use use;

	for (i = 0; i < n; i++) {
		if (!read_use(obj, map, i, &use))
			continue;
		err = check_use(spin, ext, obj, &use);
		if (err)
			return err;
		handled |= !strcmp(use.member, "handler");
		is_call |= !strcmp(use.event, "Proc.Call");
	}
	/* A guard of procedures may stand alone, to be imposed on others. */
	if (n && !handled && !is_call)
		return spin_fail(spin, -EINVAL,
				 "%s: binding '%s' has no .handler", ext,
				 bpf_map__name(map));
	return 0;
}

/**
 * spin_uses_check - is each program where it belongs, and are all used?
 * @spin: the handle
 * @ext: name of the extension
 * @obj: it, not loaded yet
 *
 * Return: 0, or a negative errno and a sentence.
 */
int spin_uses_check(struct spin *spin, const char *ext,
		    const struct bpf_object *obj)
{
	struct bpf_program *prog;
	struct spin_use use;
	struct bpf_map *map;
	int err;

	bpf_object__for_each_map(map, obj) {
		err = check_template(spin, ext, obj, map);
		if (err)
			return err;
	}
	bpf_object__for_each_program(prog, obj)
		if (!spin_use_find(obj, prog, &use))
			return spin_fail(spin, -EINVAL,
					 "%s: program '%s' stands in no SPIN_BIND(): name it in one, or leave it out",
					 ext, bpf_program__name(prog));
	return 0;
}
