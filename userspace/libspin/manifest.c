// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What an extension says of itself: the variables of section .rodata.spin,
 * which <spin/bpf/spin.h> makes. Their names and types are all there is to it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "internal.h"

#define NAME_VARIABLE	"spin_extension"
#define IMPORT_PREFIX	"spin_import_"
#define CALLS_PREFIX	"spin_calls_"
#define EXPORTS_PREFIX	"spin_exports_"
#define OPTIONAL_TAG	"spin.optional"
#define LATE_TAG	"spin.late"

#define KSYMS_SECTION	".ksyms"
/* What libbpf puts there for each kernel function. */
#define KSYMS_FUNCTION	"dummy_ksym"

struct section {
	const struct btf *btf;
	const char *title;
	const char *data;
	size_t size;
};

/** spin_manifest_cap_kind - which kind of capability a type is, or none */
enum spin_cap_kind spin_manifest_cap_kind(const struct btf *btf, __u32 type)
{
	const struct spin_kind *kind;

	for (kind = spin_kinds; kind->word; kind++)
		if (kind->type && spin_btf_is_typedef(btf, type, kind->type))
			return kind->number;
	return SPIN_CAP_NONE;
}

static int read_name(struct spin *spin, const struct section *sec,
		     const struct btf_var_secinfo *vsi,
		     struct spin_manifest *manifest)
{
	if (vsi->size != SPIN_NAME_LEN)
		return spin_fail(spin, -ENOEXEC,
				 "%s: spin_extension is not what SPIN_EXTENSION() makes",
				 sec->title);
	memcpy(manifest->name, sec->data + vsi->offset, SPIN_NAME_LEN);
	if (!manifest->name[0] || manifest->name[SPIN_NAME_LEN - 1])
		return spin_fail(spin, -EINVAL,
				 "%s: the extension's name must have 1 to %d characters",
				 sec->title, SPIN_NAME_LEN - 1);
	return 0;
}

static int add_import(struct spin *spin, const struct section *sec,
		      const char *name, struct spin_manifest *manifest)
{
	if (!*name || strlen(name) >= SPIN_NAME_LEN)
		return spin_fail(spin, -EINVAL,
				 "%s: '%s' is too long for the name of an interface",
				 sec->title, name);
	if (manifest->nr_imports == SPIN_IMPORTS_MAX)
		return spin_fail(spin, -E2BIG,
				 "%s: an extension may import %d interfaces, this one has more",
				 sec->title, SPIN_IMPORTS_MAX);
	strcpy(manifest->imports[manifest->nr_imports++], name);
	return 0;
}

static int check_abi(struct spin *spin, const struct section *sec,
		     const struct btf_var_secinfo *vsi, const char *name)
{
	__u32 abi = 0;

	if (vsi->size == sizeof(abi))
		memcpy(&abi, sec->data + vsi->offset, sizeof(abi));
	if (abi == SPIN_ABI_VERSION)
		return 0;
	return spin_fail(spin, -EPROTO,
			 "%s: interface %s was compiled for ABI %u, this program has ABI %u: compile the extension against its headers",
			 sec->title, name, abi, SPIN_ABI_VERSION);
}

static int add_want(struct spin *spin, const struct section *sec,
		    const struct btf_var_secinfo *vsi, const char *name,
		    enum spin_cap_kind kind, struct spin_manifest *manifest)
{
	struct spin_want *want;

	if (strlen(name) >= SPIN_NAME_LEN || vsi->size != sizeof(__u32))
		return spin_fail(spin, -EINVAL,
				 "%s: '%s' is not what SPIN_CAPABILITY() makes, or its name has more than %d characters",
				 sec->title, name, SPIN_NAME_LEN - 1);
	if (manifest->nr_wants == SPIN_CAPS_MAX)
		return spin_fail(spin, -E2BIG,
				 "%s: an extension may have %d capabilities, this one has more",
				 sec->title, SPIN_CAPS_MAX);
	want = &manifest->wants[manifest->nr_wants++];
	strcpy(want->name, name);
	want->kind = kind;
	want->optional = spin_btf_has_tag(sec->btf, vsi->type, OPTIONAL_TAG);
	want->late = spin_btf_has_tag(sec->btf, vsi->type, LATE_TAG);
	want->offset = vsi->offset;
	return 0;
}

