// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Loading an extension. First the file, what it says of itself, grants and
 * settings are checked without the kernel. Then an extension is created in
 * the kernel, and everything belongs to its descriptor: if a step fails,
 * closing that takes all of it away again. The last step, the commit, makes
 * the extension the kernel's, and everything here is closed.
 *
 * An upgrade goes the same way: the extension is created as the next version of
 * a loaded one, whose place it takes at the commit.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/bpf.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "internal.h"

/*
 * Room for the verifier's log of one program. Pages of it that are not written
 * take no memory. If a log is longer, the kernel keeps its end.
 */
#define LOG_SIZE	(4UL << 20)

struct load {
	struct spin *spin;
	const struct spin_load_opts *opts;
	struct spin_image image;
	struct bpf_object *obj;
	struct spin_manifest manifest;
	struct spin_grant *grants;
	int ext_fd;
	unsigned int bindings;		/* templates that make one at the load */
	unsigned int slots;		/* templates that do not */
	unsigned int inherited;
	unsigned int unbound;
	struct spin_list unbound_names;
	struct bpf_link **links;	/* of all templates */
	char **logs;			/* of the programs, in their order */
	unsigned int nr_logs;
	struct spin_log log;
	struct spin_pulled pulled;	/* loaded for the sake of this one */
	struct load *outer;	/* for whose sake it is loaded, or NULL */
};

#define NESTING_MAX 8	/* extensions loaded for the sake of others */

/* The innermost load of this thread. */
static __thread struct load *under_way;

static const char *name(const struct load *load)
{
	return load->manifest.name;
}

/* Is the extension being loaded by this thread, or enough are? */
bool spin_load_under_way(const char *ext)
{
	const struct load *load;
	unsigned int depth = 0;

	for (load = under_way; load; load = load->outer)
		if (++depth == NESTING_MAX || !strcmp(name(load), ext))
			return true;
	return false;
}

static int no_memory(struct load *load)
{
	return spin_fail(load->spin, -ENOMEM, "no memory");
}

static int open_object(struct load *load)
{
	DECLARE_LIBBPF_OPTS(bpf_object_open_opts, opts,
			    .object_name = load->image.title);
	char why[512];
	int err;

	load->obj = bpf_object__open_mem(load->image.data, load->image.size,
					 &opts);
	if (load->obj)
		return 0;
	err = -errno;
	if (!spin_log_last(&load->log, why, sizeof(why)))
		snprintf(why, sizeof(why), "%s", spin_strerror(err));
	return spin_fail(load->spin, err ? err : -ENOEXEC,
			 "libbpf cannot read %s: %s", load->image.title, why);
}

static int check_program(struct load *load, const struct bpf_program *prog)
{
	if (bpf_program__type(prog) == BPF_PROG_TYPE_STRUCT_OPS)
		return 0;
	return spin_fail(load->spin, -EINVAL,
			 "%s: program '%s' (section %s) is neither a guard nor a handler: define it with SPIN_GUARD() or SPIN_HANDLER()",
			 name(load), bpf_program__name(prog),
			 bpf_program__section_name(prog));
}

static bool is_upgrade(const struct load *load)
{
	return load->opts->flags & SPIN_LOAD_UPGRADE;
}

static int check_map(struct load *load, const struct bpf_map *map)
{
	bool has_slot;
	int err;

	/* libbpf would make the pin before the module could say no. */
	if (bpf_map__pin_path(map))
		return spin_fail(load->spin, -EINVAL,
				 "%s: map '%s' asks to be pinned (LIBBPF_PIN_BY_NAME), so that it would stay when the extension goes: leave __uint(pinning, …) away",
				 name(load), bpf_map__name(map));
	if (bpf_map__type(map) != BPF_MAP_TYPE_STRUCT_OPS)
		return 0;
	if (!(bpf_map__map_flags(map) & BPF_F_LINK))
		return spin_fail(load->spin, -EINVAL,
				 "%s: binding '%s' is not in section .struct_ops.link: define it with SPIN_BIND()",
				 name(load), bpf_map__name(map));
	err = spin_template_check(load->spin, name(load),
				  bpf_object__btf(load->obj), map, &has_slot);
	if (err)
		return err;
	if (has_slot)
		load->slots++;
	else
		load->bindings++;
	return 0;
}

