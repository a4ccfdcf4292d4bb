/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's side of loading an extension, step by step, without libspin: what
 * a loader with intentions of its own can do.
 */
#ifndef _SPIN_TESTS_RAW_H
#define _SPIN_TESTS_RAW_H

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/spin.h>
#include <linux/spin_ext.h>

#include "tap.h"

/* The number of a request for a block of another size than this header's. */
#define RESIZED(NUMBER, SIZE)						\
	_IOC(_IOC_DIR(NUMBER), _IOC_TYPE(NUMBER), _IOC_NR(NUMBER), SIZE)

static inline int spin_device(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/dev/spin", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		give_up("/dev/spin");
	return fd;
}

static inline int ext_create(const char *name)
{
	struct spin_ioc_ext_create create = {};

	snprintf(create.name, sizeof(create.name), "%s", name);
	return result(ioctl(spin_device(), SPIN_IOC_EXT_CREATE, &create));
}

static inline int ext_unload(const char *name, int timeout_ms)
{
	struct spin_ioc_ext_unload unload = {
		.timeout_ms = timeout_ms,
	};

	snprintf(unload.name, sizeof(unload.name), "%s", name);
	return result(ioctl(spin_device(), SPIN_IOC_EXT_UNLOAD, &unload));
}

/* The next version of a loaded extension. */
static inline int ext_replace(const char *name)
{
	struct spin_ioc_ext_create create = {
		.flags = SPIN_EXT_REPLACE,
	};

	snprintf(create.name, sizeof(create.name), "%s", name);
	return result(ioctl(spin_device(), SPIN_IOC_EXT_CREATE, &create));
}

static inline int ext_inherit(int ext, const char *name)
{
	struct spin_ioc_ext_inherit inherit = {};

	snprintf(inherit.name, sizeof(inherit.name), "%s", name);
	return result(ioctl(ext, SPIN_IOC_EXT_INHERIT, &inherit));
}

static inline int ext_import(int ext, const char *name)
{
	struct spin_ioc_ext_import import = {};

	snprintf(import.name, sizeof(import.name), "%s", name);
	return result(ioctl(ext, SPIN_IOC_EXT_IMPORT, &import));
}

static inline int ext_enter(int ext)
{
	return result(ioctl(ext, SPIN_IOC_EXT_ENTER));
}

static inline int ext_leave(int ext)
{
	return result(ioctl(ext, SPIN_IOC_EXT_LEAVE));
}

static inline int ext_commit(int ext)
{
	return result(ioctl(ext, SPIN_IOC_EXT_COMMIT));
}

static inline const char *ext_verdict(int ext)
{
	static struct spin_ioc_verdict verdict;

	memset(&verdict, 0, sizeof(verdict));
	if (ioctl(ext, SPIN_IOC_VERDICT, &verdict))
		return "(no verdict)";
	return verdict.text;
}

/* How many extensions there are, in any state. */
static inline int ext_count(void)
{
	struct spin_ioc_ext_next next = {};
	int n = 0;

	while (!ioctl(spin_device(), SPIN_IOC_EXT_NEXT, &next))
		n++;
	return n;
}

static inline int binding_find(const char *ext, const char *name,
			       struct spin_ioc_binding_next *binding)
{
	memset(binding, 0, sizeof(*binding));
	while (!ioctl(spin_device(), SPIN_IOC_BINDING_NEXT, binding))
		if ((!ext || !strcmp(binding->ext, ext)) &&
		    (!name || !strcmp(binding->name, name)))
			return 0;
	return -ENOENT;
}

static inline struct spin_ioc_binding_install
install_block(const char *ext, const char *name)
{
	struct spin_ioc_binding_install install = {};

	snprintf(install.ext, sizeof(install.ext), "%s", ext);
	snprintf(install.template_name, sizeof(install.template_name), "%s",
		 name);
	return install;
}

static inline int binding_install(struct spin_ioc_binding_install *install)
{
	return result(ioctl(spin_device(), SPIN_IOC_BINDING_INSTALL, install));
}

static inline int binding_remove(__u64 id, __u32 count)
{
	struct spin_ioc_binding_remove remove = {
		.count = count, .id = id,
	};

	return result(ioctl(spin_device(), SPIN_IOC_BINDING_REMOVE, &remove));
}

