// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Procedures that an extension calls or offers. The kernel compares the places
 * and kinds of the arguments, which are taken from the types in the object
 * file. It does not compare their names; that is done here.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <bpf/btf.h>

#include "internal.h"

#define NESTING_MAX	4	/* structures in structures */

/* As <spin/bpf/proc.h> has it. */
struct procedure_info {
	__u32 abi;
	__u32 slot;
	__u32 flags;
	__u32 cost_max;
	__u32 export_flags;
	__u32 reserved;
	char interface[SPIN_NAME_LEN];
	char procedure[SPIN_NAME_LEN];
};

struct reader {
	struct spin *spin;
	const char *title;
	const struct btf *btf;
	struct spin_ioc_ext_procedure *arg;
	size_t len;		/* of the text so far */
};

static int damaged(const struct reader *r)
{
	return spin_fail(r->spin, -ENOEXEC,
			 "%s: a procedure is not what SPIN_IMPORT_PROCEDURE() or SPIN_EXPORT() makes: compile it again",
			 r->title);
}

/* The structure of the arguments: type of the last member, an array of none. */
static const struct btf_type *arguments_of(const struct btf *btf, __u32 type)
{
	const struct btf_type *t = spin_btf_strip(btf, type);
	const struct btf_type *args;

	if (!t || !btf_is_struct(t) || btf_vlen(t) != 2)
		return NULL;
	args = spin_btf_strip(btf, btf_members(t)[1].type);
	if (!args || !btf_is_array(args))
		return NULL;
	args = spin_btf_strip(btf, btf_array(args)->type);
	return args && btf_is_struct(args) ? args : NULL;
}

/* Can a value of the type be nothing but numbers? */
static bool is_plain(const struct btf *btf, __u32 id, int depth)
{
	const struct btf_type *t = spin_btf_strip(btf, id);
	int i;

	if (!t || depth > NESTING_MAX)
		return false;
	if (btf_is_int(t) || btf_is_any_enum(t))
		return true;
	if (btf_is_array(t))
		return is_plain(btf, btf_array(t)->type, depth + 1);
	if (!btf_is_composite(t))
		return false;
	for (i = 0; i < btf_vlen(t); i++)
		if (!is_plain(btf, btf_members(t)[i].type, depth + 1))
			return false;
	return true;
}

static void add_text(struct reader *r, const char *fmt, const char *word,
		     int precision)
{
	size_t room = sizeof(r->arg->text) - r->len;
	int len;

	len = snprintf(r->arg->text + r->len, room, fmt, precision, word);
	r->len += len < (int)room ? len : (int)room - 1;
}

/* "u32" for __u32, "file" for spin_file_t, other names as they are. */
static void add_type_name(struct reader *r, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(r->btf, id);
	const char *name;
	int len;

	while (t && btf_is_mod(t))
		t = btf__type_by_id(r->btf, t->type);
	if (t && btf_is_array(t)) {
		add_type_name(r, btf_array(t)->type);
		return;
	}
	if (!t)
		return;
	name = btf__name_by_offset(r->btf, t->name_off);
	len = strlen(name);
	if (!strncmp(name, "__", 2)) {
		name += 2;
		len -= 2;
	} else if (!strncmp(name, "spin_", 5) && len > 7 &&
		   !strcmp(name + len - 2, "_t")) {
		name += 5;
		len -= 7;
	}
	add_text(r, "%.*s", name, len);
}

static void add_argument(struct reader *r, const struct btf_member *m,
			 unsigned int index)
{
	const struct btf_type *t = spin_btf_strip(r->btf, m->type);
	const char *name = btf__name_by_offset(r->btf, m->name_off);
	char count[16];

	add_text(r, "%.*s", ", ", index ? 2 : 0);
	add_type_name(r, m->type);
	add_text(r, " %.*s", name, strlen(name));
	if (t && btf_is_array(t)) {
		snprintf(count, sizeof(count), "[%u]", btf_array(t)->nelems);
		add_text(r, "%.*s", count, strlen(count));
	}
}

static int read_member(struct reader *r, const struct btf_type *args,
		       unsigned int index)
{
	struct spin_proc_member *member = &r->arg->prototype.member[index];
	const struct btf_member *m = &btf_members(args)[index];
	__s64 size = btf__resolve_size(r->btf, m->type);
	const char *name = btf__name_by_offset(r->btf, m->name_off);

	if (btf_member_bitfield_size(args, index) || size <= 0 ||
	    !is_plain(r->btf, m->type, 0))
		return spin_fail(r->spin, -EINVAL,
				 "%s: argument '%s' of procedure %s.%s is neither a number, an array of numbers, nor a capability: pointers and bit fields cannot be passed",
				 r->title, name, r->arg->interface,
				 r->arg->procedure);
	member->offset = btf_member_bit_offset(args, index) / 8;
	member->size = size;
	member->kind = spin_manifest_cap_kind(r->btf, m->type);
	add_argument(r, m, index);
	return 0;
}