static int check_object(struct load *load)
{
	struct bpf_program *prog;
	struct bpf_map *map;
	int err;

	bpf_object__for_each_program(prog, load->obj) {
		err = check_program(load, prog);
		if (err)
			return err;
	}
	bpf_object__for_each_map(map, load->obj) {
		err = check_map(load, map);
		if (err)
			return err;
	}
	if (!load->bindings && !load->slots)
		return spin_fail(load->spin, -EINVAL,
				 "%s handles no event: it has no SPIN_BIND()",
				 name(load));
	err = spin_uses_check(load->spin, name(load), load->obj);
	if (err)
		return err;
	load->links = calloc(load->bindings + load->slots,
			     sizeof(*load->links));
	return load->links ? 0 : no_memory(load);
}

static int parse_options(struct load *load)
{
	const struct spin_load_opts *opts = load->opts;
	size_t i;
	int err;

	load->grants = calloc(opts->nr_grants + 1, sizeof(*load->grants));
	if (!load->grants)
		return no_memory(load);
	for (i = 0; i < opts->nr_grants; i++) {
		err = spin_grant_parse(load->spin, &load->manifest,
				       opts->grants[i], &load->grants[i]);
		if (err)
			return err;
	}
	for (i = 0; i < opts->nr_rights; i++) {
		err = spin_grant_rights(load->spin, &load->manifest,
					opts->rights[i], load->grants,
					opts->nr_grants);
		if (err)
			return err;
	}
	for (i = 0; i < opts->nr_settings; i++) {
		err = spin_setting_apply(load->spin, load->obj, name(load),
					 opts->settings[i]);
		if (err)
			return err;
	}
	/* An upgrade takes over what is not granted, if there is such a thing. */
	return is_upgrade(load) ? 0 :
	       spin_grant_missing(load->spin, &load->manifest);
}

/* All that needs no kernel. */
static int prepare(struct load *load, const char *path)
{
	int err;

	err = spin_image_read(load->spin, path, &load->image);
	if (err)
		return err;
	err = open_object(load);
	if (err)
		return err;
	err = spin_manifest_read(load->spin, load->obj, load->image.title,
				 &load->manifest);
	if (err)
		return err;
	err = check_object(load);
	return err ? err : parse_options(load);
}

/* Why there is nothing to upgrade. */
static int nothing_to_replace(struct load *load)
{
	struct spin_ioc_ext_next ext;
	struct spin_list loaded = {};

	memset(&ext, 0, sizeof(ext));
	while (spin_ext_next(load->spin, &ext) > 0)
		if (ext.state == SPIN_EXT_LOADED)
			spin_list_add(&loaded, ext.name);
	spin_fail(load->spin, -ENOENT,
		  "no extension '%s' is loaded that this could be the next version of (loaded: %s)",
		  name(load), spin_list_text(&loaded));
	spin_fail_hint(load->spin, "spinctl load loads the first one");
	return -ENOENT;
}

static int name_taken(struct load *load)
{
	/* By something else? */
	if (!is_upgrade(load) && spin_verdict_device(load->spin, -EEXIST))
		return -EEXIST;
	spin_fail(load->spin, -EEXIST,
		  is_upgrade(load) ?
		  "another upgrade of '%s' is being loaded: try again when it is done" :
		  "an extension '%s' is loaded already (or being loaded)",
		  name(load));
	if (!is_upgrade(load))
		spin_fail_hint(load->spin,
			       "spinctl ext upgrade replaces it by this file without losing an event; spinctl unload %s takes it away",
			       name(load));
	return -EEXIST;
}

static __u32 create_flags(const struct load *load)
{
	if (!is_upgrade(load))
		return 0;
	return load->opts->flags & SPIN_LOAD_BREAK_CALLERS ?
	       SPIN_EXT_REPLACE | SPIN_EXT_BREAK_CALLERS : SPIN_EXT_REPLACE;
}