static bool has_prefix(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

static int add_procedure(struct spin *spin, const struct section *sec,
			 const struct btf_var_secinfo *vsi, __u32 type,
			 bool exports, struct spin_manifest *manifest)
{
	struct spin_declaration *decl;

	if (manifest->nr_procs == SPIN_PROCEDURES_MAX)
		return spin_fail(spin, -E2BIG,
				 "%s: an extension may import and export %d procedures, this one has more",
				 sec->title, SPIN_PROCEDURES_MAX);
	decl = &manifest->procs[manifest->nr_procs++];
	decl->exports = exports;
	decl->offset = vsi->offset;
	return spin_procedure_read(spin, sec->title, sec->btf, type,
				   sec->data + vsi->offset, vsi->size, decl);
}

static int read_variable(struct spin *spin, const struct section *sec,
			 const struct btf_var_secinfo *vsi,
			 struct spin_manifest *manifest)
{
	const struct btf_type *var = btf__type_by_id(sec->btf, vsi->type);
	enum spin_cap_kind kind;
	const char *name;
	int err;

	if (!var || !btf_is_var(var) || vsi->offset > sec->size ||
	    vsi->size > sec->size - vsi->offset)
		return spin_fail(spin, -ENOEXEC,
				 "%s: section " SPIN_MANIFEST_SECTION " is damaged: compile it again",
				 sec->title);
	name = btf__name_by_offset(sec->btf, var->name_off);
	if (!strcmp(name, NAME_VARIABLE))
		return read_name(spin, sec, vsi, manifest);
	if (!strncmp(name, IMPORT_PREFIX, strlen(IMPORT_PREFIX))) {
		name += strlen(IMPORT_PREFIX);
		err = check_abi(spin, sec, vsi, name);
		return err ? err : add_import(spin, sec, name, manifest);
	}
	if (has_prefix(name, CALLS_PREFIX) || has_prefix(name, EXPORTS_PREFIX))
		return add_procedure(spin, sec, vsi, var->type,
				     has_prefix(name, EXPORTS_PREFIX), manifest);
	kind = spin_manifest_cap_kind(sec->btf, var->type);
	if (kind != SPIN_CAP_NONE)
		return add_want(spin, sec, vsi, name, kind, manifest);
	return spin_fail(spin, -EINVAL,
			 "%s: variable '%s' in " SPIN_MANIFEST_SECTION " is of no type this libspin knows: an extension for a newer one?",
			 sec->title, name);
}

/*
 * Variables of the kernel are nothing to an extension. The kernel refuses to
 * let one be read; but of one without a type it sees only a number, the
 * address, which libbpf would fill in.
 */
static int refuse_kernel_variables(struct spin *spin, const struct btf *btf,
				   const char *title)
{
	const struct btf_var_secinfo *vsi;
	const struct btf_type *t;
	const char *name;
	int id, i;

	id = btf__find_by_name_kind(btf, KSYMS_SECTION, BTF_KIND_DATASEC);
	if (id < 0)
		return 0;
	t = btf__type_by_id(btf, id);
	vsi = btf_var_secinfos(t);
	for (i = 0; i < btf_vlen(t); i++) {
		t = btf__type_by_id(btf, vsi[i].type);
		name = t ? btf__name_by_offset(btf, t->name_off) : "";
		if (t && btf_is_var(t) && strcmp(name, KSYMS_FUNCTION))
			return spin_fail(spin, -EACCES,
					 "%s names the kernel variable '%s' (__ksym): extensions see nothing but what they are handed",
					 title, name);
		t = btf__type_by_id(btf, id);
	}
	return 0;
}

/**
 * spin_manifest_read - find out what an extension says of itself
 * @spin: the handle
 * @obj: the extension, opened by libbpf
 * @title: what to call it in sentences, till its name is known
 * @manifest: filled in
 *
 * Return: 0, or a negative errno and a sentence.
 */
int spin_manifest_read(struct spin *spin, struct bpf_object *obj,
		       const char *title, struct spin_manifest *manifest)
{
	struct section sec = { .btf = bpf_object__btf(obj), .title = title };
	const struct btf_var_secinfo *vsi;
	const struct btf_type *t;
	int id, i, err;

	memset(manifest, 0, sizeof(*manifest));
	manifest->map = bpf_object__find_map_by_name(obj, SPIN_MANIFEST_SECTION);
	if (manifest->map)
		sec.data = bpf_map__initial_value(manifest->map, &sec.size);
	id = sec.btf ? btf__find_by_name_kind(sec.btf, SPIN_MANIFEST_SECTION,
					      BTF_KIND_DATASEC) : -ENOENT;
	if (id < 0 || !sec.data)
		return spin_fail(spin, -ENOEXEC,
				 "%s has no type information on section " SPIN_MANIFEST_SECTION ": compile it with -g",
				 title);
	t = btf__type_by_id(sec.btf, id);
	vsi = btf_var_secinfos(t);
	for (i = 0; i < btf_vlen(t); i++) {
		err = read_variable(spin, &sec, &vsi[i], manifest);
		if (err)
			return err;
	}
	if (!manifest->name[0])
		return spin_fail(spin, -ENOEXEC,
				 "%s does not name itself with SPIN_EXTENSION()",
				 title);
	return refuse_kernel_variables(spin, sec.btf, title);
}

/** spin_manifest_want - a capability by its name, or NULL */
struct spin_want *spin_manifest_want(struct spin_manifest *manifest,
				     const char *name)
{
	unsigned int i;

	for (i = 0; i < manifest->nr_wants; i++)
		if (!strcmp(manifest->wants[i].name, name))
			return &manifest->wants[i];
	return NULL;
}

/**
 * spin_manifest_lacks - the interface that a capability's functions are of
 * @manifest: of the extension
 * @want: the capability
 *
 * Returns: its name, if the extension does not import it, so that it can call none
 * of them; else NULL.
 */
const char *spin_manifest_lacks(const struct spin_manifest *manifest,
				const struct spin_want *want)
{
	const char *interface = spin_kind_of(want->kind)->name;
	unsigned int i;

	if (want->kind == SPIN_CAP_INTERFACE)
		return NULL;	/* it has no functions */
	for (i = 0; i < manifest->nr_imports; i++)
		if (!strcmp(manifest->imports[i], interface))
			return NULL;
	return interface;
}