static inline int binding_enable(__u64 id, __u32 active)
{
	struct spin_ioc_binding_enable enable = {
		.active = active, .id = id,
	};

	return result(ioctl(spin_device(), SPIN_IOC_BINDING_ENABLE, &enable));
}

/* Why the last request on /dev/spin was refused. */
static inline const char *device_verdict(void)
{
	static struct spin_ioc_verdict verdict;

	memset(&verdict, 0, sizeof(verdict));
	if (ioctl(spin_device(), SPIN_IOC_VERDICT, &verdict))
		return "(no verdict)";
	return verdict.text;
}

static inline int count_objects(int (*next)(__u32, __u32 *))
{
	__u32 id = 0;
	int n = 0;

	while (!next(id, &id))
		n++;
	return n;
}

struct census {
	int progs, maps, links, exts, refs;
};

/* References to the module, other than by this program's own /dev/spin. */
static inline int module_refs(void)
{
	FILE *file = fopen("/sys/module/spin/refcnt", "r");
	int refs = -1;

	if (file) {
		if (fscanf(file, "%d", &refs) != 1)
			refs = -1;
		fclose(file);
	}
	return refs;
}

static inline struct census census(void)
{
	return (struct census) {
		count_objects(bpf_prog_get_next_id),
		count_objects(bpf_map_get_next_id),
		count_objects(bpf_link_get_next_id),
		ext_count(),
		module_refs(),
	};
}

static inline bool census_same(struct census *was)
{
	struct census is = census();

	return !memcmp(was, &is, sizeof(is));
}

/* What is freed is freed some grace periods later. */
static inline bool nothing_left(const char *name, struct census *was)
{
	char before[128];
	struct census is;

	if (wait_for(census_same(was), 20)) {
		ok(name);
		return true;
	}
	is = census();
	snprintf(before, sizeof(before),
		 "%d programs, %d maps, %d links, %d extensions, %d module references",
		 was->progs, was->maps, was->links, was->exts, was->refs);
	return check(name, false, before,
		     "%d programs, %d maps, %d links, %d extensions, %d module references",
		     is.progs, is.maps, is.links, is.exts, is.refs);
}

/* A file of the tests, on a disk file system. */
static inline const char *data_path(const char *name)
{
	static char path[512];
	const char *folder = getenv("DATA");

	if (!folder)
		give_up("DATA is not set: run by tests/run/run");
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* Where the test objects are: this program's is in tests/bin. */
static inline const char *object_path(const char *name)
{
	static char path[4][512];
	static int at;
	char *to = path[at++ % 4];
	const char *folder = getenv("SPIN_TEST_OBJECTS");

	if (!folder)
		give_up("SPIN_TEST_OBJECTS is not set: run by tests/run/run");
	snprintf(to, sizeof(path[0]), "%s/%s.bpf.o", folder, name);
	return to;
}

static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	if (getenv("SPIN_TEST_DEBUG"))
		return vfprintf(stderr, fmt, args);
	(void)level;
	return 0;
}

/*
 * struct fixture - the programs and templates of fixture.bpf.o
 *
 * The caller must have entered an extension that imported Udp and Clock if
 * the verifier is to let it through.
 */
struct fixture {
	struct bpf_object *object;
	int guard, count, other, tick;	/* programs */
	int by_port, by_time;		/* templates: maps of a struct_ops type */
};

static inline int program_fd(struct bpf_object *object, const char *name)
{
	struct bpf_program *prog =
		bpf_object__find_program_by_name(object, name);

	return prog ? bpf_program__fd(prog) : -ENOENT;
}

static inline int map_fd(struct bpf_object *object, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, name);

	return map ? bpf_map__fd(map) : -ENOENT;
}

static inline int fixture_load(struct fixture *f)
{
	int ret;

	libbpf_set_print(quiet);
	memset(f, 0, sizeof(*f));
	f->object = bpf_object__open(object_path("run/fixture"));
	if (!f->object)
		give_up("cannot open %s", object_path("run/fixture"));
	ret = bpf_object__load(f->object);
	if (ret) {
		bpf_object__close(f->object);
		f->object = NULL;
		return ret;
	}
	f->guard = program_fd(f->object, "to_port");
	f->count = program_fd(f->object, "count");
	f->other = program_fd(f->object, "other");
	f->tick = program_fd(f->object, "tick");
	f->by_port = map_fd(f->object, "by_port");
	f->by_time = map_fd(f->object, "by_time");
	return 0;
}