static int create(struct load *load)
{
	struct spin_ioc_ext_create arg = {
		.flags = create_flags(load),
	};
	int fd, err;

	fd = spin_device(load->spin);
	if (fd < 0)
		return fd;
	strcpy(arg.name, name(load));
	load->ext_fd = ioctl(fd, SPIN_IOC_EXT_CREATE, &arg);
	if (load->ext_fd >= 0)
		return 0;
	err = -errno;
	switch (err) {
	case -EEXIST:
		return name_taken(load);
	case -ENOENT:
		return nothing_to_replace(load);
	case -EBUSY:
		return spin_fail(load->spin, err,
				 "%s is being loaded, replaced or unloaded by somebody else: try again when that is done",
				 name(load));
	case -EPERM:
		return spin_fail(load->spin, err,
				 "loading an extension takes CAP_BPF and CAP_PERFMON: run as root");
	case -EINVAL:
		return spin_fail(load->spin, err,
				 "'%s' cannot be an extension's name: letters, digits, '-', '_' and '.' make one",
				 name(load));
	default:
		return spin_fail(load->spin, err,
				 "%s: cannot create the extension: %s",
				 name(load), spin_strerror(err));
	}
}

static int no_interface(struct load *load, const char *interface)
{
	struct spin_ioc_domain_next domain = {};
	struct spin_nearest nearest;

	spin_nearest_start(&nearest, interface);
	while (spin_domain_next(load->spin, &domain) > 0)
		spin_nearest_try(&nearest, domain.name);
	return spin_fail(load->spin, -ENOENT,
			 "%s imports %s, and there is no interface of that name here%s%s",
			 name(load), interface, nearest.found[0] ?
			 ": there is " : "", nearest.found);
}

static int import_one(struct load *load, const char *interface)
{
	struct spin_ioc_ext_import arg = {};
	char doing[128];
	int err;

	strcpy(arg.name, interface);
	if (!ioctl(load->ext_fd, SPIN_IOC_EXT_IMPORT, &arg))
		return 0;
	err = -errno;
	if (err == -ENOENT)
		return no_interface(load, interface);
	snprintf(doing, sizeof(doing), "the import of %s", interface);
	return spin_verdict(load->spin, load->ext_fd, name(load), err, doing);
}

static int import(struct load *load)
{
	unsigned int i;
	int err;

	for (i = 0; i < load->manifest.nr_imports; i++) {
		err = import_one(load, load->manifest.imports[i]);
		if (err)
			return err;
	}
	return 0;
}

/* Tell the programs the slot that a capability, or a procedure, is in. */
static void set_slot_at(struct load *load, __u32 offset, __u32 slot)
{
	size_t size;
	char *data = bpf_map__initial_value(load->manifest.map, &size);

	memcpy(data + offset, &slot, sizeof(slot));
}

static void set_slot(struct load *load, const struct spin_want *want, __u32 slot)
{
	set_slot_at(load, want->offset, slot);
}

static int declare_one(struct load *load, struct spin_declaration *decl)
{
	char text[2 * SPIN_NAME_LEN + 2];
	int slot;

	slot = spin_procedure_declare(load->spin, load->ext_fd, name(load),
				      decl);
	if (slot < 0)
		return slot;
	set_slot_at(load, decl->offset, slot);
	if (decl->arg.status == SPIN_LINK_BOUND)
		return 0;
	snprintf(text, sizeof(text), "%s.%s", decl->arg.interface,
		 decl->arg.procedure);
	spin_list_add(&load->unbound_names, text);
	load->unbound++;
	return 0;
}

static int declare(struct load *load)
{
	unsigned int i;
	int err;

	for (i = 0; i < load->manifest.nr_procs; i++) {
		err = declare_one(load, &load->manifest.procs[i]);
		if (err)
			return err;
	}
	return 0;
}

/* What imports may take is there before them, all else after. */
static bool is_for_imports(const struct spin_want *want)
{
	return want->kind == SPIN_CAP_INTERFACE;
}

static int grant(struct load *load, bool for_imports)
{
	const struct spin_grant *grant;
	size_t i;
	int slot;

	for (i = 0; i < load->opts->nr_grants; i++) {
		grant = &load->grants[i];
		if (is_for_imports(grant->want) != for_imports)
			continue;
		slot = spin_grant_give(load->spin, load->ext_fd, name(load),
				       grant);
		if (slot < 0)
			return slot;
		set_slot(load, grant->want, slot);
	}
	return 0;
}

/* Take over what the loaded version holds and no grant has replaced. */
static int inherit(struct load *load, bool for_imports)
{
	struct spin_want *want;
	unsigned int i;
	int slot;

	for (i = 0; is_upgrade(load) && i < load->manifest.nr_wants; i++) {
		want = &load->manifest.wants[i];
		if (want->granted || is_for_imports(want) != for_imports)
			continue;
		slot = spin_grant_inherit(load->spin, load->ext_fd,
					  &load->manifest, want);
		if (slot < 0)
			return slot;
		if (!slot)
			continue;	/* optional, and it has none */
		set_slot(load, want, slot);
		want->granted = true;
		load->inherited++;
	}
	return 0;
}