static int read_arguments(struct reader *r, const struct btf_type *args)
{
	struct spin_prototype *prototype = &r->arg->prototype;
	unsigned int i;
	int err;

	if (btf_vlen(args) > SPIN_PROC_MEMBERS_MAX)
		return spin_fail(r->spin, -E2BIG,
				 "%s: procedure %s.%s has more than %d arguments: make some of them one array or structure",
				 r->title, r->arg->interface, r->arg->procedure,
				 SPIN_PROC_MEMBERS_MAX);
	prototype->size = args->size;
	prototype->members = btf_vlen(args);
	add_text(r, "%.*s(", r->arg->procedure, strlen(r->arg->procedure));
	for (i = 0; i < prototype->members; i++) {
		err = read_member(r, args, i);
		if (err)
			return err;
	}
	add_text(r, "%.*s", ")", 1);
	if (prototype->flags & SPIN_PROC_SLEEPABLE)
		add_text(r, "%.*s", " sleepable", 10);
	if (prototype->flags & SPIN_PROC_VAR)
		add_text(r, "%.*s", " var", 4);
	return 0;
}

/**
 * spin_procedure_read - what an extension says of a procedure
 * @spin: the handle
 * @title: what to call the extension
 * @btf: its types
 * @type: of the variable
 * @data: its value
 * @size: of that
 * @decl: with @decl->exports and the offset of the variable filled in; gets the rest
 *
 * Return: 0, or a negative errno and a sentence.
 */
int spin_procedure_read(struct spin *spin, const char *title,
			const struct btf *btf, __u32 type, const char *data,
			size_t size, struct spin_declaration *decl)
{
	struct reader r = {
		.spin = spin, .title = title, .btf = btf, .arg = &decl->arg,
	};
	const struct btf_type *args = arguments_of(btf, type);
	struct procedure_info info;

	if (!args || size < sizeof(info))
		return damaged(&r);
	memcpy(&info, data, sizeof(info));
	if (info.abi != SPIN_ABI_VERSION)
		return spin_fail(spin, -EPROTO,
				 "%s: its procedures were compiled for ABI %u, this program has ABI %u: compile the extension against its headers",
				 title, info.abi, SPIN_ABI_VERSION);
	decl->offset += offsetof(struct procedure_info, slot);
	decl->arg.flags = decl->exports ? info.export_flags : 0;
	decl->arg.prototype.flags = info.flags;
	decl->arg.prototype.cost_max = info.cost_max;
	memcpy(decl->arg.interface, info.interface, SPIN_NAME_LEN);
	memcpy(decl->arg.procedure, info.procedure, SPIN_NAME_LEN);
	if (info.interface[SPIN_NAME_LEN - 1] || info.procedure[SPIN_NAME_LEN - 1])
		return spin_fail(spin, -EINVAL,
				 "%s: the names of an interface and of a procedure have at most %d characters",
				 title, SPIN_NAME_LEN - 1);
	return read_arguments(&r, args);
}

/* Types agree: do the names? Those that are compiled in as the exporter has. */
static int compare_names(struct spin *spin, const char *ext,
			 const struct spin_declaration *decl)
{
	const struct spin_ioc_ext_procedure *arg = &decl->arg;
	struct spin_ioc_proc_next proc;
	const char *interface;

	memset(&proc, 0, sizeof(proc));
	while (spin_proc_next(spin, &proc) > 0) {
		interface = strrchr(proc.interface, '/');
		interface = interface ? interface + 1 : proc.interface;
		if (!proc.served || strcmp(interface, arg->interface) ||
		    strcmp(proc.procedure, arg->procedure) ||
		    !strcmp(proc.text, arg->text) ||
		    proc.prototype.size != arg->prototype.size ||
		    memcmp(proc.prototype.member, arg->prototype.member,
			   sizeof(proc.prototype.member)))
			continue;
		return spin_fail(spin, -EPROTOTYPE,
				 "%s imports procedure %s.%s as %s, which '%s' exports as %s: compile both against the same header",
				 ext, arg->interface, arg->procedure, arg->text,
				 proc.exporter, proc.text);
	}
	return 0;
}

/**
 * spin_procedure_declare - tell the kernel of a procedure
 * @spin: the handle
 * @ext_fd: the extension's descriptor
 * @ext: its name
 * @decl: what spin_procedure_read() made
 *
 * Return: the slot, or a negative errno and a sentence.
 */
int spin_procedure_declare(struct spin *spin, int ext_fd, const char *ext,
			   struct spin_declaration *decl)
{
	char doing[128];
	int slot, err;

	slot = ioctl(ext_fd, decl->exports ? SPIN_IOC_EXT_PROC_EXPORT :
					     SPIN_IOC_EXT_PROC_IMPORT,
		     &decl->arg);
	if (slot < 0) {
		err = -errno;
		snprintf(doing, sizeof(doing), "the %s of %s.%s",
			 decl->exports ? "export" : "import",
			 decl->arg.interface, decl->arg.procedure);
		return spin_verdict(spin, ext_fd, ext, err, doing);
	}
	if (decl->exports || decl->arg.status != SPIN_LINK_BOUND)
		return slot;
	err = compare_names(spin, ext, decl);
	return err ? err : slot;
}