static inline void fixture_drop(struct fixture *f)
{
	if (f->object)
		bpf_object__close(f->object);
	f->object = NULL;
}

/* Create, import, enter, load: all up to the first template. */
static inline int fixture_ext(const char *name, struct fixture *f)
{
	int ext = ext_create(name);

	if (ext < 0)
		return ext;
	if (ext_import(ext, "Udp") || ext_import(ext, "Clock") ||
	    ext_enter(ext))
		give_up("cannot enter a new extension");
	if (fixture_load(f))
		give_up("the fixture is refused: %s", ext_verdict(ext));
	return ext;
}

/* A value of a struct_ops type: the core's words, then, at 64, the template. */
struct raw_value {
	__u8 common[64];
	__u64 guard_fn;
	__u64 handler;
	__u64 guard2_fn;
	__u64 guard3_fn;
	__u64 post_fn;
	__u32 abi;
	__u32 order;
	__u32 flags;
	__u32 slot;
	__u32 period_us;
	__u32 reserved;
	__u32 mode;
	__u32 bound_us;
	__u32 queue;
	__s32 absent;
	__u64 param[SPIN_PARAMS_MAX];
	__u64 closure;
	__u64 key;
	struct spin_match match;
	char procedure[2 * SPIN_NAME_LEN];
	char relative[2 * SPIN_NAME_LEN];
	char name[SPIN_NAME_LEN];
	__u8 kernel[512];
};

static inline struct raw_value raw_template(int guard, int handler,
					    const char *name)
{
	struct raw_value value = {
		.guard_fn = guard > 0 ? guard : 0,
		.handler = handler > 0 ? handler : 0,
		.abi = SPIN_ABI_VERSION,
	};

	snprintf(value.name, sizeof(value.name), "%s", name);
	return value;
}

/* A further, empty template of the same type as @like. */
static inline int raw_map(int like)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info);
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int btf, own, map;

	if (bpf_map_get_info_by_fd(like, &info, &len))
		give_up("no information on a struct_ops map");
	if (info.value_size > sizeof(struct raw_value))
		give_up("a template is larger than this test thought");
	opts.btf_vmlinux_value_type_id = info.btf_vmlinux_value_type_id;
	opts.map_flags = BPF_F_LINK | BPF_F_VTYPE_BTF_OBJ_FD;
	btf = bpf_btf_get_fd_by_id(info.btf_vmlinux_id);
	own = bpf_btf_get_fd_by_id(info.btf_id);
	if (btf < 0 || own < 0)
		give_up("no BTF of the module, or of the extension");
	opts.value_type_btf_obj_fd = btf;
	opts.btf_fd = own;
	/* Freed ones wait for their grace period: that may take a while. */
	for (int i = 0; i < 100; i++) {
		map = bpf_map_create(BPF_MAP_TYPE_STRUCT_OPS, "raw", 4,
				     info.value_size, 1, &opts);
		if (map >= 0 || errno != ENOMEM)
			break;
		nap(50);
	}
	if (map < 0)
		give_up("cannot make a template");
	close(btf);
	close(own);
	return map;
}

static inline int raw_update(int map, struct raw_value *value)
{
	__u32 zero = 0;

	return result(bpf_map_update_elem(map, &zero, value, 0));
}

static inline int raw_link(int map)
{
	return result(bpf_link_create(map, 0, BPF_STRUCT_OPS, NULL));
}

/* Fills a template as libbpf would, and attaches it; the link's descriptor. */
static inline int raw_bind(int map, int guard, int handler, const char *name)
{
	struct raw_value value = raw_template(guard, handler, name);
	int ret = raw_update(map, &value);

	return ret ? ret : raw_link(map);
}

/* The same for Clock.Tick. */
static inline int raw_bind_tick(int map, int handler, int period_us,
				const char *name)
{
	struct raw_value value = raw_template(0, handler, name);
	int ret;

	value.period_us = period_us;
	ret = raw_update(map, &value);
	return ret ? ret : raw_link(map);
}

#endif /* _SPIN_TESTS_RAW_H */