/* Slots for what will be granted later, and is not there yet. */
static int reserve(struct load *load)
{
	struct spin_want *want;
	unsigned int i;
	int slot;

	for (i = 0; i < load->manifest.nr_wants; i++) {
		want = &load->manifest.wants[i];
		if (!want->late || want->granted)
			continue;
		slot = spin_grant_reserve(load->spin, load->ext_fd, name(load),
					  want);
		if (slot < 0)
			return slot;
		set_slot(load, want, slot);
	}
	return 0;
}

static int take_capabilities(struct load *load, bool for_imports)
{
	int err = inherit(load, for_imports);

	return err ? err : grant(load, for_imports);
}

static int enter(struct load *load)
{
	int err;

	if (!ioctl(load->ext_fd, SPIN_IOC_EXT_ENTER))
		return 0;
	err = -errno;
	return spin_verdict(load->spin, load->ext_fd, name(load), err,
			    "to let this thread in");
}

/* A log for each program, so that it is known which one a log is of. */
static int set_logs(struct load *load)
{
	struct bpf_program *prog;
	unsigned int n = 0;

	bpf_object__for_each_program(prog, load->obj)
		n++;
	load->logs = calloc(n + 1, sizeof(*load->logs));
	if (!load->logs)
		return no_memory(load);
	bpf_object__for_each_program(prog, load->obj) {
		char *log = malloc(LOG_SIZE);

		if (!log)
			return no_memory(load);
		log[0] = '\0';
		load->logs[load->nr_logs++] = log;
		if (bpf_program__set_log_buf(prog, log, LOG_SIZE))
			return no_memory(load);
	}
	return 0;
}

/* The program the verifier refused: the one it has written a log of. */
static const struct bpf_program *refused_program(struct load *load,
						 const char **log)
{
	struct bpf_program *prog;
	unsigned int i = 0;

	bpf_object__for_each_program(prog, load->obj) {
		*log = load->logs[i++];
		if (**log)
			return prog;
	}
	return NULL;
}

static int load_programs(struct load *load)
{
	const struct spin_refusal refusal = {
		.spin = load->spin, .ext = name(load), .obj = load->obj,
		.ext_fd = load->ext_fd, .log = &load->log,
		.debug = load->opts->debug,
	};
	const struct bpf_program *prog;
	const char *log;
	int err;

	err = set_logs(load);
	if (err)
		return err;
	spin_log_clear(&load->log);
	err = bpf_object__load(load->obj);
	if (!err)
		return 0;
	prog = refused_program(load, &log);
	return prog ? spin_refusal_verifier(&refusal, prog, log, err) :
		      spin_refusal_libbpf(&refusal, err);
}

/* Some of the module's sentences are about any template: say which it is. */
static int name_binding(struct load *load, const char *binding, int err)
{
	char why[SPIN_SENTENCE_LEN], quoted[SPIN_NAME_LEN + 2];
	char source[sizeof(load->spin->source)], hint[sizeof(load->spin->hint)];
	size_t len = strlen(name(load)) + 2;	/* "NAME: " */

	snprintf(quoted, sizeof(quoted), "'%.*s'", SPIN_NAME_LEN - 1, binding);
	snprintf(why, sizeof(why), "%s", load->spin->error);
	if (strlen(why) < len || strstr(why, quoted))
		return err;
	/* what else was said of it stays */
	snprintf(source, sizeof(source), "%s", load->spin->source);
	snprintf(hint, sizeof(hint), "%s", load->spin->hint);
	spin_fail(load->spin, err, "%s: binding %s: %s", name(load), quoted,
		  why + len);
	if (*source)
		spin_fail_source(load->spin, "%s", source);
	if (*hint)
		spin_fail_hint(load->spin, "%s", hint);
	return err;
}

static int attach_one(struct load *load, struct bpf_map *map,
		      struct bpf_link **link)
{
	char doing[192];
	int err;

	*link = bpf_map__attach_struct_ops(map);
	if (*link)
		return 0;
	err = -errno;
	snprintf(doing, sizeof(doing), "binding '%s'", bpf_map__name(map));
	err = spin_verdict(load->spin, load->ext_fd, name(load), err, doing);
	return name_binding(load, bpf_map__name(map), err);
}

static int attach(struct load *load)
{
	struct bpf_link **link = load->links;
	struct bpf_map *map;
	int err;

	bpf_object__for_each_map(map, load->obj) {
		if (bpf_map__type(map) != BPF_MAP_TYPE_STRUCT_OPS)
			continue;
		err = attach_one(load, map, link++);
		if (err)
			return err;
	}
	return 0;
}

static int commit(struct load *load)
{
	int err;

	if (!ioctl(load->ext_fd, SPIN_IOC_EXT_COMMIT))
		return 0;
	err = -errno;
	return spin_verdict(load->spin, load->ext_fd, name(load), err,
			    "the commit");
}

/* The steps in the thread that has entered the extension. */
static int load_entered(struct load *load)
{
	int err, left;

	err = enter(load);
	if (err)
		return err;
	err = load_programs(load);
	if (!err)
		err = attach(load);
	left = ioctl(load->ext_fd, SPIN_IOC_EXT_LEAVE) ? -errno : 0;
	if (!err && left)
		err = spin_fail(load->spin, left,
				"%s: cannot leave the extension: %s",
				name(load), spin_strerror(left));
	return err;
}

/*
 * Load the installed extensions that export what this one calls and nobody
 * exports yet. If one cannot be loaded, because it needs a grant perhaps, its
 * procedures are bound when somebody loads it.
 */
static void demand(struct load *load)
{
	const struct spin_declaration *decl;
	struct spin_ioc_name_lookup found;
	unsigned int i;

	for (i = 0; i < load->manifest.nr_procs; i++) {
		decl = &load->manifest.procs[i];
		if (!decl->exports &&
		    spin_name_lookup(load->spin, decl->arg.interface, false,
				     &found) == -ENOENT &&
		    spin_name_demand(load->spin, decl->arg.interface) < 0)
			spin_log_put(&load->log, spin_error(load->spin));
	}
	spin_fail_clear(load->spin);
}

/* Before anything is imported, or made. */
static int confine(struct load *load)
{
	const struct spin_load_opts *opts = load->opts;
	size_t i;
	int err = 0;

	if (opts->domain)
		err = spin_domain_confine(load->spin, load->ext_fd, name(load),
					  opts->domain);
	for (i = 0; !err && i < opts->nr_limits; i++)
		err = spin_domain_limit_load(load->spin, load->ext_fd,
					     name(load), opts->limits[i]);
	return err;
}

static int load_into_kernel(struct load *load)
{
	int err;

	demand(load);
	err = create(load);
	if (!err)
		err = confine(load);
	if (!err)
		err = take_capabilities(load, true);
	if (!err)
		err = import(load);
	if (!err)
		err = declare(load);
	if (!err)
		err = take_capabilities(load, false);
	if (!err)
		err = reserve(load);
	if (!err)
		err = load_entered(load);
	if (!err)
		err = commit(load);
	return err;
}

/*
 * After a commit the kernel holds what it needs; before it, closing the
 * extension's descriptor undoes everything. The bindings' links and programs
 * go first, so that nothing of them is left once the descriptor is closed.
 */
static void clean_up(struct load *load)
{
	unsigned int i;

	for (i = 0; load->links && i < load->bindings + load->slots; i++)
		bpf_link__destroy(load->links[i]);
	bpf_object__close(load->obj);
	if (load->ext_fd >= 0)
		close(load->ext_fd);
	for (i = 0; i < load->nr_logs; i++)
		free(load->logs[i]);
	free(load->logs);
	free(load->links);
	free(load->grants);
	spin_image_free(&load->image);
}

/* As many of the names as there is room for, none of them cut. */
static void copy_names(char *to, size_t size, const struct spin_list *list)
{
	size_t len = strlen(list->text);
	char *comma;

	if (len < size) {
		memcpy(to, list->text, len + 1);
		return;
	}
	memcpy(to, list->text, size);
	to[size - 1] = '\0';
	comma = strrchr(to, ',');
	if (comma)
		*comma = '\0';
}

/* Capabilities that may be granted from now on, and that no function here can use. */
static void tell_wants(const struct load *load, struct spin_loaded *loaded)
{
	struct spin_list late = {}, unused = {};
	const struct spin_want *want;
	char text[3 * SPIN_NAME_LEN];
	const char *interface;
	unsigned int i;

	for (i = 0; i < load->manifest.nr_wants; i++) {
		want = &load->manifest.wants[i];
		if (want->late && !want->granted)
			spin_list_add(&late, want->name);
		interface = spin_manifest_lacks(&load->manifest, want);
		if (!interface)
			continue;
		snprintf(text, sizeof(text), "%s (%s)", want->name, interface);
		spin_list_add(&unused, text);
	}
	loaded->late = late.count;
	copy_names(loaded->late_names, sizeof(loaded->late_names),
		   &late);
	loaded->unimported = unused.count;
	copy_names(loaded->unimported_names, sizeof(loaded->unimported_names),
		   &unused);
}

static void tell(const struct load *load, struct spin_loaded *loaded)
{
	struct spin_list pulled = {};
	unsigned int i;

	memset(loaded, 0, sizeof(*loaded));
	memcpy(loaded->name, name(load), SPIN_NAME_LEN);
	loaded->bindings = load->bindings;
	loaded->templates = load->slots;
	loaded->caps = load->opts->nr_grants + load->inherited;
	loaded->inherited = load->inherited;
	loaded->unbound = load->unbound;
	copy_names(loaded->unbound_names, sizeof(loaded->unbound_names),
		   &load->unbound_names);
	for (i = 0; i < load->pulled.count; i++)
		spin_list_add(&pulled, load->pulled.name[i]);
	loaded->demanded = pulled.count;
	copy_names(loaded->demanded_names, sizeof(loaded->demanded_names),
		   &pulled);
	tell_wants(load, loaded);
}

/* What most of the memory would be for. */
static void name_largest_map(struct load *load)
{
	const char *largest = NULL;
	__u64 size, most = 0;
	struct bpf_map *map;

	if (!strstr(load->spin->error, "kernel memory"))
		return;
	bpf_object__for_each_map(map, load->obj) {
		size = (__u64)bpf_map__max_entries(map) *
		       (bpf_map__key_size(map) + bpf_map__value_size(map));
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS ||
		    size <= most)
			continue;
		most = size;
		largest = bpf_map__name(map);
	}
	if (largest)
		spin_fail_hint(load->spin,
			       "its largest map, '%s', has keys and values of %llu bytes",
			       largest, (unsigned long long)most);
}

/*
 * If the handle is that of a load under way, this one is loaded for the sake of
 * that, and so is what it pulled in itself.
 */
static void hand_on(struct load *load)
{
	spin_pulled_hand_on(&load->pulled, &load->outer->pulled);
	spin_pulled_add(&load->outer->pulled, name(load));
}

int spin_ext_load(struct spin *spin, const char *path,
		  const struct spin_load_opts *opts, struct spin_loaded *loaded)
{
	static const struct spin_load_opts defaults = {
		.size = sizeof(defaults),
	};
	struct load load = {
		.spin = spin,
		.opts = opts ? opts : &defaults,
		.ext_fd = -1,
	};
	int err;

	spin_fail_clear(spin);
	if (load.opts->size != sizeof(*opts))
		return spin_fail(spin, -EINVAL,
				 "the program was compiled for another libspin");
	if (load.opts->flags & ~(SPIN_LOAD_UPGRADE | SPIN_LOAD_BREAK_CALLERS) ||
	    load.opts->flags == SPIN_LOAD_BREAK_CALLERS)
		return spin_fail(spin, -EINVAL,
				 "the program asks for what this libspin cannot do: it needs a newer one");
	load.log.debug = load.opts->debug;
	load.log.out = load.opts->log;
	load.log.out_arg = load.opts->log_arg;

	spin_log_start(&load.log);
	load.outer = under_way;
	under_way = &load;
	err = prepare(&load, path);
	if (!err)
		err = load_into_kernel(&load);
	under_way = load.outer;
	if (!err && loaded)
		tell(&load, loaded);
	if (err == -EDQUOT)
		name_largest_map(&load);
	clean_up(&load);
	spin_log_stop(&load.log);
	spin_log_free(&load.log);
	if (err)
		spin_pulled_undo(spin, &load.pulled);
	else if (load.outer && load.outer->spin == spin)
		hand_on(&load);
	return err;
}
